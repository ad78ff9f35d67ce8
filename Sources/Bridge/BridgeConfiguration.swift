internal import KeyFiles

/// What is not acceptable in the configuration, and where.
struct BridgeFault: Error, Equatable {
  /// "/etc/mdrctl/bridge.conf:3", as compilers say it.
  let place: String
  /// A sentence.
  let message: String
}

/// What `bridge.conf` says.
struct BridgeConfiguration: Equatable, Sendable {
  var host = ""
  /// Of the file; see ``port``.
  private var ownPort: Int?
  var isEncrypted = false
  var authorities: String?
  var user: String?
  var passwordFile: String?
  var prefix = "homeassistant"
  /// What this computer is called on the broker.
  var name: String
  var hasCommands = false
  var mayRepair = false

  static let longestUser = 256
  static let longestName = 63
  private static let longestHost = 253
  /// As long as the kernel takes them.
  private static let longestPath = 4_095
  /// Of what a file says so much is repeated, in bytes.
  private static let longestQuote = 64

  /// With nothing but defaults, on a computer of this name.
  init(host: String, hostName: String) {
    self.host = host
    name = Self.plain(hostName)
  }

  /// Reads what the file at `path` says, on a computer of this name.
  init(_ file: KeyFile, path: String, hostName: String) throws(BridgeFault) {
    self.init(host: "", hostName: hostName)
    if let error = file.error { throw BridgeFault(place: "\(path):\(error.line)", message: "\(error)") }
    for heading in file.headings
    where !BridgeKey.allCases.contains(where: { heading.name.elementsEqual($0.group.utf8) }) {
      throw BridgeFault(
        place: "\(path):\(heading.line)",
        message: "There is no group [\(Self.quoted(heading.name))]; there are: [Broker], [HomeAssistant], [Control].")
    }
    for pair in file.pairs {
      let place = "\(path):\(pair.value.line)"
      let keys = BridgeKey.allCases.filter { pair.group.elementsEqual($0.group.utf8) }
      guard let key = keys.first(where: { pair.key.elementsEqual($0.name.utf8) }) else {
        let known = keys.map(\.name).joined(separator: ", ")
        let name = Self.quoted(pair.key)
        throw BridgeFault(place: place, message: "There is no key \(name) in this group; there are: \(known).")
      }
      guard take(pair.value, for: key) else {
        let value = Self.quoted(pair.value.bytes)
        throw BridgeFault(place: place, message: "\(key.name) must be \(key.requirement); it is \"\(value)\".")
      }
    }
    guard !host.isEmpty else {
      throw BridgeFault(place: path, message: "It names no broker: put Host= into its group [Broker].")
    }
    guard name != "" else {
      throw BridgeFault(
        place: path,
        message: "This computer's host name has no letter or digit: put Name= into its group [HomeAssistant].")
    }
    guard hasCommands || !mayRepair else {
      throw BridgeFault(place: path, message: "Repair=true is of no use without Commands=true.")
    }
  }

  /// The broker's port.
  var port: Int { ownPort ?? (isEncrypted ? 8_883 : 1_883) }

  private mutating func take(_ value: KeyFileValue, for key: BridgeKey) -> Bool {
    guard let text = value.string.map({ Self.trimmed($0) }) else { return false }
    switch key {
    case .host: return Self.set(&host, Self.isHost(text) ? text : nil)
    case .port: return Self.fill(&ownPort, Self.port(text))
    case .isEncrypted: return Self.set(&isEncrypted, Self.truth(text))
    case .authorities: return Self.fill(&authorities, Self.isPath(text) ? text : nil)
    case .user: return Self.fill(&user, Self.isUser(text) ? text : nil)
    case .passwordFile: return Self.fill(&passwordFile, Self.isPath(text) ? text : nil)
    case .prefix: return Self.set(&prefix, Self.isPrefix(text) ? text : nil)
    case .name: return Self.set(&name, Self.isName(text) ? text : nil)
    case .commands: return Self.set(&hasCommands, Self.truth(text))
    case .repair: return Self.set(&mayRepair, Self.truth(text))
    }
  }

  private static func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  /// The same of what may be missing.
  private static func fill<Value>(_ place: inout Value?, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  // MARK: What values may be

  private static func truth(_ text: String) -> Bool? {
    if text.utf8.elementsEqual("true".utf8) { return true }
    return text.utf8.elementsEqual("false".utf8) ? false : nil
  }

  private static func port(_ text: String) -> Int? {
    guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text).flatMap { (1...65_535).contains($0) ? $0 : nil }
  }

  /// Names, and addresses of both families with the name of a link behind.
  private static func isHost(_ text: String) -> Bool {
    (1...longestHost).contains(text.utf8.count)
      && text.utf8.allSatisfy { isWord($0) || [0x2E, 0x3A, 0x25].contains($0) }
  }

  private static func isPath(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "/") && text.utf8.count <= longestPath && text.utf8.allSatisfy { $0 >= 0x20 }
  }

  private static func isUser(_ text: String) -> Bool {
    (1...longestUser).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  private static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count) && text.utf8.allSatisfy(isWord)
  }

  /// No level of it is empty.
  private static func isPrefix(_ text: String) -> Bool {
    let levels = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return text.utf8.count <= longestName && levels.allSatisfy { !$0.isEmpty && $0.allSatisfy(isWord) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// A host's name as it may stand in a topic; empty where nothing of it may.
  private static func plain(_ hostName: String) -> String {
    let bytes = hostName.utf8.prefix(longestName).map { isWord($0) ? $0 : UInt8(ascii: "_") }
    guard bytes.contains(where: { $0 != UInt8(ascii: "_") }) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Without blanks around, which are easily left behind.
  private static func trimmed(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(longestQuote), as: UTF8.self) + (bytes.count > longestQuote ? "…" : "")
  }
}
