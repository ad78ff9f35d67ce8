import Interface
import Vocabulary

/// Values to print.
enum Samples {
  static let adapter = Adapter(
    name: "hci0", address: "00:11:22:33:44:55", alias: "desk", powered: true, blocked: false, pairable: true,
    discoverable: false, discovering: false, audioReady: true, selected: true)

  static let headset = Device(
    adapter: "hci0", address: "AC:80:0A:11:22:33", name: "WH-1000XM4", alias: "WH-1000XM4", icon: "audio-headphones",
    paired: true, bonded: true, trusted: true, connected: true, servicesResolved: true, profiles: [.a2dp, .hfp],
    transports: [Transport(profile: .a2dp, codec: "LDAC", state: "active", volume: 64)], battery: 80,
    modalias: "usb:v054Cp0D58d0203", manufacturer: "Sony", uuids: ["0000110b-0000-1000-8000-00805f9b34fb"])

  /// The headset, with how it stands with its connection.
  static func called(
    _ state: CallState, _ message: String, isAutomatic: Bool = true, tier: Int = 5, user: String? = nil
  ) -> Device {
    var device = headset
    device.standing = Standing(autoConnect: isAutomatic, tier: tier, user: user, state: state, message: message)
    return device
  }

  /// Switched off, with a name that needs care.
  static let other = Device(
    adapter: "hci0", address: "AC:80:0A:44:55:66", name: "Kopfhörer\u{1B}[2J", alias: "日本", paired: true, bonded: true)

  static let stranger = Device(adapter: "hci0", address: "11:22:33:44:55:66", alias: "Buds", rssi: -60)

  static let status = Control.StatusReply(
    version: Control.version, bluez: true, bluezVersion: "5.66", adapters: [adapter], devices: [headset, other])

  /// Some keys of a configuration, from everywhere.
  static let settings = [
    ConfigurationEntry(
      group: "General", key: "LogLevel", value: "debug", standard: "info", origin: .environment, place: "LOUD"),
    ConfigurationEntry(group: "Control", key: "Groups", value: "", standard: "bluetooth", origin: .caution),
    ConfigurationEntry(group: "Timeouts", key: "Scan", value: "10", standard: "10", origin: .byDefault),
    ConfigurationEntry(
      group: "Timeouts", key: "Repair", value: "90", standard: "120", origin: .file, place: "/etc/x\u{1B}.conf:3"),
  ]

  /// One in which a repair waits for a minute and a half.
  static let configuration = Control.ConfigurationReply(settings: settings, files: ["/etc/x\u{1B}.conf"])

  static let session = SoundSession(user: "anna", uid: 1000, state: "active", server: "PipeWire 1.4.2")

  /// How the headset sounds when all is well.
  static let stereo = Sound(
    policy: .auto, preference: .quality, session: session,
    card: SoundCard(
      name: "bluez_card.AC_80_0A_11_22_33", profile: "a2dp-sink", kind: .stereo, codec: "ldac",
      sink: "bluez_output.AC_80_0A_11_22_33.1", isDefault: true),
    decidedBy: .policy, cause: .stereo, message: "WH-1000XM4 is in stereo.",
    login: LoginStep.Name.allCases.enumerated().map { LoginStep(step: $1, milliseconds: $0 * 310) })

  /// The same while two programs record from it.
  static let mono: Sound = {
    var audio = stereo
    audio.card = SoundCard(
      name: "bluez_card.AC_80_0A_11_22_33", profile: "headset-head-unit", kind: .call, codec: "msbc",
      captures: [Capture(application: "Firefox", process: 4711), Capture(application: "OBS\u{1B}")])
    (audio.preference, audio.login) = (nil, nil)
    (audio.decidedBy, audio.cause) = (.application, .application)
    audio.message = "WH-1000XM4 is in mono: Firefox uses its microphone.\u{7}"
    audio.evidence = "Firefox (process 4711) records"
    audio.hint = "Run: mdrctl profile AC:80:0A:11:22:33 stereo"
    return audio
  }()

  static let codecs = [
    SoundCodec(name: "sbc", description: "SBC", active: false),
    SoundCodec(name: "sbc_xq_552", description: "SBC-XQ at 552 kbit/s\u{1B}", active: false),
    SoundCodec(name: "ldac", description: "LDAC", active: true),
  ]

  /// When the tests take place.
  static let now = 1_800_000_000

  /// Reset three minutes ago.
  static let stale: Device = {
    var device = headset
    (device.connected, device.transports, device.battery) = (false, [], nil)
    device.verdict = verdict(.headsetLostKey, .certain, stale: true)
    return device
  }()

  static func verdict(_ cause: Verdict.Cause, _ certainty: Verdict.Certainty, stale: Bool = false) -> Verdict {
    Verdict(
      cause: cause, certainty: certainty, message: "It has lost its key.\u{1B}", evidence: "br-connection-key-missing",
      hint: "Run: mdrctl repair", stale: stale, since: now - 200)
  }

  static let unfinished = Unfinished(
    operation: .repair, adapter: "hci1", address: "AC:80:0A:77:88:99", alias: "Old one",
    message: "It waits for pairing mode.",
    hint: "Run: mdrctl repair AC:80:0A:77:88:99")

  /// Everything that can be told of layers.
  static let layers = [
    Layer(address: headset.address, layer: .bluez, before: .present, done: .removed, after: .absent),
    Layer(address: headset.address, layer: .linkKey, before: .absent, done: .nothing, after: .absent),
    Layer(
      address: headset.address, layer: .bond, before: .present, done: .left, after: .present, detail: "LinkKey",
      reason: "read-only file\u{7}"),
    Layer(
      address: headset.address, layer: .storedLinkKey, before: .unknown, done: .nothing, after: .unknown,
      reason: "no helper"),
  ]
}
