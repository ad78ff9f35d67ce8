/// Where a bus listens, in D-Bus's address syntax: `unix:path=/run/dbus/system_bus_socket`.
package struct BusAddress: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Takes an address as it stands; ``Connection/open(_:on:timeout:)`` says whether it can be used.
  package init(_ text: String) { description = text }

  /// The system bus: `override` (the value of `DBUS_SYSTEM_BUS_ADDRESS`, which the caller reads) or the path that the
  /// D-Bus specification fixes.
  package static func system(override: String? = nil) -> Self {
    Self(override ?? "unix:path=/var/run/dbus/system_bus_socket")
  }

  /// Whether every alternative is a Unix socket. Other transports resolve names or start programs, and libdbus does
  /// both synchronously, which the loop cannot afford.
  var isUnixSocket: Bool {
    !description.isEmpty && description.split(separator: ";").allSatisfy { $0.hasPrefix("unix:") }
  }
}
