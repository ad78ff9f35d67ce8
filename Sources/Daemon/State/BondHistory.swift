internal import Core
internal import EventLoop
internal import Glibc
internal import Service
internal import Vocabulary

/// What was seen of bonds, kept over restarts: which exist, in which boot of the computer each worked last, and what was
/// found to be wrong with each. Nothing secret is in it, and nothing that BlueZ itself would tell.
actor BondHistory: LoopActor {
  /// A verdict and when it was found, in seconds since 1970.
  struct Finding: Hashable, Sendable {
    let verdict: Verdict
    let since: Int
  }

  struct Record: Codable, Hashable, Sendable {
    var name: String?
    var alias: String
    /// Whether the device was seen bonded: without that there is only a finding about it.
    var isBond: Bool
    /// The boot in which the bond was seen to work last.
    var workedIn: String?
    /// The run of bluetoothd with which it was seen to work last.
    var workedWith: String?
    /// Who has had it in his session, with greater numbers for later uses, of whichever bond.
    fileprivate(set) var users: [Use]?
    /// What was found, in words: a newer version may know others, which stay until something else is found.
    private var cause: String?
    private var certainty: String?
    private var message: String?
    private var evidence: String?
    private var hint: String?
    private var since: Int?

    struct Use: Codable, Hashable, Sendable {
      let user: UInt32
      let number: Int
    }

    init(name: String? = nil, alias: String, isBond: Bool) {
      (self.name, self.alias, self.isBond) = (name, alias, isBond)
    }

    var finding: Finding? {
      get {
        guard let cause = cause.flatMap(Verdict.Cause.init(rawValue:)),
          let certainty = certainty.flatMap(Verdict.Certainty.init(rawValue:)), let message, let evidence, let hint,
          let since
        else { return nil }
        return Finding(
          verdict: Verdict(cause, certainty, message: message, evidence: evidence, hint: hint), since: since)
      }
      set {
        let verdict = newValue?.verdict
        (cause, certainty, since) = (verdict?.cause.rawValue, verdict?.certainty.rawValue, newValue?.since)
        (message, evidence, hint) = (verdict?.message, verdict?.evidence, verdict?.hint)
      }
    }
  }

  nonisolated let loop: EventLoop
  private let log: Log
  private let boot: String?
  private var store: Store<BondKey, Record>
  /// The devices of which a record may be outdated: of thousands that bluetoothd tells of, hardly one.
  private var outdated: Set<Address> = []
  /// Why it could not be written last.
  private var obstacle: String?
  /// Which run of bluetoothd there is.
  private var bluez: String?
  private var isWriting = false
  private var observers: [Int: @Sendable (BondKey) -> Void] = [:]
  private var lastObserver = 0
  private var onForget: @Sendable (BondKey) -> Void = { _ in }

  /// Changes come in bursts, and losing the last of them costs nothing but a verdict.
  private static let writingDelay = Duration.seconds(2)

  /// Reads what is there. `boot` names this run of the computer.
  init(loop: EventLoop, directory: String?, boot: String?, log: Log) {
    self.loop = loop
    self.boot = boot
    self.log = log
    store = Store("bonds", in: directory, list: "bonds", of: "what was seen of bonds", log: log)
    for key in store.ids where store[key]?.isOutdated == true { outdated.insert(key.device) }
  }

  var keys: [BondKey] { store.ids }

  subscript(key: BondKey) -> Record? { store[key] }

  /// Later uses are greater. A bond that worked since bluetoothd was started comes before one of this boot.
  func lastUse(_ key: BondKey?) -> Int {
    guard let key, let workedIn = store[key]?.workedIn else { return 0 }
    return context(key).workedSinceBlueZStarted ? 3 : workedIn == boot ? 2 : 1
  }

  func context(_ key: BondKey) -> (workedInThisBoot: Bool, workedBefore: Bool, workedSinceBlueZStarted: Bool) {
    let workedIn = store[key]?.workedIn
    let workedWith = store[key]?.workedWith
    return (
      workedIn != nil && workedIn == boot, workedIn != nil && workedIn != boot, workedWith != nil && workedWith == bluez
    )
  }

  /// A bond is there.
  func seen(_ key: BondKey, _ device: Device) {
    var record = store[key] ?? Record(alias: device.alias, isBond: true)
    record.name = device.name
    record.alias = device.alias
    record.isBond = true
    // A bond that is back is not lost any more.
    if record.finding?.verdict.isOfAbsence == true { record.finding = nil }
    put(record, key)
  }

  /// The bond was seen to be sound, or something was found to be wrong with it.
  func found(_ verdict: Verdict?, _ key: BondKey, alias: String) {
    var record = store[key] ?? Record(alias: alias, isBond: false)
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
      // That it works does not write its key to the disk.
      if record.finding?.verdict.cause != .pairedNotBonded { record.finding = nil }
    }
    put(record, key)
    for observer in observers.values { observer(key) }
  }

  /// What was found is over, unless it is of the bond itself.
  func ended(_ key: BondKey) {
    guard store[key]?.finding?.verdict.concernsBond == false else { return }
    store[key]?.finding = nil
    if store[key]?.isBond == false { store[key] = nil }
    writeLater()
    for observer in observers.values { observer(key) }
  }

  /// The bond is not there any more, whatever was wrong with it.
  func missed(_ verdict: Verdict, _ key: BondKey, alias: String) {
    if let known = store[key]?.finding?.verdict, !known.isOfAbsence { store[key]?.finding = nil }
    found(verdict, key, alias: alias)
  }

  /// The headset has a bond with an adapter that is there, or was given up: those with an address that the adapter had
  /// before are not missed any more.
  func dropOutdated(_ device: Address, but present: [Address]) {
    guard outdated.contains(device) else { return }
    for key in keys where key.device == device && store[key]?.isOutdated == true {
      if !present.contains(key.adapter) { drop(key) }
    }
  }

  /// The bond was made anew: what was known of the old one says nothing of it.
  func renewed(_ key: BondKey, _ device: Device) {
    store[key] = nil
    put(Record(name: device.name, alias: device.alias, isBond: true), key)
  }

  /// The bond was given up on purpose, by us or by somebody else: nothing of it is remembered, nor of the headset's bonds
  /// with adapters that are not there. `present`: the addresses of those that are.
  func forget(_ key: BondKey, present: [Address]) {
    drop(key)
    onForget(key)
    dropOutdated(key.device, but: present)
  }

  /// Whom to tell that a bond was given up, on the loop: what else is remembered of it goes, too.
  func onForget(_ handler: @escaping @Sendable (BondKey) -> Void) { onForget = handler }

  private func drop(_ key: BondKey) {
    guard store[key] != nil else { return }
    store[key] = nil
    writeLater()
  }

  // MARK: Users

  /// More than share a headset; the earliest is left out.
  private static let mostUsers = 16

  /// A user has the device in his session.
  func used(_ key: BondKey, by user: UInt32) {
    guard var record = store[key] else { return }
    // A damaged file may have any number, and is worth no trap.
    let last = min(keys.compactMap { store[$0]?.users?.map(\.number).max() }.max() ?? 0, .max - 1)
    let known = record.users ?? []
    // It is the last that anybody used.
    guard !known.contains(where: { $0.user == user && $0.number == last }) else { return }
    record.users = known.filter { $0.user != user }.suffix(Self.mostUsers - 1) + [.init(user: user, number: last + 1)]
    put(record, key)
  }

  /// When a user had the device: a later use is a greater number. Nil: he never had it.
  func use(of key: BondKey, by user: UInt32) -> Int? { store[key]?.users?.last { $0.user == user }?.number }

  /// Whether anybody had it.
  func isUsed(_ key: BondKey) -> Bool { store[key]?.users?.isEmpty == false }

  /// bluetoothd is there, under a name of the bus that no other run of it has in this run of the computer.
  func bluezAppeared(as owner: String) { bluez = "\(owner) \(boot ?? "")" }

  /// Calls `handler` on the loop when something was found out about a bond, until ``stopObserving(_:)`` is given the
  /// number returned.
  func observe(_ handler: @escaping @Sendable (BondKey) -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  // MARK: Storing

  private func put(_ record: Record, _ key: BondKey) {
    guard store[key] != record else { return }
    store[key] = record
    if record.isOutdated { outdated.insert(key.device) }
    writeLater()
  }

  private func writeLater() {
    guard !isWriting else { return }
    isWriting = true
    _ = loop.schedule(after: Self.writingDelay) { self.assumeIsolated { $0.write() } }
  }

  /// Writes what has changed.
  func write() {
    guard isWriting else { return }
    isWriting = false
    let before = obstacle
    obstacle = store.write()
    guard let obstacle, obstacle != before else { return }
    log.warning("what is seen of bonds will be forgotten at the next start", ["error": obstacle])
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
