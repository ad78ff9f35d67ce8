/// Looks at the links of a bonded device that nobody here asked for: the headset called, or bluetoothd connected it for
/// itself. A headset that lost its key calls and is refused, and nobody else would say so.
///
/// One for a device: made when ``isWanted(_:wasConnected:isOurs:in:)`` says so, and thrown away when ``isAtRest``. Most
/// links are found sound within a second, and a device to which nothing happens costs nothing. It asks for
/// ``Request/watch(_:)`` and ``Request/unwatch(_:)``, which others may ask for at the same time; its verdicts are
/// remembered where they ``Verdict/replaces(_:)`` what is known.
package struct BondWatch: Watch, Equatable {
  private enum Phase: Equatable {
    /// The link is down.
    case away
    /// A link is up that nobody asked for and that was of no use yet.
    case doubting
    /// A link is up that is sound, lasts, or has to do with an operation of ours.
    case settled
  }

  /// A link over which nothing is connected falls after 2 to 4.5 s (laboratory, 5.66 to 5.87).
  static let doubtLimit = Duration.seconds(10)
  /// Who is refused mostly tries again within minutes.
  static let watchLimit = Duration.seconds(180)

  private let id: DeviceID
  private var phase = Phase.away
  /// What was seen of all links since the first one in doubt: a key does not come back by itself.
  private var evidence: Evidence?
  private var hadServices = false
  private var isWatching = false
  /// An operation works on the device, and judges its links itself.
  private var isOurs = false
  private var told: Verdict?

  package init(_ id: DeviceID) { self.id = id }

  /// Whether a change of a device is the beginning of something to look at: a link came up to a bonded device, by no
  /// operation of ours, and with a sound server there.
  package static func isWanted(
    _ id: DeviceID, wasConnected: Bool, isOurs: Bool, in world: some World
  ) -> Bool {
    guard !wasConnected, !isOurs, let device = world.device(id) else { return false }
    return device.connected && canJudge(device, in: world)
  }

  /// Nothing is armed, watched, or waited for: it need not be kept.
  package var isAtRest: Bool { !isWatching && phase != .doubting }

  package func isConcerned(by event: Event) -> Bool {
    switch event {
    case .deviceChanged(id), .deviceRemoved(id), .link(id, _): true
    case .operationBegan(let operation), .operationEnded(let operation, _): operation.device == id
    default: false
    }
  }

  package mutating func handle(_ event: Event, at now: Duration, in world: some World) -> [WatchAction] {
    switch event {
    case .operationBegan: isOurs = true
    case .operationEnded: isOurs = false
    default: break
    }
    guard let device = world.device(id), Self.canJudge(device, in: world) else { return leave(.away) }
    if isOurs { return leave(device.connected ? .settled : .away) }
    switch event {
    case .deviceChanged(id): return look(device, in: world)
    case .link(id, let link):
      evidence?.note(link)
      // While the link is up, how it falls is still to be told.
      return phase == .doubting ? [] : tell()
    case .expired(.verifying):
      guard phase == .doubting else { return [] }
      phase = .settled
      return hadServices ? sound() : tell()
    case .expired(.overall): return stopWatching()
    case .answered(.watch(id), _?):
      guard isWatching else { return [] }
      isWatching = false
      return [.disarm(.overall)]
    default: return []
    }
  }

  private static func canJudge(_ device: Device, in world: some World) -> Bool {
    guard device.bonded, let adapter = world.adapter(device.id.adapter) else { return false }
    return adapter.powered && adapter.hasAudio
  }

  // MARK: The link

  private mutating func look(_ device: Device, in world: some World) -> [WatchAction] {
    evidence?.look(in: world)
    switch (phase, device.connected) {
    case (.away, true):
      if evidence == nil { evidence = Evidence(.unasked, device, in: world) }
      phase = .doubting
      hadServices = device.servicesResolved
      let stands = world.transports(of: id).isEmpty ? [] : sound()
      return [.arm(.verifying, Self.doubtLimit)] + stands
    case (.doubting, true):
      hadServices = hadServices || device.servicesResolved
      return world.transports(of: id).isEmpty ? [] : sound()
    case (.doubting, false):
      phase = .away
      return [.disarm(.verifying)] + (hadServices ? [] : tell() + watch())
    case (.settled, false):
      phase = .away
      return []
    case (.away, false), (.settled, true): return []
    }
  }

  /// The link is of use: the key is good.
  private mutating func sound() -> [WatchAction] {
    let wasDoubting = phase == .doubting
    phase = .settled
    told = nil
    return (wasDoubting ? [.disarm(.verifying)] : []) + stopWatching() + [.diagnose(id, nil)]
  }

  private mutating func leave(_ next: Phase) -> [WatchAction] {
    let wasDoubting = phase == .doubting
    phase = next
    told = nil
    return (wasDoubting ? [.disarm(.verifying)] : []) + stopWatching()
  }

  // MARK: What is seen of it

  private mutating func tell() -> [WatchAction] {
    guard let verdict = evidence.flatMap(Diagnosis.verdict), verdict != told else { return [] }
    told = verdict
    return [.diagnose(id, verdict)]
  }

  private mutating func watch() -> [WatchAction] {
    guard !isWatching else { return [] }
    isWatching = true
    return [.arm(.overall, Self.watchLimit), .request(.watch(id))]
  }

  private mutating func stopWatching() -> [WatchAction] {
    if phase != .doubting { evidence = nil }
    guard isWatching else { return [] }
    isWatching = false
    return [.disarm(.overall), .request(.unwatch(id))]
  }
}
