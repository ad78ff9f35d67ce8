import Interface
import Vocabulary

extension Example {
  /// The verbs that pair, connect, and change one thing of a device or an adapter.
  static let changing: [Example] = [
    Example(
      "pair", follows: Control.pair, .init(),
      answers: .onItsWay, .headset(proven: [.bonded, .trusted, .connected, .servicesResolved, .a2dp]),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is paired, trusted, connected and set up for stereo audio.\n"),
    Example(
      "pair xm4 -y -t 9 -a hci1", follows: Control.pair,
      .init(device: "xm4", adapter: "hci1", timeout: 9000, confirm: true),
      answers: .init(
        device: Samples.headset,
        proofs: [
          Proof(what: .bonded, proven: true), Proof(what: .a2dp, proven: false, reason: "no sound server"),
        ]),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is paired.
          not set up for stereo audio: no sound server

        """),
    Example(
      "connect xm4 -t1", follows: Control.connect, .init(device: "xm4", timeout: 1000), answers: .onItsWay, .headset,
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is connected.\n"),
    Example(
      "disconnect xm4", follows: Control.disconnect, .init(device: "xm4"), answers: .headset,
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is disconnected.\n"),
    Example(
      "take xm4 -t 9", follows: Control.take, .init(device: "xm4", timeout: 9000), answers: .headset,
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is connected.\n"),
    Example(
      "yield xm4 --for 90m", follows: Control.yield, .init(device: "xm4", time: 5_400_000), answers: .headset,
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is let go for 90 min.\n"),
    Example(
      "yield", follows: Control.yield, .init(),
      answers: .init(device: Samples.headset, notStored: "The disk is full."),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is let go until it is taken back.
          not kept when mdrctld ends: The disk is full.

        """),
    Example(
      "autoconnect xm4 off", calls: Control.setConnection, .init(device: "xm4", autoConnect: false),
      answer: .init(device: Samples.called(.notAllowed, "It is not called.", isAutomatic: false)),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is not connected by itself.
          It is not called.

        """),
    Example(
      "autoconnect", calls: Control.list, .init(),
      answer: .init(devices: [
        Samples.called(.backOff, "It went out of range; it is called in 32 s.", tier: 5),
        Samples.called(.left, "It hung up.\u{7}", isAutomatic: false, tier: 1),
      ]),
      shows: """
        NAME        ADDRESS            TIER  AUTO  NOW
        WH-1000XM4  AC:80:0A:11:22:33  1     off   It hung up.\u{FFFD}
        WH-1000XM4  AC:80:0A:11:22:33  5     on    It went out of range; it is called in 32 s.

        """),
    Example(
      "autoconnect xm4", calls: Control.show, .init(device: "xm4"),
      answer: .init(device: Samples.called(.waiting, "It calls.")),
      shows: """
        NAME        ADDRESS            TIER  AUTO  NOW
        WH-1000XM4  AC:80:0A:11:22:33  5     on    It calls.

        """),
    Example(
      "priority xm4 1", calls: Control.setConnection, .init(device: "xm4", tier: 1),
      answer: .init(device: Samples.called(.waiting, "It calls.", tier: 1, user: "alice")),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is in tier 1 of alice.\n"),
    Example(
      "priority", calls: Control.list, .init(), answer: .init(devices: [Samples.headset]),
      shows: "No headset is paired.\n"),
    Example(
      "trust xm4", calls: Control.trust, .init(device: "xm4", trusted: true), answer: .init(device: Samples.headset),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is trusted: it may connect by itself.\n"),
    Example(
      "untrust xm4", calls: Control.trust, .init(device: "xm4", trusted: false), answer: .init(device: Samples.headset),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is not trusted any more.\n"),
    Example(
      "block xm4", calls: Control.block, .init(device: "xm4", blocked: true), answer: .init(device: Samples.headset),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is blocked: this computer keeps off it.\n"),
    Example(
      "unblock xm4", calls: Control.block, .init(device: "xm4", blocked: false), answer: .init(device: Samples.headset),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is not blocked any more.\n"),
    Example(
      "rename xm4 Mine", calls: Control.rename, .init(device: "xm4", alias: "Mine"),
      answer: .init(device: Samples.headset), shows: "AC:80:0A:11:22:33 is now called WH-1000XM4.\n"),
    Example(
      "adapter power off -a hci0", calls: Control.power, .init(adapter: "hci0", powered: false),
      answer: .init(adapter: Samples.adapter), shows: "hci0 is on, ready for audio, selected.\n"),
    Example(
      "adapter select hci0", calls: Control.selectAdapter, .init(adapter: "hci0"),
      answer: .init(adapter: Samples.adapter), shows: "hci0 is used from now on.\n"),
  ]
}
