internal import Core
internal import EventLoop
internal import Glibc
internal import Service
internal import Varlink

/// What was seen of bonds, kept over restarts: which exist, in which boot of the computer each worked last, and what was
/// found to be wrong with each. Nothing secret is in it, and nothing that BlueZ itself would tell.
actor BondHistory: LoopActor {
  /// A verdict and when it was found, in seconds since 1970.
  struct Finding: Hashable, Sendable {
    let verdict: Verdict
    let since: Int
  }

  struct Record: Hashable, Sendable {
    var name: String?
    var alias: String
    /// Whether the device was seen bonded: without that there is only a finding about it.
    var isBond: Bool
    /// The boot in which the bond was seen to work last.
    var workedIn: String?
    /// The run of bluetoothd with which it was seen to work last.
    var workedWith: String?
    var finding: Finding?
  }

  nonisolated let loop: EventLoop
  private let file: StateFile?
  private let log: Log
  private let boot: String?
  private var records: [Journal.Key: Record] = [:]
  /// Which run of bluetoothd there is.
  private var bluez: String?
  private var isWriting = false
  private var observers: [Int: @Sendable (Journal.Key) -> Void] = [:]
  private var lastObserver = 0

  /// Changes come in bursts, and losing the last of them costs nothing but a verdict.
  private static let writingDelay = Duration.seconds(2)

  /// Reads what is there. `boot` names this run of the computer.
  init(loop: EventLoop, directory: String?, boot: String?, log: Log) {
    self.loop = loop
    self.boot = boot
    self.log = log
    file = directory.map { StateFile(path: "\($0)/bonds") }
    do {
      guard let bytes = try file?.read() else { return }
      let stored = try JSONValue(parsing: bytes).decode(StoredHistory.self)
      for bond in stored.bonds { if let (key, record) = bond.record { records[key] = record } }
    } catch {
      log.warning("the history of the bonds is lost", ["error": words(of: error)])
    }
  }

  var keys: [Journal.Key] { records.keys.sorted() }

  subscript(key: Journal.Key) -> Record? { records[key] }

  /// Later uses are greater. A bond that worked since bluetoothd was started comes before one of this boot.
  func lastUse(_ key: Journal.Key?) -> Int {
    guard let key, let workedIn = records[key]?.workedIn else { return 0 }
    return background(key).workedSinceBlueZStarted ? 3 : workedIn == boot ? 2 : 1
  }

  func background(_ key: Journal.Key) -> (workedInThisBoot: Bool, workedBefore: Bool, workedSinceBlueZStarted: Bool) {
    let workedIn = records[key]?.workedIn
    let workedWith = records[key]?.workedWith
    return (
      workedIn != nil && workedIn == boot, workedIn != nil && workedIn != boot, workedWith != nil && workedWith == bluez
    )
  }

  /// A bond is there.
  func seen(_ key: Journal.Key, _ device: Device) {
    var record = records[key] ?? Record(alias: device.alias, isBond: true)
    record.name = device.name
    record.alias = device.alias
    record.isBond = true
    // A bond that is back is not lost any more.
    if record.finding?.verdict.isOfAbsence == true { record.finding = nil }
    put(record, key)
  }

  /// The bond was seen to be sound, or something was found to be wrong with it.
  func found(_ verdict: Verdict?, _ key: Journal.Key, alias: String) {
    var record = records[key] ?? Record(alias: alias, isBond: false)
    if let verdict {
      if let known = record.finding?.verdict {
        // When a bond was found to be stale is told, and when the last try was.
        if known == verdict, verdict.concernsBond || record.finding?.since == Self.now { return }
        if !verdict.replaces(known) { return }
      }
      record.finding = Finding(verdict: verdict, since: Self.now)
    } else {
      record.isBond = true
      record.workedIn = boot ?? record.workedIn
      record.workedWith = bluez
      record.finding = nil
    }
    put(record, key)
    for observer in observers.values { observer(key) }
  }

  /// What was found is over, unless it is of the bond itself.
  func ended(_ key: Journal.Key) {
    guard records[key]?.finding?.verdict.concernsBond == false else { return }
    records[key]?.finding = nil
    if records[key]?.isBond == false { records[key] = nil }
    writeLater()
    for observer in observers.values { observer(key) }
  }

  /// The bond is not there any more, whatever was wrong with it.
  func missed(_ verdict: Verdict, _ key: Journal.Key, alias: String) {
    if let known = records[key]?.finding?.verdict, !known.isOfAbsence { records[key]?.finding = nil }
    found(verdict, key, alias: alias)
  }

  /// The headset has a bond with an adapter that is there, or was given up: those with an address that the adapter had
  /// before are not missed any more.
  func dropOutdated(_ device: Address, but present: [Address]) {
    for (key, record) in records where key.device == device && record.isOutdated {
      if !present.contains(key.adapter) { drop(key) }
    }
  }

  /// The bond was made anew: what was known of the old one says nothing of it.
  func renewed(_ key: Journal.Key, _ device: Device) {
    put(Record(name: device.name, alias: device.alias, isBond: true), key)
  }

  /// The bond was given up on purpose.
  func drop(_ key: Journal.Key) {
    guard records.removeValue(forKey: key) != nil else { return }
    writeLater()
  }

  /// bluetoothd is there, under a name of the bus that no other run of it has in this run of the computer.
  func bluezAppeared(as owner: String) { bluez = "\(owner) \(boot ?? "")" }

  /// Calls `handler` on the loop when something was found out about a bond, until ``stopObserving(_:)`` is given the
  /// number returned.
  func observe(_ handler: @escaping @Sendable (Journal.Key) -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  // MARK: Storing

  private func put(_ record: Record, _ key: Journal.Key) {
    guard records[key] != record else { return }
    records[key] = record
    writeLater()
  }

  private func writeLater() {
    guard file != nil, !isWriting else { return }
    isWriting = true
    _ = loop.schedule(after: Self.writingDelay) { self.assumeIsolated { $0.write() } }
  }

  /// Writes what has changed.
  func write() {
    guard let file, isWriting else { return }
    isWriting = false
    let stored = StoredHistory(bonds: records.sorted { $0.key < $1.key }.map { StoredBond($0.key, $0.value) })
    do {
      try file.write(JSONValue(encoding: stored).bytes)
    } catch {
      log.warning("the history of the bonds cannot be kept", ["error": "\(error)"])
    }
  }

  private static var now: Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec
  }
}

extension BondHistory.Record {
  /// Whether it is of a bond with another address of the adapter.
  var isOutdated: Bool { finding?.verdict.cause == .adapterChanged }
}

extension Verdict {
  /// Whether it says that the bond is not there.
  var isOfAbsence: Bool { cause == .hostLostKey || cause == .adapterChanged }
}

private struct StoredHistory: Codable {
  var bonds: [StoredBond]
}

private struct StoredBond: Codable {
  var adapter: String
  var device: String
  var name: String?
  var alias: String
  var isBond: Bool
  var workedIn: String?
  var workedWith: String?
  var cause: String?
  var certainty: String?
  var message: String?
  var evidence: String?
  var hint: String?
  var since: Int?

  init(_ key: Journal.Key, _ record: BondHistory.Record) {
    adapter = key.adapter.description
    device = key.device.description
    name = record.name
    alias = record.alias
    isBond = record.isBond
    workedIn = record.workedIn
    workedWith = record.workedWith
    guard let finding = record.finding else { return }
    cause = finding.verdict.cause.rawValue
    certainty = finding.verdict.certainty.rawValue
    message = finding.verdict.message
    evidence = finding.verdict.evidence
    hint = finding.verdict.hint
    since = finding.since
  }

  var record: (Journal.Key, BondHistory.Record)? {
    guard let adapter = Address(adapter), let device = Address(device) else { return nil }
    return (
      Journal.Key(adapter: adapter, device: device),
      BondHistory.Record(
        name: name, alias: alias, isBond: isBond, workedIn: workedIn, workedWith: workedWith,
        finding: finding)
    )
  }

  private var finding: BondHistory.Finding? {
    guard let cause = cause.flatMap(Verdict.Cause.init(rawValue:)),
      let certainty = certainty.flatMap(Verdict.Certainty.init(rawValue:)), let message, let evidence, let hint,
      let since
    else { return nil }
    return BondHistory.Finding(
      verdict: Verdict(cause, certainty, message: message, evidence: evidence, hint: hint), since: since)
  }
}
