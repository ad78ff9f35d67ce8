package import EventLoop

/// Decides who may call what, before anything of the parameters is looked at.
package protocol Authoriser: Sendable {
  func permits(_ peer: PeerCredentials, _ method: String) -> Bool
  /// Whether somebody has thought about the method. A server does not start with one that nobody has.
  func covers(_ method: String) -> Bool
}

/// A role for each fully qualified method, and who has which role. A method that is not in the table is nobody's.
package struct AuthorisationTable<Role: Sendable>: Authoriser {
  private let roles: [String: Role]
  private let has: @Sendable (PeerCredentials, Role) -> Bool

  package init(_ roles: [String: Role], has: @escaping @Sendable (PeerCredentials, Role) -> Bool) {
    self.roles = roles
    self.has = has
  }

  package func covers(_ method: String) -> Bool { roles[method] != nil }

  package func permits(_ peer: PeerCredentials, _ method: String) -> Bool {
    roles[method].map { has(peer, $0) } ?? false
  }
}
