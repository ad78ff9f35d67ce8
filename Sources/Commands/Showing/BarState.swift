internal import Interface
internal import Vocabulary

/// What a status bar shows: one headset, or why there is none.
struct BarState: Equatable {
  /// What it is about; each is a class of its own.
  enum Condition: String, Sendable {
    case connected
    /// Nothing is connected, or not the headset that was named.
    case disconnected
    /// No adapter is on, or bluetoothd does not run.
    case off
    /// mdrctld is away: it was so when it was last seen.
    case stale
  }

  var condition = Condition.disconnected
  /// With ``Condition/connected``; with ``Condition/stale`` as it was.
  var device: Device?
  /// As the sound server has it.
  var card: SoundCard?
  /// Why there is nothing to be told.
  var reason: String?

  /// Percent, at which a battery counts as low; the doctor's.
  private static let lowBattery = 15

  /// The sound server's word; without it, what BlueZ has connected.
  var kind: SoundCard.Kind? {
    if let card { return card.kind }
    guard let profile = device?.transports.first?.profile else { return nil }
    switch profile {
    case .a2dp: return .stereo
    case .hfp, .hsp: return .call
    case .other: return nil
    }
  }

  /// "LDAC".
  var codec: String? {
    if let card { return card.codec.map(codecTitle) }
    return device?.transports.first.map { displayable($0.codec) }
  }

  var isMono: Bool { kind == .call }
  var isRecorded: Bool { (card?.recorders ?? 0) > 0 }
  var isLow: Bool { device?.battery.map { $0 <= Self.lowBattery } ?? false }

  /// What a style may go by.
  var classes: [String] {
    var classes = [condition.rawValue]
    guard device != nil else { return classes }
    if let kind { classes.append(kind.rawValue) }
    if isMono { classes.append("mono") }
    if isRecorded { classes.append("microphone") }
    if isLow { classes.append("low") }
    return classes
  }

  /// "WH-1000XM4 80% LDAC", "WH-1000XM4 80% mono mSBC mic", "no headset".
  var text: String {
    guard let device else {
      switch condition {
      case .connected, .disconnected: return "no headset"
      case .off: return "Bluetooth off"
      case .stale: return "no mdrctld"
      }
    }
    return ([device.title] + facts(of: device)).joined(separator: " ")
  }

  /// The same without the name.
  var shortText: String { device.map { facts(of: $0).joined(separator: " ") } ?? text }

  private func facts(of device: Device) -> [String] {
    let silent = kind == .off ? "no sound" : nil
    let words = [
      device.battery.map { "\($0)%" }, isMono ? "mono" : silent, codec, isRecorded ? "mic" : nil,
      condition == .stale ? "?" : nil,
    ]
    return words.compactMap(\.self)
  }

  /// Some lines that say more.
  var details: String {
    var lines: [String] = []
    if let device {
      lines.append(device.title == device.address ? device.title : "\(device.title) (\(device.address))")
      if let battery = device.batteryLine { lines.append(battery) }
      if let kind { lines.append("Sound: \(kind.title)\(codec.map { " (\($0))" } ?? "")") }
      if isRecorded { lines.append("Its microphone is in use.") }
    }
    if let reason { lines.append(displayable(reason)) }
    if lines.isEmpty { lines.append(condition == .off ? "No Bluetooth adapter is on." : "No headset is connected.") }
    return lines.joined(separator: "\n")
  }
}

/// Keeps what a monitor tells, as far as bars show it.
struct BarView {
  /// Whom it is about.
  enum Choice: Equatable {
    /// Whichever is connected.
    case any
    /// This one, by its ``Interface/Device/key``.
    case device(String)
    /// Nobody has it now, for this reason.
    case nobody(String)
  }

  var choice = Choice.any
  private var adapters: [String: Adapter] = [:]
  private var devices: [String: Device] = [:]
  private var cards: [String: SoundCard] = [:]

  mutating func take(_ reply: Control.MonitorReply) {
    switch reply.event {
    case .state, .bluezVanished:
      (adapters, devices) = ([:], [:])
      // With the state they come anew.
      cards = [:]
      for adapter in reply.adapters ?? [] { adapters[adapter.name] = adapter }
      for device in reply.devices ?? [] { devices[device.key] = device }
    case .bluezAppeared: break
    case .adapterAdded, .adapterChanged: if let adapter = reply.adapter { adapters[adapter.name] = adapter }
    case .adapterRemoved: if let adapter = reply.adapter { adapters[adapter.name] = nil }
    case .deviceAdded, .deviceChanged, .headsetChanged: if let device = reply.device { devices[device.key] = device }
    case .deviceRemoved:
      if let device = reply.device { (devices[device.key], cards[device.key]) = (nil, nil) }
    case .soundChanged: if let device = reply.device { cards[device.key] = reply.card }
    }
  }

  var state: BarState {
    guard adapters.values.contains(where: \.powered) else { return BarState(condition: .off) }
    if case .nobody(let reason) = choice { return BarState(reason: reason) }
    guard let device = shown else { return BarState() }
    return BarState(condition: .connected, device: device, card: cards[device.key])
  }

  private var shown: Device? {
    if case .device(let key) = choice { return devices[key].flatMap { $0.connected ? $0 : nil } }
    // Where several are connected: the one that has the sound, then one that is heard, then always the same.
    return devices.values.filter { $0.connected && $0.hasSound }
      .min { rank($0) < rank($1) }
  }

  private func rank(_ device: Device) -> (Int, String) {
    let hasSound = cards[device.key]?.isDefault == true
    let isHeard = device.transports.contains { $0.state == "active" }
    return (hasSound ? 0 : isHeard ? 1 : 2, device.key)
  }
}

extension Device {
  /// With a time of the clock, not an age: a line may stand there for hours. Nil where nobody has said how full it is.
  fileprivate var batteryLine: String? {
    guard let reading = batteries?.first else { return battery.map { "Battery: \($0)%" } }
    guard reading.source == .headset else { return "Battery: \(reading.text)" }
    guard !reading.current, let since = reading.since else { return "Battery: \(reading.text), by its own word" }
    let time = LocalTime(since)
    return "Battery: \(reading.text), by its own word of \(time.date), \(time.clock)"
  }

  /// A headset or a speaker, and not its low-energy twin or a keyboard.
  fileprivate var hasSound: Bool { twinOf == nil && profiles.contains { $0 != .avrcp } }
}
