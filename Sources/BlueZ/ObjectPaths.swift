package import DBus
package import Vocabulary

// How BlueZ names its objects (`src/adapter.c`, `src/device.c`): /org/bluez/hci0/dev_94_DB_56_00_00_01.

extension ObjectPath {
  /// An adapter's object. Nil when the name cannot be part of a path.
  package static func adapter(_ name: String) -> Self? { Self(validating: "\(BlueZName.manager)/\(name)") }

  /// A device's object. Nil when the adapter's name cannot be part of a path.
  package static func device(_ address: Address, of adapter: String) -> Self? {
    let name = String(address.description.map { $0 == ":" ? "_" : $0 })
    return Self(validating: "\(BlueZName.manager)/\(adapter)/dev_\(name)")
  }

  /// The last element: an adapter's name.
  package var lastElement: String {
    String(text[(text.lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex)...])
  }
}
