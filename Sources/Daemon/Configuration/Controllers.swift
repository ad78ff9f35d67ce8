internal import EventLoop
internal import Glibc
internal import Service

/// Who may control the daemon, beside root and the daemon's own user: by number, so that no request waits for the name
/// service.
struct Controllers: Hashable, Sendable {
  private(set) var groups: Set<UInt32> = []
  private(set) var users: Set<UInt32> = []
  /// What nobody knows, as sentences.
  private(set) var unknown: [String] = []

  /// Looks the names up, which may ask the name service and wait for it.
  init(
    _ values: ConfigurationValues, group: (String) -> UInt32? = { Accounts.group($0) },
    user: (String) -> UInt32? = { Accounts.user($0) }
  ) {
    for name in values.groups {
      if let number = group(name) {
        groups.insert(number)
      } else {
        unknown.append("There is no group \"\(name)\", so nobody may control for being in it.")
      }
    }
    for name in values.users {
      if let number = user(name) {
        users.insert(number)
      } else {
        unknown.append("There is no user \"\(name)\" who may control.")
      }
    }
  }

  /// Whether a caller speaks for the computer and not for a person: root, and the daemon's own user.
  static func isComputer(_ peer: PeerCredentials) -> Bool { peer.uid == 0 || peer.uid == geteuid() }

  /// Whether a caller may control. Who he is comes from the kernel's credentials of the connection, never from what he
  /// says.
  func include(_ peer: PeerCredentials) -> Bool {
    Self.isComputer(peer) || users.contains(peer.uid) || peer.groups.contains(where: groups.contains)
  }
}
