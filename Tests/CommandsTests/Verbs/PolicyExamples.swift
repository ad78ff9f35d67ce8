import Foundation
import Interface
import Vocabulary

extension Example {
  private static let wishes = Control.PolicyReply(devices: [
    DeviceWishes(
      address: "AC:80:0A:11:22:33", name: "WH-1000XM4", autoConnect: false, tier: 1, policy: .stereo,
      preference: .latency),
    DeviceWishes(address: "AC:80:0A:11:22:44", tier: 9),
  ])

  private static let text = """
    {"version":1,"devices":[
    {"address":"AC:80:0A:11:22:33","autoConnect":false,"name":"WH-1000XM4","policy":"stereo","preference":"latency","tier":1},
    {"address":"AC:80:0A:11:22:44","tier":9}
    ]}

    """

  /// A file as "policy export" writes it.
  private static let file: String = {
    let path = NSTemporaryDirectory() + "wishes-\(UUID().uuidString).json"
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    return path
  }()

  private static func step(_ item: WishItem, _ state: WishState, _ value: String, now: String? = nil) -> WishStep {
    WishStep(address: "AC:80:0A:11:22:33", name: "WH-1000XM4\u{1B}", item: item, state: state, value: value, now: now)
  }

  /// The verbs that carry wishes.
  static let policies: [Example] = [
    Example("policy export -a hci1", calls: Control.exportPolicy, .init(adapter: "hci1"), answer: wishes, shows: text),
    Example(
      "policy export", calls: Control.exportPolicy, .init(), answer: .init(devices: []),
      shows: "{\"version\":1,\"devices\":[\n]}\n"),
    Example(
      "policy import \(file) --dry-run -a hci1", calls: Control.planImportPolicy,
      .init(adapter: "hci1", devices: wishes.devices),
      answer: .init(
        adapter: "hci1", user: "erika",
        steps: [
          step(.autoConnect, .planned, "off", now: "on"), step(.policy, .same, "stereo", now: "stereo"),
          step(.preference, .planned, "latency"),
          WishStep(
            address: "AC:80:0A:11:22:44", item: .tier, state: .planned, value: "9", now: "5",
            reason: "It is not paired here yet; what is wished holds when it is."),
        ]),
      shows: """
        What would become of the wishes of erika for hci1:
        WH-1000XM4\u{FFFD} (AC:80:0A:11:22:33)
          set      autoconnect     on -> off
          already  profile         stereo
          set      codec --prefer  - -> latency
        AC:80:0A:11:22:44
          It is not paired here yet; what is wished holds when it is.
          set  priority  5 -> 9

        """),
    Example(
      "policy import \(file) -y", calls: Control.importPolicy, .init(devices: wishes.devices),
      answer: .init(
        adapter: "hci0",
        steps: [
          step(.tier, .done, "1", now: "5"),
          WishStep(
            address: "AC:80:0A:11:22:44", item: .tier, state: .impossible, value: "9", now: "5", reason: "No room."),
        ], notStored: "The disk is full."),
      shows: """
        What became of everybody's wishes for hci0:
        WH-1000XM4\u{FFFD} (AC:80:0A:11:22:33)
          is set  priority  5 -> 1
        AC:80:0A:11:22:44
          cannot  priority  No room.
          not kept when mdrctld ends: The disk is full.

        """),
    Example(
      "policy import \(file) --yes", calls: Control.importPolicy, .init(devices: wishes.devices),
      answer: .init(adapter: "hci0", steps: []), shows: "There is nothing to take over.\n"),
  ]
}
