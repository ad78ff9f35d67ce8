internal import Core
internal import EventLoop
internal import Glibc
internal import Interface
internal import Service
internal import Vocabulary

/// What headsets held, as it can be put back: ten of each headset, over restarts, and over forgetting and pairing it
/// again. Nothing is read before somebody saves, restores or asks.
actor Backups: LoopActor {
  nonisolated let loop: EventLoop
  private let directory: String?
  private let log: Log
  private lazy var store = Store<Name, Record>(
    "backups", in: directory, list: "headsets", of: "the backups of headsets", log: log)

  /// Backups of one headset; the oldest is dropped for one more.
  static let most = 10

  /// A headset holds its settings itself, whichever adapter it is paired with.
  private struct Name: Codable, Hashable, Comparable {
    let device: Address
    static func < (left: Self, right: Self) -> Bool { left.device < right.device }
  }

  /// The oldest first.
  private struct Record: Codable, Sendable { var backups: [Kept] }

  /// One of them, and why it was taken.
  struct Kept: Codable, Hashable, Sendable {
    var occasion: BackupOccasion
    var backup: HeadsetBackup
  }

  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.directory = directory
    self.log = log
  }

  /// Seconds since 1970.
  nonisolated var now: Int { time(nil) }

  /// Keeps one more. One that says what the newest says takes its place: what is taken by itself shall not push out what
  /// differs. Returns why it lasts only until the daemon ends; nil when it is kept.
  func keep(_ backup: HeadsetBackup, of device: Address, _ occasion: BackupOccasion) -> String? {
    var record = store[Name(device: device)] ?? Record(backups: [])
    if let last = record.backups.last?.backup, last.says(thatOf: backup) { record.backups.removeLast() }
    record.backups.append(Kept(occasion: occasion, backup: backup))
    record.backups = Array(record.backups.suffix(Self.most))
    store[Name(device: device)] = record
    guard let reason = store.write() else { return nil }
    log.warning("a backup of a headset will be forgotten at the next start", ["error": reason])
    return reason
  }

  /// Those of a headset, the newest first.
  func all(of device: Address) -> [Kept] { store[Name(device: device)]?.backups.reversed() ?? [] }

  /// The headsets of which there are any.
  var devices: [Address] { store.ids.map(\.device) }
}

extension HeadsetBackup {
  /// It is the same but for its time.
  fileprivate func says(thatOf other: HeadsetBackup) -> Bool {
    var same = self
    same.time = other.time
    return same == other
  }
}
