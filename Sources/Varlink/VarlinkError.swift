/// An error reply: a fully qualified name and its parameters.
package struct VarlinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The interface's name and the error's, as in `org.varlink.service.MethodNotFound`.
  package let name: String
  /// Always an object.
  package let parameters: JSONValue

  package init(_ name: String, parameters: JSONValue = .emptyObject) {
    self.name = name
    self.parameters = parameters
  }

  /// An error whose parameters are the members of an `Encodable` struct.
  package init(_ name: String, _ parameters: some Encodable) {
    self.init(name, parameters: JSONValue(membersOf: parameters))
  }

  package var description: String { "\(name) \(parameters.text)" }
}

extension VarlinkError {
  static func interfaceNotFound(_ interface: String) -> Self {
    standard("InterfaceNotFound", ["interface": .string(interface)])
  }
  static func methodNotFound(_ method: String) -> Self { standard("MethodNotFound", ["method": .string(method)]) }
  /// A parameter is missing, unknown, of the wrong type or out of range.
  package static func invalidParameter(_ parameter: String) -> Self {
    standard("InvalidParameter", ["parameter": .string(parameter)])
  }
  package static let permissionDenied = standard("PermissionDenied")
  /// The method only makes sense with `more`.
  package static let expectedMore = standard("ExpectedMore")

  private static func standard(_ name: String, _ parameters: JSONMembers = [:]) -> Self {
    VarlinkError("\(ServiceInterface.name).\(name)", parameters: .object(parameters))
  }

  /// The parameter that could not be decoded, by its outermost name.
  static func invalidParameter(_ error: DecodingError) -> Self {
    switch error {
    case .keyNotFound(let key, let context): invalidParameter((context.codingPath + [key])[0].stringValue)
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      invalidParameter(context.codingPath.first?.stringValue ?? "parameters")
    @unknown default: invalidParameter("parameters")
    }
  }
}

extension JSONValue {
  /// The members of an `Encodable` struct. Anything that does not encode to an object is a mistake in the program.
  init(membersOf value: some Encodable) {
    let tree: JSONValue
    do { tree = try JSONValue(encoding: value) } catch {
      preconditionFailure("\(type(of: value)) cannot be encoded: \(error)")
    }
    switch tree {
    case .object: self = tree
    // A struct without properties encodes nothing at all.
    case .null: self = .emptyObject
    default: preconditionFailure("\(type(of: value)) encodes to \(tree.kind), but parameters are an object")
    }
  }
}
