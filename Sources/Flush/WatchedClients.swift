internal import BlueZ
internal import DBus
internal import EventLoop

/// The connections to the system bus whose end bluetoothd waits for, because something of theirs ends with them: a search
/// for devices, an agent, the endpoints of a sound server. BlueZ does not tell whose a search is.
///
/// bluetoothd has a match rule for each, with the connection's name as the first argument of NameOwnerChanged
/// (`gdbus/watch.c`, 5.66 to 5.87), and dbus-daemon tells root which rules there are. dbus-broker does not.
enum WatchedClients {
  private static let statistics = "org.freedesktop.DBus.Debug.Stats"
  /// How long the bus may take for each answer.
  private static let patience = Duration.seconds(2)
  /// Names that are told at most, and bytes of a rule that are looked at.
  private static let mostNames = 256
  private static let longestRule = 1024

  static func names(on bus: BusAddress, loop: EventLoop) async throws(DBusError) -> [String] {
    let connection = try await DBus.Connection.open(bus, on: loop, timeout: patience)
    let answer: Result<[String], DBusError>
    do throws(DBusError) { answer = .success(try await names(over: connection)) } catch { answer = .failure(error) }
    await connection.close()
    return try answer.get()
  }

  private static func names(over connection: DBus.Connection) async throws(DBusError) -> [String] {
    guard let bluez = try await connection.owner(of: BlueZName.service) else { return [] }
    let reply = try await connection.call(
      Message(call: "GetAllMatchRules", on: "/org/freedesktop/DBus", interface: statistics, to: BusName.driver),
      timeout: patience)
    var names: Set<String> = []
    var body = reply.reader()
    try body.forEachEntry { (owner, entry) throws(DBusError) in
      guard owner == bluez else { return }
      var rules = try entry.array()
      while !rules.atEnd {
        if let name = client(in: try rules.string(cutTo: longestRule)), names.count < mostNames { names.insert(name) }
      }
    }
    return names.sorted()
  }

  /// The connection whose end a rule waits for: "…,member='NameOwnerChanged',…,arg0=':1.42'".
  static func client(in rule: String) -> String? {
    let parts = rule.utf8.split(separator: UInt8(ascii: ","))
    guard parts.contains(where: { $0.elementsEqual("member='NameOwnerChanged'".utf8) }) else { return nil }
    let prefix = "arg0=':"
    for part in parts where part.starts(with: prefix.utf8) && part.last == UInt8(ascii: "'") {
      let name = part.dropFirst(prefix.utf8.count - 1).dropLast()
      return name.count <= 255 ? String(Substring(name)) : nil
    }
    return nil
  }
}
