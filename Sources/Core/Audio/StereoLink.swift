internal import Vocabulary

/// Sees that A2DP is connected between BlueZ and a device that is connected already. A part of operations.
///
/// Connected over HFP only happens with every version of BlueZ (bluez issues 2524, 1283, 359) and is cured by asking for
/// the profile, and by one reconnect where that does not help; then it is told why.
struct StereoLink: Equatable, Sendable {
  enum Step: Equatable {
    case go([Action])
    /// The stream is there.
    case up([Action])
    /// It is not, and why; the device may be connected all the same.
    case down([Action], String)
    case failed([Action], OperationError)
  }

  private enum Phase: Equatable {
    case asking, awaiting, disconnecting, dropping
    /// Somebody else is connecting; it is asked for again.
    case busy
    case reconnecting(AudioConnection)
    /// It is not wanted any more, but what was disconnected for it is not left so.
    case restoring
  }

  private let id: DeviceID
  private let mayReconnect: Bool
  private var phase = Phase.asking
  private var obstacle = ""
  private var busyAnswers = 0
  private var isCancelled = false

  init(_ id: DeviceID, mayReconnect: Bool = true) { (self.id, self.mayReconnect) = (id, mayReconnect) }

  mutating func start(in world: some World) -> Step {
    if world.hasStereo(id) { return .up([]) }
    guard let device = world.device(id) else { return .failed([], .deviceGone(id)) }
    // Whatever is asked of a device without a bond pairs implicitly.
    guard device.bonded else { return .failed([], .notBonded(device)) }
    guard !device.blocked else { return .failed([], .deviceBlocked(device)) }
    guard !device.servicesResolved || device.services.contains(.a2dpSink) else {
      return .down([], "The device offers no A2DP sink.")
    }
    guard world.adapter(id.adapter)?.hasStereo == true else {
      let lack = AudioEnds(device, on: world.adapter(id.adapter))?.lack(of: .stereo)
      return .down([], lack ?? "No sound server has registered A2DP endpoints with BlueZ.")
    }
    return .go([
      .progress(.audio, "Connecting the stereo audio of \(device.alias)"), .request(.connectProfile(id, .a2dpSink)),
    ])
  }

  mutating func handle(_ event: Event, in world: some World) -> Step {
    guard let device = world.device(id) else { return .failed(disarmed, .deviceGone(id)) }
    guard device.bonded else { return .failed(disarmed, .notBonded(device)) }
    guard !device.blocked else { return .failed(disarmed, .deviceBlocked(device)) }
    switch (phase, event) {
    case (.asking, .cancelled), (.awaiting, .cancelled), (.reconnecting, .cancelled), (.busy, .cancelled),
      (.restoring, .answered(.connect(id), _)):
      return .failed(disarmed, .cancelled("Connecting stereo audio"))
    case (.disconnecting, .cancelled):
      isCancelled = true
      return .go([])
    case (.disconnecting, .answered(.disconnect(id), _)) where isCancelled, (.dropping, .cancelled):
      phase = .restoring
      return .go([.disarm(.disconnecting), .request(.connect(id))])
    case (.asking, .answered(.connectProfile(id, .a2dpSink), let refusal)):
      if world.hasStereo(id) { return .up([]) }
      switch refusal?.kind {
      case nil, .alreadyConnected:
        phase = .awaiting
        return .go([.arm(.audio, AudioConnection.audioLimit)])
      case .inProgress where busyAnswers < AudioConnection.mostBusyAnswers:
        phase = .busy
        busyAnswers += 1
        return .go([.arm(.audio, AudioConnection.busyDelay)])
      case .inProgress: return .down([], "Another program is connecting it: \(refusal?.words ?? "")")
      default:
        return reconnect(device, because: "BlueZ could not connect A2DP: \(refusal?.words ?? "")", in: world)
      }
    case (.awaiting, _) where world.hasStereo(id), (.busy, _) where world.hasStereo(id): return .up(disarmed)
    case (.busy, .expired(.audio)) where device.connected:
      phase = .asking
      return .go([.request(.connectProfile(id, .a2dpSink))])
    case (.awaiting, _) where !device.connected, (.busy, _) where !device.connected:
      return .down(disarmed, "The link fell while A2DP was being connected.")
    case (.awaiting, .expired(.audio)):
      return reconnect(device, because: "BlueZ reported success, but no A2DP stream appeared.", in: world)
    case (.disconnecting, .answered(.disconnect(id), _)):
      guard device.connected else { return connect(in: world) }
      phase = .dropping
      return .go([.arm(.disconnecting, Deadline.disconnectingLimit)])
    case (.dropping, .expired(.disconnecting)): return .down([], obstacle)
    case (.dropping, _) where !device.connected: return connect(in: world)
    case (.reconnecting(var connection), _):
      let step = connection.handle(event, in: world)
      return take(step, connection, in: world)
    default: return .go([])
    }
  }

  private mutating func reconnect(
    _ device: Device, because obstacle: String, in world: some World
  ) -> Step {
    self.obstacle = obstacle
    // A reconnect would end a call that is going on, and does not free an endpoint that another headset holds.
    let isInCall = world.card(of: id).map { $0.kind == .call && !$0.captures.isEmpty } == true
    guard mayReconnect, !isInCall, device.connected, world.otherInStereo(than: id) == nil else {
      return .down([], obstacle)
    }
    phase = .disconnecting
    return .go([.progress(.audio, "Connecting \(device.alias) anew"), .request(.disconnect(id))])
  }

  private mutating func connect(in world: some World) -> Step {
    var connection = AudioConnection(id)
    let step = connection.start(in: world)
    return take(step, connection, in: world).prefixed(by: [.disarm(.disconnecting)])
  }

  private mutating func take(
    _ step: AudioConnection.Step, _ connection: AudioConnection, in world: some World
  ) -> Step {
    phase = .reconnecting(connection)
    switch step {
    case .go(let actions): return .go(actions)
    case .failed(let actions, let error): return .failed(actions + connection.told, error)
    case .done(let actions, let proofs):
      if world.hasStereo(id) { return .up(actions + connection.told) }
      return .down(actions + connection.told, proofs.first { $0.what == .a2dp }?.obstacle ?? obstacle)
    }
  }

  private var disarmed: [Action] { [.disarm(.audio), .disarm(.resolving), .disarm(.disconnecting)] }
}

extension StereoLink.Step {
  fileprivate func prefixed(by actions: [Action]) -> Self {
    switch self {
    case .go(let own): .go(actions + own)
    case .up(let own): .up(actions + own)
    case .down(let own, let obstacle): .down(actions + own, obstacle)
    case .failed(let own, let error): .failed(actions + own, error)
    }
  }
}
