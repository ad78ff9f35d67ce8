internal import EventLoop
internal import Service

/// The users for whose login headsets were called already, so that a daemon that is started anew does not take them from
/// another device. Of this run of the computer only.
actor CalledLogins: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  private var store: Store<Name, Login>
  private let login: Login

  private struct Name: Codable, Hashable, Comparable {
    let user: UInt32

    static func < (left: Self, right: Self) -> Bool { left.user < right.user }
  }

  private struct Login: Codable, Hashable {
    /// The run of the computer that it was in.
    let boot: String
  }

  /// Reads what is there. `boot` names this run of the computer.
  init(loop: EventLoop, directory: String?, boot: String?, log: Log) {
    self.loop = loop
    self.log = log
    login = Login(boot: boot ?? "")
    store = Store("logins", in: directory, list: "users", of: "the logins that were called for", log: log)
    for name in store.ids where store[name] != login { store[name] = nil }
  }

  var users: Set<UInt32> { Set(store.ids.map(\.user)) }

  func contains(_ user: UInt32) -> Bool { store[Name(user: user)] != nil }

  func insert(_ user: UInt32) { set(user, login) }

  func remove(_ user: UInt32) { set(user, nil) }

  private func set(_ user: UInt32, _ login: Login?) {
    let name = Name(user: user)
    guard store[name] != login else { return }
    store[name] = login
    if let reason = store.write() {
      log.warning("a login will be taken for a new one after a restart", ["error": reason])
    }
  }
}
