/// One call as it came over the wire.
struct Request: Sendable {
  let method: String
  let parameters: JSONValue
  let wantsMore: Bool
  let isOneway: Bool

  /// Why a message is not a call that could be routed.
  struct Refusal: Error {
    let error: VarlinkError
    /// The peer asked for no answer, not even this one.
    var isSilent = false
    /// The peer does not speak Varlink, so what follows would not be understood either; or it wants what can only be
    /// refused, and no answer.
    var endsConnection = false
  }

  private static let members = ["method", "parameters", "more", "oneway", "upgrade"]

  init(frame: ArraySlice<UInt8>) throws(Refusal) {
    guard let members = (try? JSONValue(parsing: frame))?.members else {
      throw Refusal(error: .invalidParameter("message"), endsConnection: true)
    }
    let isOneway = members["oneway"]?.bool ?? false
    func refused(_ name: String) -> Refusal { Refusal(error: .invalidParameter(name), isSilent: isOneway) }
    func flag(_ name: String) throws(Refusal) -> Bool {
      switch members[name] {
      case nil, .null: return false
      case .bool(let flag): return flag
      default: throw refused(name)
      }
    }
    // Who wants no answer cannot want more of them. Nothing may be said to him, so his connection ends.
    if isOneway, members["more"]?.bool == true {
      throw Refusal(error: .invalidParameter("oneway"), isSilent: true, endsConnection: true)
    }
    let unknown = members.names.first { name in !Self.members.contains { $0.hasSameBytes(as: name) } }
    if let unknown { throw refused(unknown) }
    guard let method = members["method"]?.name else { throw refused("method") }
    // No interface of ours turns a connection into something else.
    guard try !flag("upgrade") else { throw refused("upgrade") }
    switch members["parameters"] {
    case nil, .null: parameters = .emptyObject
    case .object(let parameters)?: self.parameters = .object(parameters)
    default: throw refused("parameters")
    }
    self.method = method
    self.isOneway = try flag("oneway")
    wantsMore = try flag("more")
  }

  /// The interface's part of the method's name and the method's own.
  var path: (interface: String, method: String)? {
    guard let dot = method.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    return (String(method[..<dot]), String(method[method.index(after: dot)...]))
  }
}

/// One reply; the only top-level names that a reply may have.
enum Reply {
  case progress(JSONValue)
  case last(JSONValue)
  case error(VarlinkError)

  /// The message with its NUL.
  var frame: [UInt8] {
    let members: JSONMembers
    switch self {
    case .progress(let parameters): members = ["parameters": parameters, "continues": .bool(true)]
    case .last(let parameters): members = ["parameters": parameters]
    case .error(let error): members = ["error": .string(error.name), "parameters": error.parameters]
    }
    var bytes = JSONValue.object(members).bytes
    bytes.append(0)
    return bytes
  }
}
