internal import Core
internal import EventLoop
internal import Glibc
internal import Service
internal import Vocabulary

/// Which devices are left alone, and why, kept over restarts: what a person disconnected is not called because the daemon
/// was started anew.
actor Holds: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  private var store: Store<BondKey, Stored>
  private var onChange: @Sendable (BondKey) -> Void = { _ in }

  /// Seconds: nobody can ask for more.
  private static let longest = 86_400

  private struct Stored: Codable, Hashable {
    let reason: Hold.Reason
    /// Seconds since 1970.
    let since: Int
    let until: Int?
  }

  /// Reads what is there.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    store = Store("holds", in: directory, list: "devices", of: "which devices are left alone", log: log)
  }

  var keys: [BondKey] { store.ids }

  /// Why a device is left alone; what was for a time that is over is not told.
  func hold(on key: BondKey) -> Hold? {
    guard let stored = store[key] else { return nil }
    let now = Self.now
    // What a hand, or a damage, has put into the file is brought into bounds.
    let (since, end) = (max(0, stored.since), stored.until.map { max(0, $0) })
    // A clock that was set back makes nothing older than it is, nor lasting for longer than was asked for.
    let age = Duration.seconds(max(0, now - since))
    guard let end else { return Hold(stored.reason, age: age) }
    let left = min(end - now, end - since, Self.longest)
    return left > 0 ? Hold(stored.reason, age: age, remaining: .seconds(left)) : nil
  }

  /// Leaves a device alone, or with nil no more. Returns why that lasts only until the daemon ends; nil when it is kept.
  func set(_ reason: Hold.Reason?, on key: BondKey, for time: Duration? = nil) -> String? {
    let now = Self.now
    let new = reason.map { reason in
      Stored(reason: reason, since: now, until: time.map { now + Int($0.components.seconds) })
    }
    guard store[key] != new else { return nil }
    store[key] = new
    onChange(key)
    return write()
  }

  /// A user logs in, which ends what does not outlast that.
  func loginBegan(_ rules: CallRules) {
    for key in store.ids where hold(on: key)?.outlastsLogin(rules) != true { store[key] = nil }
    _ = write()
  }

  /// Nothing of a device is remembered.
  func forget(_ key: BondKey) { _ = set(nil, on: key) }

  /// Whom to tell, on the loop, that another device is left alone, or no longer.
  func onChange(_ handler: @escaping @Sendable (BondKey) -> Void) { onChange = handler }

  private func write() -> String? {
    guard let reason = store.write() else { return nil }
    log.warning("who is left alone will be forgotten at the next start", ["error": reason])
    return reason
  }

  private static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec
  }
}
