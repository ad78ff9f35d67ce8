import Interface
import Vocabulary

extension Example {
  /// The verbs that remove a bond, and those that make it anew.
  static let bonds: [Example] = [
    Example(
      "forget xm4", follows: Control.forget, .init(device: "xm4"),
      answers: .onItsWay, .init(removed: [Samples.headset, Samples.other]),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is removed.
        日本 (AC:80:0A:44:55:66) is removed.

        """),
    Example(
      "forget xm4 --reset-cache --power-cycle --force -a hci0", follows: Control.forget,
      .init(device: "xm4", adapter: "hci0", resetCache: true, powerCycle: true, force: true),
      answers: .onItsWay, .init(removed: [Samples.headset], layers: Samples.layers), shows: removedWithAllLayers),
    Example(
      "forget xm4", follows: Control.forget, .init(device: "xm4"),
      answers: .init(removed: [Samples.headset], layers: Samples.layers),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is removed.
          LAYER         BEFORE   DONE  NOW
          bond on disk  present  left  present  LinkKey: read-only file\u{FFFD}

        """),
    Example(
      "forget xm4 --verbose", follows: Control.forget, .init(device: "xm4"),
      answers: .init(removed: [Samples.headset], layers: Samples.layers), shows: removedWithAllLayers),
    Example(
      "forget xm4 --dry-run --reset-cache", calls: Control.planForget,
      .init(device: "xm4", resetCache: true),
      answer: .init(
        layers: [
          Layer(address: Samples.headset.address, layer: .bluez, before: .present, done: .planned, after: .present),
          Layer(address: Samples.other.address, layer: .linkKey, before: .absent, done: .nothing, after: .absent),
        ], plan: ["Disconnect it.", "Remove it\n."]),
      shows: """
        What would be done:
          1. Disconnect it.
          2. Remove it\u{FFFD}.
          ADDRESS            LAYER              NOW      PLAN
          AC:80:0A:11:22:33  device in BlueZ    present  to be removed
          AC:80:0A:44:55:66  key in the kernel  absent   -

        """),
    Example(
      "repair xm4 --yes -t 90", follows: Control.repair,
      .init(device: "xm4", timeout: 90_000, consent: true, confirm: true),
      answers: .onItsWay,
      .headset(proven: [.bonded, .trusted, .connected, .servicesResolved, .a2dp, .reconnected]),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is paired, trusted, connected, set up for stereo audio and able to connect \
        again.

        """),
    Example(
      "fix xm4 --yes --force -t 90", follows: Control.fix,
      .init(device: "xm4", timeout: 90_000, consent: true, confirm: true, force: true),
      answers: .onItsWay,
      .init(
        device: Samples.headset, proofs: [.bonded, .connected, .a2dp].map { Proof(what: $0, proven: true) },
        ladder: [
          LadderStep(rung: .observe, state: .seen, does: "Look.", came: "It is not connected."),
          LadderStep(rung: .device, state: .failed, does: "Connect it.", came: "It hung up.\u{7}"),
          LadderStep(rung: .restart, state: .fixed, does: "You restart it.", costs: "Nothing."),
        ]),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is paired, connected and set up for stereo audio.
          It is not connected.
          did not help: connecting it anew. It hung up.\u{FFFD}
          helped: a restart.

        """),
    Example(
      "fix xm4", follows: Control.fix, .init(device: "xm4"),
      answers: .init(
        device: Samples.headset, proofs: [.bonded, .connected, .a2dp].map { Proof(what: $0, proven: true) },
        ladder: [LadderStep(rung: .observe, state: .seen, does: "Look.", came: "Nothing is wrong.")]),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is paired, connected and set up for stereo audio.
          Nothing is wrong.

        """),
    Example(
      "fix xm4 --dry-run", calls: Control.planFix, .init(device: "xm4"),
      answer: .init(
        device: Samples.headset,
        ladder: [
          LadderStep(rung: .observe, state: .seen, does: "Look.", came: "It lost its key."),
          LadderStep(
            rung: .repair, state: .planned, does: "Delete it, and pair it anew.", costs: "The old one is lost."),
          LadderStep(rung: .initialize, state: .planned, does: "You set it back.", came: "It was advised 3 times."),
        ]),
      shows: """
        It lost its key.
        What would be tried, until one of it helps:
          1. Delete it, and pair it anew.
             The old one is lost.
             Only with --yes, or asked on a terminal with --ask.
          2. You set it back.
             It was advised 3 times.

        """),
    Example(
      "repair xm4 --dry-run", calls: Control.planRepair, .init(device: "xm4"),
      answer: .init(device: Samples.headset, plan: []), shows: "What would be done:\n  Nothing.\n"),
  ]

  private static let removedWithAllLayers = """
    WH-1000XM4 (AC:80:0A:11:22:33) is removed.
      LAYER               BEFORE   DONE     NOW
      device in BlueZ     present  removed  absent
      key in the kernel   absent   -        absent
      bond on disk        present  left     present  LinkKey: read-only file\u{FFFD}
      key in the adapter  unknown  -        unknown  no helper

    """
}
