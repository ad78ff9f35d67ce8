internal import Interface
internal import Varlink
internal import Vocabulary

/// A file with what somebody wishes of his headsets.
enum PolicyFile {
  private static let form = InputFile(
    what: "file of wishes", longest: Control.PolicyReply.longestFile, version: Control.PolicyReply.currentVersion,
    remedy: "Write it anew: mdrctl policy export.")

  /// Reads one, of this path or from the standard input. What is no whole file of this version is refused, whatever of it
  /// could be used; so is a wish that this program does not know, which would be lost otherwise.
  static func read(_ path: String?, by command: Command) throws(EarlyExit) -> [DeviceWishes] {
    let file = path.map(form.named) ?? form
    let bytes =
      if let path { try file.content(of: path) } else {
        try file.content(of: command.context.input) { () throws(EarlyExit) in _ = try command.waitForInput() }
      }
    let members = try file.members(in: bytes)
    // The version of what --json prints.
    try check(members, has: ["version", "devices", "format"], file)
    if case .array(let devices) = members["devices"] {
      let names = ["address", "name"] + WishItem.allCases.map(\.rawValue)
      for case .object(let device) in devices { try check(device, has: names, file) }
    }
    return try file.decode(Control.PolicyReply.self, members).devices
  }

  private static func check(_ members: JSONMembers, has names: [String], _ file: InputFile) throws(EarlyExit) {
    guard let stray = members.names.first(where: { !names.contains($0) }) else { return }
    throw file.unusable("it has \"\(displayable(stray))\", which this mdrctl does not know")
  }

  /// The content of one: a line for each device, so that two can be compared line by line.
  static func text(_ policy: Control.PolicyReply) -> String {
    let lines = policy.devices.map { "\n" + json($0) }.joined(separator: ",")
    return "{\"version\":\(policy.version),\"devices\":[\(lines)\n]}\n"
  }

  private static func json(_ device: DeviceWishes) -> String {
    guard let value = try? JSONValue(encoding: device) else { preconditionFailure("wishes are an object") }
    return value.text
  }
}
