internal import Core
internal import EventLoop
internal import Glibc
internal import Service
internal import Vocabulary

/// What persons were advised to do at each headset, and when, kept over restarts: no step is advised again and again that
/// did not help. Nothing is read before somebody wants a headset fixed.
actor Advices: LoopActor {
  nonisolated let loop: EventLoop
  private let directory: String?
  private let log: Log
  private lazy var store = Store<BondKey, Record>(
    "advices", in: directory, list: "headsets", of: "what was advised", log: log)

  /// Times are seconds since 1970.
  private struct Record: Codable, Sendable {
    /// When its factory settings were advised.
    var initialized: [Int]
    /// When a restart was seen not to help.
    var restarted: Int?
  }

  /// Those whose restart is being waited for, or was since the ladder began.
  private var restarting: Set<BondKey> = []

  /// Seconds for which a restart that did not help need not be repeated.
  private static let restartPause = 600

  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.directory = directory
    self.log = log
  }

  private var now: Int { time(nil) }

  /// Why the factory settings are not advised now; nil where they may be.
  func initializeObstacle(_ key: BondKey) -> String? {
    InitializeLimit.obstacle(advisedAt: store[key]?.initialized ?? [], now: now)
  }

  /// Whether a restart was seen not to help a short time ago.
  func wasRestarted(_ key: BondKey) -> Bool {
    store[key]?.restarted.map { $0 <= now && $0 > now - Self.restartPause } ?? false
  }

  /// A person is told to do it.
  func note(_ deed: HeadsetDeed, _ key: BondKey) {
    switch deed {
    case .initialize: change(key) { $0.initialized = InitializeLimit.counting($0.initialized + [now], now: now) }
    case .restart: restarting.insert(key)
    case .pairingMode: break
    }
  }

  /// The ladder on which it was advised has ended.
  func ladderEnded(_ key: BondKey, restartFailed: Bool) {
    guard restarting.remove(key) != nil else { return }
    change(key) { $0.restarted = restartFailed ? now : nil }
  }

  private func change(_ key: BondKey, _ change: (inout Record) -> Void) {
    var record = store[key] ?? Record(initialized: [])
    change(&record)
    store[key] = record
    if let reason = store.write() {
      log.warning("an advice will be forgotten at the next start", ["error": reason])
    }
  }
}
