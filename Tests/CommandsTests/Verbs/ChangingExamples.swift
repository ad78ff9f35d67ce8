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
