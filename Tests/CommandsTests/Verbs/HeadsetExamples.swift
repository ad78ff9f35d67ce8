import Interface
import Vocabulary

extension Example {
  private static let report = HeadsetReport(
    model: "WH-1000XM4", firmware: "2.5.0\u{1B}", generation: .v1,
    batteries: [
      HeadsetBattery(part: .left, level: 80, charging: .no), HeadsetBattery(part: .enclosure, level: 9, charging: .yes),
    ],
    codec: "ldac", noise: HeadsetNoise(mode: .ambient, level: 15, voice: true, temporary: true, writing: .captured),
    equalizer: HeadsetEqualizer(
      preset: "user1",
      bands: [
        HeadsetBand(value: 3), HeadsetBand(frequency: 400, value: -2), HeadsetBand(frequency: 2500, value: 0),
        HeadsetBand(frequency: 16000, value: 1),
      ], limit: 10, presets: ["off", "user1"], available: false, obstacles: ["call"], writing: .unproven),
    settings: [
      HeadsetSetting(
        name: .pauseOnRemoval, answer: .told, value: "on", values: ["on", "off"], reading: .captured, writing: .captured
      ),
      HeadsetSetting(name: .volume, answer: .silent, values: ["0", "1", "30"], reading: .captured, writing: .unproven),
    ], missing: [.headGesture, .cinema])

  private static func now(_ name: HeadsetSettingName, _ value: String) -> Control.HeadsetReply {
    Control.HeadsetReply(
      device: Samples.headset,
      headset: HeadsetReport(
        generation: .v1,
        settings: [HeadsetSetting(name: name, answer: .told, value: value, reading: .captured, writing: .captured)]))
  }

  private static func setting(_ verb: String, _ value: String, _ name: HeadsetSettingName, as wire: String? = nil)
    -> Example
  {
    Example(
      "\(verb) \(value)", calls: Control.headsetChange, .init(setting: name, value: wire ?? value),
      answer: now(name, wire ?? value),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has \(verb) at: \(wire ?? value).\n")
  }

  /// The verbs for what a headset itself holds.
  static let headsets: [Example] = [
    Example(
      "headset xm4 -a hci0", calls: Control.headsetShow, .init(device: "xm4", adapter: "hci0"),
      answer: .init(device: Samples.headset, headset: report),
      shows: """
        WH-1000XM4
          Model             WH-1000XM4
          Firmware          2.5.0\u{FFFD}
          Protocol          v1
          Battery           left 80%; case 9%, charging
          Codec             LDAC
          Noise             ambient sound 15, for voices, for the moment
          Equalizer         user1 (clear-bass=3 400=-2 2.5k=0 16k=1), without effect: call (to change it is unproven)
          pause-on-removal  on
          volume            not told

        """),
    Example(
      "headset --verbose", calls: Control.headsetShow, .init(all: true),
      answer: .init(
        device: Samples.headset,
        headset: HeadsetReport(generation: .v2, settings: report.settings, missing: report.missing)),
      shows: """
        WH-1000XM4
          Protocol  v2
          SETTING           VALUE     CAN BE   KNOWN FROM
          pause-on-removal  on        on|off   captures
          volume            not told  0 to 30  unproven
          It does not have: head-gesture, cinema.

        """),
    Example(
      "settings xm4", calls: Control.headsetShow, .init(device: "xm4", all: true),
      answer: .init(device: Samples.headset, headset: HeadsetReport(generation: .v2)),
      shows: "WH-1000XM4\n  It has no other settings.\n"),
    Example(
      "settings clear-bass=-3 --yes", calls: Control.headsetChange,
      .init(setting: .clearBass, value: "-3", confirm: true), answer: now(.clearBass, "-3"),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has clear-bass at: -3.\n"),
    Example(
      "headset release", calls: Control.headsetRelease, .init(), answer: .init(device: Samples.headset),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is free for another client.\n"),
    Example(
      "noise", calls: Control.headsetShow, .init(), answer: .init(device: Samples.headset, headset: report),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has its noise control at: ambient sound 15, for voices, for the moment.\n"),
    Example(
      "noise cancel", calls: Control.headsetChange, .init(noise: HeadsetNoiseWish(mode: .cancelling)),
      answer: .init(
        device: Samples.headset, headset: HeadsetReport(generation: .v1, noise: HeadsetNoise(mode: .cancelling))),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has its noise control at: noise cancelling.\n"),
    Example(
      "noise xm4 ambient 15 --voice", calls: Control.headsetChange,
      .init(device: "xm4", noise: HeadsetNoiseWish(mode: .ambient, level: 15, voice: true)),
      answer: .init(
        device: Samples.headset,
        headset: HeadsetReport(generation: .v1, noise: HeadsetNoise(mode: .ambient, level: 15, voice: true))),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has its noise control at: ambient sound 15, for voices.\n"),
    Example(
      "eq", calls: Control.headsetShow, .init(), answer: .init(device: Samples.headset, headset: report),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) has its equalizer at: user1 (clear-bass=3 400=-2 2.5k=0 16k=1), without effect: call.
          Presets: off, user1.

        """),
    Example(
      "eq bass", calls: Control.headsetChange, .init(equalizer: HeadsetEqualizerWish(preset: "bass")),
      answer: .init(
        device: Samples.headset,
        headset: HeadsetReport(generation: .v1, equalizer: HeadsetEqualizer(preset: "bass", limit: 10))),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has its equalizer at: bass.\n"),
    Example(
      "eq xm4 clear-bass=4 2.5k=-2", calls: Control.headsetChange,
      .init(
        device: "xm4",
        equalizer: HeadsetEqualizerWish(bands: [HeadsetBand(value: 4), HeadsetBand(frequency: 2500, value: -2)])),
      answer: .init(
        device: Samples.headset,
        headset: HeadsetReport(generation: .v1, equalizer: HeadsetEqualizer(preset: "manual", limit: 10))),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) has its equalizer at: manual.\n"),
    setting("dsee", "on", .dsee), setting("priority", "connection", .priority),
    setting("speak-to-chat", "off", .speakToChat), setting("pause-on-removal", "on", .pauseOnRemoval),
    setting("auto-off", "taken-off", .autoOff, as: "taken-off"), setting("touch", "off", .touch),
    setting("voice-guidance", "on", .voiceGuidance), setting("volume", "12", .volume),
    setting("buttons", "ambient,playback", .buttons),
    Example(
      "backup xm4", calls: Control.backup, .init(device: "xm4"),
      answer: .init(
        device: Samples.headset,
        backup: HeadsetBackup(
          time: 1, generation: .v1, noise: HeadsetNoiseWish(mode: .off),
          settings: [SavedSetting(name: .pauseOnRemoval, value: "on")],
          omitted: [BackupGap(item: .setting(.headGesture), reason: "The headset did not tell it.\u{7}")])),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is saved: noise, pause-on-removal.
          not saved head-gesture: The headset did not tell it.\u{FFFD}

        """),
    Example(
      "backup --list", calls: Control.backups, .init(),
      answer: .init(
        backups: [
          KeptBackup(
            address: "AC:80:0A:11:22:33", alias: "WH-1000XM4", number: 1, time: Int.max, occasion: .repair,
            model: "WH-1000XM4", firmware: "2.5.0", items: [.noise, .setting(.dsee)])
        ]),
      shows: """
        DEVICE      NUMBER  TAKEN     WHY              FIRMWARE  ITEMS
        WH-1000XM4  1       just now  before a repair  2.5.0     2

        """),
    Example(
      "restore --dry-run --number 2 --only dsee,noise", calls: Control.planRestore,
      .init(number: 2, items: [.setting(.dsee), .noise]),
      answer: .init(
        device: Samples.headset, model: "WH-1000XM4", firmware: "2.5.0", time: Int.max,
        steps: [
          RestoreStep(item: .noise, state: .planned, value: "ambient 7", now: "off"),
          RestoreStep(
            item: .setting(.headGesture), state: .impossible, value: "on", reason: "This headset does not have it."),
          RestoreStep(item: .setting(.dsee), state: .same, value: "on", now: "on"),
        ]),
      shows: """
        The backup of a WH-1000XM4, firmware 2.5.0, taken just now
          set     noise         off -> ambient 7
          cannot  head-gesture  This headset does not have it.
          Already so: dsee.

        """),
    Example(
      "restore xm4 --yes", follows: Control.restore, .init(device: "xm4", confirm: true),
      answers: .init(steps: [RestoreStep(item: .setting(.dsee), state: .done, value: "on", now: "off")]),
      .init(
        device: Samples.headset,
        steps: [RestoreStep(item: .setting(.dsee), state: .done, value: "on", now: "off")]),
      shows: "  is back  dsee  off -> on\n"),
    Example(
      "hosts", calls: Control.headsetHosts, .init(),
      answer: .init(
        device: Samples.headset,
        hosts: [
          HeadsetHost(address: "00:1A:7D:DA:71:13", name: "Desk\u{1B}", connected: true, playing: true, own: true),
          HeadsetHost(address: "AA:BB:CC:DD:EE:01", connected: false, playing: false, own: false),
        ], reading: .unproven),
      shows: """
        HOST               ADDRESS            STATE
        Desk\u{FFFD}              00:1A:7D:DA:71:13  connected, has the sound, this computer
        AA:BB:CC:DD:EE:01  AA:BB:CC:DD:EE:01  paired
          That this is read aright is unproven.

        """),
    Example(
      "forget xm4 --both-sides --yes", follows: Control.forget, .init(device: "xm4", bothSides: true),
      answers: .onItsWay, .init(removed: [Samples.headset], headsetSide: .unknown),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is removed.
          The headset was told to forget this computer, and did not say that it has; look at its own list of devices.

        """),
    Example(
      "power-off --yes", calls: Control.headsetPowerOff, .init(consent: true),
      answer: .init(device: Samples.headset), shows: "WH-1000XM4 (AC:80:0A:11:22:33) is switched off.\n"),
    Example(
      "explain 3e0c 3c", calls: Control.headsetExplain, .init(bytes: "3e0c3c"),
      answer: .init(lines: ["no frame: short", "\u{7}"]), shows: "no frame: short\n\u{FFFD}\n"),
  ]
}
