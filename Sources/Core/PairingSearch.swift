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
  private var isSettling = false

  init(query: DeviceQuery?) { self.query = query }

  /// Looks at what is known before the discovery; throws when there is nothing to look for.
  mutating func begin(_ devices: [Device]) throws(OperationError) {
    if let query, let bonded = query.best(of: devices.filter(\.bonded)).first {
      throw .alreadyBonded(bonded, evidence: "Bonded is true for \(bonded.id.address).")
    }
    for device in devices { look(at: device) }
    if let error = twinIsMeant { throw error }
  }

  mutating func look(at id: DeviceID, in neighbourhood: some Neighbourhood) {
    guard let device = neighbourhood.device(id) else { return forget(id) }
    look(at: device)
  }

  mutating func forget(_ id: DeviceID) { inSight.remove(id) }

  private mutating func look(at device: Device) {
    inSight.remove(device.id)
    // Only the discovery that is running gives a device its RSSI.
    guard device.rssi != nil, !device.bonded else { return }
    let fits = query.map { $0.fit(device) != nil } ?? device.isAudio
    if Twin.original(of: device) != nil {
      if fits || query == nil { twin = device }
      return
    }
    if fits { inSight.insert(device.id) }
  }

  /// What to do now.
  mutating func verdict(in neighbourhood: some Neighbourhood) -> Verdict {
    if let error = twinIsMeant { return .failed(error) }
    let devices = inSight.compactMap(neighbourhood.device)
    guard !devices.isEmpty else { return .keepLooking }
    guard let query, let fit = devices.compactMap(query.fit).min(), fit != .part else {
      // Also one that left again leaves the wait running: it ends by itself.
      defer { isSettling = true }
      return isSettling ? .keepLooking : .settle
    }
    return decide(query.best(of: devices))
  }

  /// What to do when nobody else has shown up in time.
  mutating func settled(in neighbourhood: some Neighbourhood) -> Verdict {
    isSettling = false
    let devices = inSight.compactMap(neighbourhood.device)
    return decide(query?.best(of: devices) ?? devices.sorted { $0.id.address < $1.id.address })
  }

  private func decide(_ devices: [Device]) -> Verdict {
    guard let first = devices.first else { return .keepLooking }
    guard devices.count > 1 else { return .chosen(first.id) }
    return .failed(query.map { .ambiguous($0.text, devices) } ?? .ambiguous(inPairingMode: devices))
  }

  /// The user named a twin as exactly as only a twin can be named.
  private var twinIsMeant: OperationError? {
    guard let query, let twin, let original = Twin.original(of: twin) else { return nil }
    let exactly = query.address != nil || query.text.uppercased().hasPrefix("LE_")
    return exactly ? .twin(twin, of: original) : nil
  }

  func timedOut(after limit: Duration) -> OperationError {
    .notFoundInTime(query, seconds: limit.components.seconds, twin: twin)
  }
}
