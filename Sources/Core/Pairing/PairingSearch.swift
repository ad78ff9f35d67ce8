/// Which of the devices in sight is to be paired.
struct PairingSearch: Equatable, Sendable {
  enum Verdict: Equatable {
    case keepLooking
    /// Someone fits, but not so exactly that a second one could not be meant: wait whether another shows up.
    case settle
    case chosen(DeviceID)
    case failed(OperationError)
  }

  private let query: DeviceQuery?
  private var inSight: Set<DeviceID> = []
  private var twin: Device?
  /// The bonded device that was named, and those that were bonded before the search.
  private var bonded: Device?
  private var blocked: Device?
  private var bondedBefore: Set<DeviceID> = []
  /// The one that was looked for, bonded by somebody else meanwhile.
  private var overtaken: DeviceID?
  private var isSettling = false

  init(query: DeviceQuery?) { self.query = query }

  /// Looks at what is known before the discovery; throws when there is nothing to look for.
  mutating func begin(_ devices: [Device]) throws(OperationError) {
    let bonded = devices.filter { $0.bonded && !$0.blocked && Twin.original(of: $0) == nil }
    self.bonded = query?.best(of: bonded).first
    bondedBefore = Set(bonded.map(\.id))
    for device in devices { look(at: device) }
    if let error = obstacle { throw error }
  }

  /// What was named by a name is bonded: only a second headset of that name can be meant, if there is one.
  var looksForSecond: Bool { bonded != nil }

  mutating func look(at id: DeviceID, in world: some World) {
    inSight.remove(id)
    if let device = world.device(id) { look(at: device) }
  }

  private mutating func look(at device: Device) {
    let fits = query.map { $0.fit(device) != nil } ?? device.isAudio
    if Twin.original(of: device) != nil {
      let isNamed = query.map(Twin.isNamed) ?? false
      if device.isInSight || isNamed, fits || query == nil { twin = device }
    } else if device.blocked {
      if fits, query != nil { blocked = device }
    } else if device.bonded {
      // Somebody else was faster, perhaps the headset itself.
      if fits, query != nil, !bondedBefore.contains(device.id) { overtaken = device.id }
    } else if device.isInSight, fits {
      inSight.insert(device.id)
    }
  }

  /// What to do now.
  mutating func verdict(in world: some World) -> Verdict {
    if let error = obstacle { return .failed(error) }
    if let overtaken { return .chosen(overtaken) }
    let devices = candidates(in: world)
    guard !devices.isEmpty else { return .keepLooking }
    guard let query, let fit = devices.compactMap(query.fit).min(), fit != .part else {
      // Also one that left again leaves the wait running: it ends by itself.
      defer { isSettling = true }
      return isSettling ? .keepLooking : .settle
    }
    return decide(query.best(of: devices))
  }

  /// What to do when nobody else has shown up in time.
  mutating func settled(in world: some World) -> Verdict {
    isSettling = false
    if let error = obstacle { return .failed(error) }
    if let overtaken { return .chosen(overtaken) }
    let devices = candidates(in: world)
    return decide(query?.best(of: devices) ?? devices.sorted { $0.id.address < $1.id.address })
  }

  /// Those in sight that may be meant: where a bonded one was named, those that fit as well.
  private func candidates(in world: some World) -> [Device] {
    let devices = inSight.compactMap(world.device)
    guard let query, let least = bonded.flatMap(query.fit) else { return devices }
    return devices.filter { device in query.fit(device).map { $0 <= least } == true }
  }

  /// Whether anybody who may be meant is in sight.
  func sees(in world: some World) -> Bool { !candidates(in: world).isEmpty }

  private func decide(_ devices: [Device]) -> Verdict {
    guard let first = devices.first else { return .keepLooking }
    guard devices.count > 1 else { return .chosen(first.id) }
    return .failed(query.map { .ambiguous($0.text, devices) } ?? .ambiguous(inPairingMode: devices))
  }

  /// Why there is nothing to look for: what was named by its address is bonded, or it is a twin and was named as only a
  /// twin can be.
  private var obstacle: OperationError? {
    if let blocked, bonded == nil, inSight.isEmpty { return .deviceBlocked(blocked) }
    if let bonded, query?.address != nil { return alreadyBonded(bonded) }
    guard let query, let twin, let original = Twin.original(of: twin), Twin.isNamed(by: query) else { return nil }
    return .twin(twin, of: original)
  }

  private func alreadyBonded(_ device: Device) -> OperationError {
    .alreadyBonded(device, evidence: "Bonded is true for \(device.id.address).")
  }

  func timedOut(after limit: Duration) -> OperationError {
    if let bonded { return alreadyBonded(bonded) }
    return .notFoundInTime(query, seconds: limit.components.seconds, twin: twin)
  }
}
