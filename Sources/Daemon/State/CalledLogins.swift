internal import EventLoop
internal import Service

/// The users for whose login headsets were called already, so that a daemon that is started anew does not take them from
/// another device. Of this run of the computer only.
actor CalledLogins: LoopActor {
  nonisolated let loop: EventLoop
  private let file: StateFile?
  private let boot: String
  private let log: Log
  private(set) var users: Set<UInt32> = []

  /// Reads what is there. `boot` names this run of the computer.
  init(loop: EventLoop, directory: String?, boot: String?, log: Log) {
    self.loop = loop
    self.boot = boot ?? ""
    self.log = log
    file = directory.map { StateFile(path: "\($0)/logins") }
    guard let bytes = try? file?.read() else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first == self.boot else { return }
    users = Set(lines.dropFirst().compactMap { UInt32($0) })
  }

  func contains(_ user: UInt32) -> Bool { users.contains(user) }

  func insert(_ user: UInt32) { if users.insert(user).inserted { write() } }

  func remove(_ user: UInt32) { if users.remove(user) != nil { write() } }

  private func write() {
    let text = ([boot] + users.sorted().map(String.init)).joined(separator: "\n")
    do throws(SystemError) { try file?.write(Array(text.utf8)) } catch {
      log.warning("a login will be taken for a new one after a restart", ["error": "\(error)"])
    }
  }
}
