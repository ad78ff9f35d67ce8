internal import EventLoop
internal import Glibc
internal import Service

/// Who may control the daemon, beside root and the daemon's own user: by number, so that no request waits for the name
/// service.
struct Controllers: Hashable, Sendable {
  /// The names by which the configuration has them.
  private(set) var groups: [UInt32: String] = [:]
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
        groups[number] = name
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

  /// Why a caller may control wherever he sits; nil when nothing names him. Who he is comes from the kernel's credentials
  /// of the connection, never from what he says.
  func right(of peer: PeerCredentials) -> Right? {
    if Self.isComputer(peer) { return .computer }
    if users.contains(peer.uid) { return .user }
    return peer.groups.lazy.compactMap { groups[$0] }.first.map { .group($0) }
  }

  /// Whether a caller may control wherever he sits.
  func include(_ peer: PeerCredentials) -> Bool { right(of: peer) != nil }
}

/// Why somebody may control.
enum Right: Hashable, Sendable {
  /// Root, or the daemon's own user.
  case computer
  /// The configuration names him.
  case user
  /// The configuration names a group of his, by this name.
  case group(String)
  /// He sits at the computer.
  case seat
}
