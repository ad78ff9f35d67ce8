/// Which signals a connection wants, as the bus understands it (D-Bus specification, "Match Rules").
///
/// A field that is nil does not restrict anything.
package struct MatchRule: Hashable, Sendable {
  /// A unique name, a well-known name or ``BusName/driver``. With a well-known name only signals of its owner of the
  /// moment are delivered.
  package var sender: String?
  /// The emitting interface.
  package var interface: String?
  package var member: String?
  package var path: ObjectPath?
  /// The object itself and everything below.
  package var pathNamespace: ObjectPath?
  /// The first argument, when it is a string.
  package var firstArgument: String?

  package init(
    sender: String? = nil, interface: String? = nil, member: String? = nil, path: ObjectPath? = nil,
    pathNamespace: ObjectPath? = nil, firstArgument: String? = nil
  ) {
    self.sender = sender
    self.interface = interface
    self.member = member
    self.path = path
    self.pathNamespace = pathNamespace
    self.firstArgument = firstArgument
  }

  /// The rule as AddMatch takes it.
  var rendered: String {
    // The root namespace is "everything", which the bus spells by leaving the key out.
    let namespace = pathNamespace == "/" ? nil : pathNamespace
    let fields = [
      ("type", "signal"), ("sender", sender), ("interface", interface), ("member", member), ("path", path?.text),
      ("path_namespace", namespace?.text), ("arg0", firstArgument),
    ]
    return fields.compactMap { key, value in value.map { "\(key)=\(Self.quoted($0))" } }.joined(separator: ",")
  }

  /// Everything between apostrophes stands for itself; an apostrophe is written outside of them, with a backslash.
  private static func quoted(_ value: String) -> String {
    "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }

  /// Whether a signal fits. `owners` knows the unique names behind well-known ones.
  func matches(_ signal: borrowing SignalView, owners: borrowing OwnerTable) -> Bool {
    if let member, !signal.hasMember(member) { return false }
    if let interface, !signal.hasInterface(interface) { return false }
    if let firstArgument, !signal.beginsWith(firstArgument) { return false }
    if let path, !signal.hasPath(path) { return false }
    if let pathNamespace, !signal.hasPath(atOrBelow: pathNamespace) { return false }
    guard let sender else { return true }
    guard let unique = wellKnownSender == nil ? sender : owners[sender] else { return false }
    return signal.isFrom(unique)
  }

  /// The sender when it is a name that changes hands.
  var wellKnownSender: String? {
    guard let sender, sender != BusName.driver, sender.utf8.first != UInt8(ascii: ":") else { return nil }
    return sender
  }
}
