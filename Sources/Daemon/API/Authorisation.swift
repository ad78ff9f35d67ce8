internal import EventLoop
internal import Glibc
internal import Interface
internal import Varlink

/// Who may call what.
enum Authorisation {
  /// The group whose members control Bluetooth, beside root.
  static let group = "bluetooth"

  /// Whether a caller speaks for the computer and not for a person: root, and the daemon's own user.
  static func isComputer(_ peer: PeerCredentials) -> Bool { peer.uid == 0 || peer.uid == geteuid() }

  /// Whether a caller may control: root, the members of the group and the daemon's own user. Users are looked up in the
  /// kernel's credentials of the connection, never by what they say.
  static func mayControl() -> @Sendable (PeerCredentials) -> Bool {
    let group = Self.groupIdentifier(named: group)
    return { peer in isComputer(peer) || group.map(peer.groups.contains) == true }
  }

  /// The table for the server. Every local user may read, and bring the sound server of his own session.
  static func table() -> AuthorisationTable<Role> {
    let mayControl = mayControl()
    var named = Dictionary(uniqueKeysWithValues: Control.signatures.map { ($0.method.fullName, $0.role) })
    for method in Session.Method.allCases { named[method.fullName] = .read }
    return AuthorisationTable(named) { peer, role in role == .read || mayControl(peer) }
  }

  private static func groupIdentifier(named name: String) -> UInt32? {
    var entry = unsafe group_entry()
    var found: UnsafeMutablePointer<group_entry>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let status = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe getgrnam_r(name, &entry, $0.baseAddress, $0.count, &found)
    }
    return unsafe status == 0 && found != nil ? entry.gr_gid : nil
  }
}

private typealias group_entry = Glibc.group
