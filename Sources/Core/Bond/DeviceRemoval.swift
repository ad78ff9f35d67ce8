internal import Vocabulary

/// Removes one device from BlueZ and verifies that it is gone. A part of operations.
///
/// A connected device is disconnected first and waited for: on BlueZ 5.66 `RemoveDevice` on a device that is connected
/// over two bearers answers success and keeps it. The helper ends the link at once, BlueZ after 2 s, which is the way
/// where there is no helper. One that is still there is removed a second time before giving up.
struct DeviceRemoval: Equatable, Sendable {
  enum Step: Equatable {
    case go([Action])
    case gone([Action])
    /// Ended before the device is known to be gone, because that was wanted.
    case cancelled([Action])
    case failed([Action], OperationError)
  }

  private enum Phase {
    /// By the helper, and then by BlueZ where that was refused or came to nothing.
    case endingLink, dropping, disconnecting, droppingSlowly
    case looking, removing, verifying
  }

  static let verifyingLimit = Duration.seconds(10)
  /// Profiles that ended with their link are known to BlueZ a moment after the link's end, and until then it answers
  /// success to RemoveDevice and keeps the device (5.82 and 5.87, `device.c btd_device_is_connected`). Asked once more, it
  /// removes it.
  static let secondLookLimit = Duration.milliseconds(500)
  /// The helper's end of a link is seen within 0.1 s in the laboratory.
  static let droppingLimit = Duration.seconds(3)

  let device: Device
  /// What the helper has to look at before anything is removed: while BlueZ disconnects, where it does.
  private let layers: [HostLayer]
  private var isLookedAt: Bool
  private var phase = Phase.disconnecting
  private var isSecondAttempt = false
  /// Whether the helper has ended the link.
  private var isCut = false
  private var wasSeenGone = false
  private var isCancelled = false
  /// Whether the device may be less than it was: a bond outlives being disconnected.
  private(set) var hasBegun = false

  init(_ device: Device, afterLookAt layers: [HostLayer] = []) {
    self.device = device
    self.layers = layers
    isLookedAt = layers.isEmpty
  }

  mutating func start(in world: some World) -> Step {
    guard isConnected(in: world) else { return .go(look + remove()) }
    phase = .endingLink
    return .go([.progress(.disconnecting, "Disconnecting \(device.alias)"), .request(.endLink(device.id))])
  }

  /// The first look, which goes on while the link falls.
  private var look: [Action] { isLookedAt ? [] : [.request(.inspect(device.id, layers))] }

  mutating func handle(_ event: Event, in world: some World) -> Step {
    if event == .deviceRemoved(device.id) { wasSeenGone = true }
    if event == .cancelled { isCancelled = true }
    if case .layers(device.id, _) = event { isLookedAt = true }
    switch (phase, event) {
    case (.endingLink, .answered(.endLink(device.id), let refusal)):
      if isCancelled { return .cancelled([]) }
      isCut = refusal == nil
      guard isCut else { return .go(look + begin(in: world)) }
      phase = .dropping
      return isDown(in: world) ? .go(look + remove()) : .go(look + [.arm(.disconnecting, Self.droppingLimit)])
    case (.dropping, .cancelled): return .cancelled([.disarm(.disconnecting)])
    case (.dropping, .expired(.disconnecting)): return .go(begin(in: world))
    case (.dropping, _) where isDown(in: world): return .go([.disarm(.disconnecting)] + remove())
    case (.disconnecting, .answered(.disconnect(device.id), _)):
      // A refusal changes nothing: what counts is whether the link is down, and RemoveDevice disconnects by itself.
      if isCancelled { return .cancelled([]) }
      guard isConnected(in: world) else { return .go(remove()) }
      phase = .droppingSlowly
      return .go([.arm(.disconnecting, Deadline.disconnectingLimit)])
    case (.droppingSlowly, .cancelled): return .cancelled([.disarm(.disconnecting)])
    case (.droppingSlowly, .expired(.disconnecting)): return .go(remove())
    case (.droppingSlowly, _) where !isConnected(in: world): return .go([.disarm(.disconnecting)] + remove())
    case (.looking, .cancelled): return .cancelled([])
    case (.looking, _) where isLookedAt: return .go(remove())
    case (.removing, .answered(.remove(device.id), let refusal)): return removed(refusal, in: world)
    case (.verifying, _) where isGone(in: world): return .gone([.disarm(.verifying)])
    case (.verifying, .cancelled): return .cancelled([.disarm(.verifying)])
    case (.verifying, .expired(.verifying)):
      if isSecondAttempt { return .failed([], .notRemoved(device)) }
      isSecondAttempt = true
      return .go(begin(in: world))
    default: return .go([])
    }
  }

  private mutating func begin(in world: some World) -> [Action] {
    guard isConnected(in: world) else { return remove() }
    phase = .disconnecting
    return [.request(.disconnect(device.id))]
  }

  private mutating func remove() -> [Action] {
    guard isLookedAt else {
      // Whoever asks the helper sees to it that there is an answer in time.
      phase = .looking
      return []
    }
    phase = .removing
    hasBegun = true
    wasSeenGone = false
    return [.progress(.removing, "Removing \(device.alias)"), .request(.remove(device.id))]
  }

  private mutating func removed(_ refusal: Refusal?, in world: some World) -> Step {
    if isGone(in: world) { return .gone([]) }
    switch refusal?.kind {
    case nil, .doesNotExist:
      if isCancelled { return .cancelled([]) }
      phase = .verifying
      return .go([
        .progress(.verifying, "Verifying that \(device.alias) is gone"),
        .arm(.verifying, isCut && !isSecondAttempt ? Self.secondLookLimit : Self.verifyingLimit),
      ])
    default:
      guard let refusal else { return .go([]) }
      // BlueZ checks before it touches anything (`adapter.c remove_device`); one that does not answer may do it yet.
      let isUntouched = !isSecondAttempt && ![.noReply, .bluezGone].contains(refusal.kind)
      hasBegun = !isUntouched
      return .failed([], .general(refusal, device: device, action: "remove"))
    }
  }

  private func isConnected(in world: some World) -> Bool {
    world.device(device.id)?.connected == true
  }

  /// The link is down, and with it the stream: BlueZ disconnects a profile that it takes for connected, and calls the
  /// device again over that (seen with 5.82).
  private func isDown(in world: some World) -> Bool {
    !isConnected(in: world) && world.transports(of: device.id).isEmpty
  }

  /// Gone, or removed and in sight again without a bond because somebody's discovery is running.
  private func isGone(in world: some World) -> Bool {
    guard let now = world.device(device.id) else { return true }
    return wasSeenGone && !now.bonded && !now.paired
  }
}
