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
