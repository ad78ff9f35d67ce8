internal import DBus
internal import EventLoop
internal import Service

/// A service manager, as the rest of this layer sees it.
protocol UnitStarting: Sendable {
  /// Restarts a unit, or starts it; returns why that was refused. It is begun then, and need not be done.
  func restart(_ unit: String, within limit: Duration) async -> String?
}

/// The service manager of the user who is logged in. It is asked over the session's bus, which is seldom needed here, so
/// that a connection is made for each question.
struct UserUnits: UnitStarting {
  let loop: EventLoop

  func restart(_ unit: String, within limit: Duration) async -> String? {
    guard let address = sessionBus else { return "There is no session bus, over which systemd could restart \(unit)." }
    do throws(DBusError) {
      let connection = try await Connection.open(address, on: loop, timeout: limit)
      defer { loop.spawn { await connection.close() } }
      let call = try Message(
        call: "RestartUnit", on: "/org/freedesktop/systemd1", interface: "org.freedesktop.systemd1.Manager",
        to: "org.freedesktop.systemd1"
      ) {
        $0.append(unit)
        $0.append("replace")
      }
      _ = try await connection.call(call, timeout: limit)
      return nil
    } catch {
      return "\(unit) could not be restarted: \(error)"
    }
  }
}

/// `DBUS_SESSION_BUS_ADDRESS`, or where systemd has it.
var sessionBus: BusAddress? {
  if let address = variable("DBUS_SESSION_BUS_ADDRESS") { return BusAddress(address) }
  return variable("XDG_RUNTIME_DIR").map { BusAddress("unix:path=\($0)/bus") }
}
