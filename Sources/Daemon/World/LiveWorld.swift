internal import BlueZ
internal import Core
internal import Interface
internal import Vocabulary

/// What there is, as policy reads it: BlueZ's objects, and what the daemon keeps and hears besides.
///
/// It is there to be read. What is kept is changed by whoever owns a store, and what is asked goes through a port.
struct LiveWorld: World, Sendable {
  let mirror: BlueZMirror
  private let journal: Journal
  private let history: BondHistory
  private let preferences: Preferences
  private let sessions: Sessions
  private let holds: Holds
  private let words: HeadsetWords
  private let rules: @Sendable () -> CallRules

  /// `rules`: what the configuration says of connections now.
  init(
    _ mirror: BlueZMirror, journal: Journal, history: BondHistory, preferences: Preferences, sessions: Sessions,
    holds: Holds, words: HeadsetWords, rules: @escaping @Sendable () -> CallRules
  ) {
    self.mirror = mirror
    self.journal = journal
    self.history = history
    self.preferences = preferences
    self.sessions = sessions
    self.holds = holds
    self.words = words
    self.rules = rules
  }

  // MARK: BlueZ

  var hasBlueZ: Bool { mirror.hasBlueZ }
  var absence: BlueZAbsence { mirror.absence }
  var host: HostAdapters { mirror.host }
  func adapter(_ id: AdapterID) -> Core.Adapter? { mirror.adapter(id) }
  var allAdapters: [Core.Adapter] { mirror.allAdapters }
  func isGoingOff(_ id: AdapterID) -> Bool { mirror.isGoingOff(id) }

  /// With the headset's own word of its battery, where that holds now.
  func device(_ id: DeviceID) -> Core.Device? {
    var device = mirror.device(id)
    if device?.connected == true, let own = word(of: id).battery, own.isCurrent { device?.battery = own.value }
    return device
  }

  func devices(of adapter: AdapterID) -> [Core.Device] { mirror.devices(of: adapter) }
  func transports(of device: DeviceID) -> [Core.Transport] { mirror.transports(of: device) }

  // MARK: What is kept

  func bondContext(of device: DeviceID) -> BondContext {
    let version = mirror.version
    var context = BondContext(
      bluezMajor: version.map { Int($0.major) }, bluezMinor: version.map { Int($0.minor) },
      repairing: BlueZConfiguration.repairing())
    guard let key = mirror.key(of: device) else { return context }
    let known = history.assumeIsolated { $0.context(key) }
    context.workedInThisBoot = known.workedInThisBoot
    context.workedBefore = known.workedBefore
    context.workedSinceBlueZStarted = known.workedSinceBlueZStarted
    return context
  }

  func unfinished(_ device: DeviceID) -> JournalEntry? {
    mirror.key(of: device).flatMap { key in journal.assumeIsolated { $0.entry(key, on: device.adapter) } }
  }

  func use(of device: DeviceID, by user: UInt32) -> DeviceUse {
    guard let key = mirror.key(of: device) else { return DeviceUse() }
    return history.assumeIsolated {
      DeviceUse(own: $0.use(of: key, by: user), isUsed: $0.isUsed(key), last: $0.lastUse(key))
    }
  }

  func wish(of device: DeviceID) -> AudioWish {
    let user = sound?.user
    return mirror.key(of: device).map { key in preferences.assumeIsolated { $0.wish(of: key, for: user) } }
      ?? AudioWish()
  }

  func callWish(of device: DeviceID) -> CallWish {
    let user = sound?.user
    return mirror.key(of: device).map { key in preferences.assumeIsolated { $0.callWish(of: key, for: user) } }
      ?? CallWish()
  }

  var callRules: CallRules { rules() }

  func hold(on device: DeviceID) -> Hold? {
    mirror.key(of: device).flatMap { key in holds.assumeIsolated { $0.hold(on: key) } }
  }

  func heldDevices(of adapter: AdapterID) -> [DeviceID] {
    holds.assumeIsolated { $0.keys }.compactMap(mirror.device(at:)).filter { $0.adapter == adapter }
  }

  func isStale(_ device: DeviceID) -> Bool { finding(of: device)?.verdict.isStale == true }

  /// What was last found wrong with a bond.
  func finding(of id: DeviceID) -> BondHistory.Finding? {
    mirror.key(of: id).flatMap { key in history.assumeIsolated { $0[key]?.finding } }
  }

  /// The bonds that there are of a headset, were, or are being removed, on the adapters that are there.
  func bonds(at address: Address) -> [DeviceID] {
    let bonded = mirror.allDevices.filter { $0.bonded && $0.id.address == address }.map(\.id)
    let remembered = history.assumeIsolated { history in
      history.keys.filter { $0.device == address && history[$0]?.isBond == true }
    }
    let unfinished = journal.assumeIsolated { $0.keys.filter { $0.device == address } }
    return Array(Set(bonded + (remembered + unfinished).compactMap(mirror.device(at:))))
  }

  /// Whether a bond is known to be of no use, or its repair was broken off.
  func needsRepair(_ id: DeviceID) -> Bool {
    if unfinished(id)?.purpose == .repair { return true }
    return device(id)?.bonded == true && finding(of: id)?.verdict.isStale == true
  }

  // MARK: Headsets

  func word(of device: DeviceID) -> HeadsetWord { words.assumeIsolated { $0.word(of: device) } }

  /// How full a device's batteries are, by each who tells it; whose word is shown comes first.
  func batteries(of id: DeviceID) -> [BatteryReading] {
    let own = words.assumeIsolated { $0.reading(of: id) }
    let percentage = mirror.known(id)?.battery
    let bluez = percentage.map { level in
      BatteryReading(
        source: .bluez, current: true,
        levels: [HeadsetBattery(part: .headset, level: Int(level), charging: .unknown)])
    }
    return (own?.current == true ? [own, bluez] : [bluez, own]).compactMap(\.self)
  }

  // MARK: Sessions

  var sound: AudioSession? { sessions.assumeIsolated { $0.followed } }
  var isSoundShared: Bool { sessions.assumeIsolated { $0.isShared } }
}
