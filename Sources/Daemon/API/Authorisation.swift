internal import EventLoop
internal import Interface
internal import Varlink

/// Who may call what.
enum Authorisation {
  /// The table for the server. Every local user may read, and bring the sound server of his own session; who may control
  /// is asked at each call.
  static func table(mayControl: @escaping @Sendable (PeerCredentials) -> Bool) -> AuthorisationTable<Role> {
    var named = Dictionary(uniqueKeysWithValues: Control.signatures.map { ($0.method.fullName, $0.role) })
    for method in Session.Method.allCases { named[method.fullName] = .read }
    return AuthorisationTable(named) { peer, role in role == .read || mayControl(peer) }
  }
}
