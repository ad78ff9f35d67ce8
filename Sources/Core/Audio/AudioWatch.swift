package import Vocabulary

/// Sees to it that a connected device's sound is as its policy wants, and knows who made it what it is.
///
/// One for a device, while it is connected. It watches first: BlueZ's policy plugin, the sound
/// server and the headset itself connect and switch too. It corrects once: what is taken back within ``fightLimit`` is
/// left, until something else changes, and a sound that changes again and again is only told of.
package struct AudioWatch: Watch, Equatable {
  package typealias Decider = AudioDecider

  /// A sound that changed again and again.
  package struct Flapping: Equatable, Sendable {
    let changes: Int
    /// What recorded then.
    let captures: [AudioCard.Capture]

    /// `title` names what recorded.
    func words(recordedBy title: String) -> String {
      let circumstance = captures.isEmpty ? "" : " while \(title) recorded"
      return "Its sound changed \(changes) times within \(flappingWindow.components.seconds) s\(circumstance)."
    }
  }

  /// BlueZ connects A2DP by itself 2 s after a headset has opened HFP (`policy.c`).
  static let linkTime = Duration.seconds(3)
  /// WirePlumber 0.5 leaves a call 2 s after the last application has closed the microphone.
  static let settleTime = Duration.seconds(4)
  /// WirePlumber 0.5 answers a change of the profile within 0.5 s.
  static let fightLimit = Duration.seconds(10)
  /// Two calls in a row are four changes.
  static let flappingWindow = Duration.seconds(30)
  static let flappingChanges = 6

  private let id: DeviceID
  private var isConnected = false
  private var hadEndpoints = false
  private var wish: AudioWish?
  /// The last known kind of the card, and whether BlueZ had a stream of A2DP.
  private var kind: AudioCard.Kind?
  private var hadStereo = false
  private var captures: [AudioCard.Capture] = []
  /// An operation is switching, ours or a user's; what changes now is its doing.
  private var isSwitching = false
  /// The adapter's other devices with a stream of A2DP: a sound server may have only one.
  private var rivals: Set<DeviceID> = []
  /// When the last correction ended, and whether another may follow.
  private var correctedAt: Duration?
  private var recordedThen: [AudioCard.Capture] = []
  private var isYielding = false
  /// A command made it what it is, which holds until somebody else changes it.
  private var isHeld = false
  private var hasAskedForA2DP = false
  private var stereoSince: Duration?
  private var changes: [Duration] = []
  private var isArmed = false
  /// The sound server has been seen without a card for this link, so one that comes up was not there before.
  private var lackedCard = false

  /// Who made the sound what it is.
  package private(set) var decider = Decider.nobody
  /// The card came up in a headset's profile, and no application had asked for that.
  package private(set) var isRemembered = false
  /// The card came up switched off: sound servers remember that over a reconnect, also where nobody chose it (WirePlumber
  /// 0.5 takes a profile's index that does not exist for it).
  package private(set) var cameUpOff = false
  /// The sound has changed too often; what changed, and how often.
  package private(set) var flapping: Flapping?
  /// What kept A2DP from being connected when that was tried last.
  package private(set) var obstacle: String?
  package static let switchedOn = "The sound server had switched its card off, as it remembered; that was undone, once."
  /// A correction was taken back.
  package var wasTakenBack: Bool { isYielding }

  package init(_ id: DeviceID) { self.id = id }

  /// Whether a device's sound is one to watch.
  package static func isWanted(_ device: Device) -> Bool { device.connected && device.bonded && device.isAudio }

  package var isAtRest: Bool { !isConnected && !isSwitching }

  // MARK: What happens

  package func isConcerned(by event: Event) -> Bool {
    switch event {
    case .worldChanged, .soundChanged: true
    case .deviceChanged(let other), .deviceRemoved(let other): other.adapter == id.adapter
    case .operationBegan(let operation), .operationEnded(let operation, _):
      operation.device == id && operation.isAudio
    case .audioObstacle(id, _): true
    default: false
    }
  }

  package mutating func handle(_ event: Event, at now: Duration, in world: some World) -> [WatchAction] {
    switch event {
    case .deviceChanged(let other), .deviceRemoved(let other):
      guard other == id || hasGivenUp(other, in: world) else { return [] }
    case .operationBegan:
      isSwitching = true
      return disarm()
    case .operationEnded(let operation, let error):
      isSwitching = false
      let isHere = world.device(id)?.connected == true
      if !operation.isAsked, isHere, [.busy, .cancelled].contains(error?.code) { return postpone() }
      let wasOff = cameUpOff
      ended(error == nil ? operation.isAsked ? .command : .policy : nil, at: now, in: world)
      let words = error?.message ?? (wasOff ? Self.switchedOn : "Its sound was put into what its policy wants.")
      return (operation.isAsked ? [] : [.tell(id, words)]) + look(at: now, in: world)
    case .audioObstacle(_, let obstacle):
      self.obstacle = obstacle
      return []
    case .expired(.settle):
      isArmed = false
      guard isConnected, flapping == nil, !isSwitching, let kind = deviation(in: world) else { return [] }
      return correct(kind)
    default: break
    }
    return look(at: now, in: world)
  }

  private mutating func look(at now: Duration, in world: some World) -> [WatchAction] {
    guard let device = world.device(id), device.connected, device.bonded else {
      obstacle = nil
      // A reconnect of our own is part of the same attempt, which would be made for ever otherwise.
      guard !isSwitching else { return [] }
      let disarmed = disarm()
      self = Self(id)
      return disarmed
    }
    let hasEndpoints = world.adapter(id.adapter)?.hasStereo == true
    if !isConnected { rivals = Set(world.devices(of: id.adapter).map(\.id).filter { $0 != id && world.hasStereo($0) }) }
    // A new link, or a sound server that has come back, is a new chance.
    if !isConnected || hasEndpoints && !hadEndpoints { hasAskedForA2DP = false }
    isConnected = true
    hadEndpoints = hasEndpoints
    let wanted = world.wish(of: id)
    if wish?.policy != wanted.policy { (isYielding, isHeld) = (false, false) }
    wish = wanted
    if let last = changes.last, now - last >= Self.flappingWindow { (flapping, changes) = (nil, []) }
    var actions = note(world, at: now)
    if flapping == nil, !isSwitching { actions += judge(in: world) }
    return actions
  }

  /// Whether another device has given up the stream that this one may have been kept from.
  private mutating func hasGivenUp(_ other: DeviceID, in world: some World) -> Bool {
    if world.hasStereo(other) {
      rivals.insert(other)
    } else if rivals.remove(other) != nil {
      obstacle = nil
      hasAskedForA2DP = false
      return true
    }
    return false
  }

  /// An operation has ended; `decider` made the sound what it is now, nil when it did not work.
  private mutating func ended(_ decider: Decider?, at now: Duration, in world: some World) {
    guard isConnected, world.device(id)?.connected == true else { return }
    // What is taken back from a user may be corrected once: WirePlumber 0.5 leaves a call two seconds late, and with it
    // whatever was asked for meanwhile.
    correctedAt = decider == .command ? nil : now
    recordedThen = world.card(of: id)?.captures ?? []
    if let decider { self.decider = decider }
    let byCommand = decider == .command
    if byCommand {
      isYielding = false
      flapping = nil
      changes = []
    }
    (isRemembered, cameUpOff) = (false, false)
    (kind, hadStereo) = (world.card(of: id)?.kind, world.hasStereo(id))
    captures = world.card(of: id)?.captures ?? []
    wish = world.wish(of: id)
    isHeld = byCommand
    if deviation(in: world) != nil { isYielding = true }
  }

  /// The correction gave way to something else that is done with the device.
  private mutating func postpone() -> [WatchAction] {
    hasAskedForA2DP = false
    isArmed = true
    return [.arm(.settle, Self.settleTime)]
  }

  // MARK: What is seen

  private mutating func note(_ world: some World, at now: Duration) -> [WatchAction] {
    let card = world.card(of: id)
    let (newKind, newStereo) = (card?.kind, world.hasStereo(id))
    defer { (kind, hadStereo, captures) = (newKind, newStereo, card?.captures ?? []) }
    // What stood for a while and goes may be asked for again.
    if !newStereo, let since = stereoSince, now - since >= Self.flappingWindow { hasAskedForA2DP = false }
    stereoSince = newStereo ? stereoSince ?? now : nil
    if card == nil, world.sound?.server != nil { lackedCard = true }
    guard !isSwitching else { return [] }
    // Another application is another reason.
    if card?.captures.isEmpty != captures.isEmpty { isYielding = false }
    var hasChanged = false
    if let newKind, newKind != kind {
      hasChanged = kind != nil
      isHeld = false
      if kind == nil, newKind == .call, card?.captures.isEmpty == true { isRemembered = true }
      if newKind != .call { isRemembered = false }
      cameUpOff = kind == nil && newKind == .off && lackedCard
      decider = newKind == .call && card?.captures.isEmpty == false ? .application : .soundServer
      if newKind != .call, let correctedAt, now - correctedAt < Self.fightLimit, newKind == wish?.policy.kind {
        decider = .policy
      }
      // One that has begun to record since is a reason of its own.
      let isSameReason = (card?.captures ?? []) == recordedThen
      if let correctedAt, now - correctedAt < Self.fightLimit, isSameReason, kind == wish?.policy.kind {
        isYielding = true
      }
    } else if newStereo != hadStereo {
      hasChanged = kind != nil
    }
    guard hasChanged else { return [] }
    changes = changes.filter { now - $0 < Self.flappingWindow } + [now]
    guard changes.count >= Self.flappingChanges, flapping == nil else { return [] }
    let found = Flapping(changes: changes.count, captures: card?.captures ?? [])
    flapping = found
    return disarm() + [.tell(id, found.words(recordedBy: "an application"))]
  }

  // MARK: What is to be done

  private mutating func judge(in world: some World) -> [WatchAction] {
    guard deviation(in: world) != nil else { return disarm() }
    if let kind = deviation(in: world, isSettled: false) { return disarm() + correct(kind) }
    guard !isArmed else { return [] }
    isArmed = true
    return [.arm(.settle, world.hasStereo(id) ? Self.settleTime : Self.linkTime)]
  }

  private mutating func disarm() -> [WatchAction] {
    guard isArmed else { return [] }
    isArmed = false
    return [.disarm(.settle)]
  }

  /// The kind that the sound should be of and is not; nil when it is right, or must be left. Not settled is what others
  /// may be about to put right.
  private func deviation(in world: some World, isSettled: Bool = true) -> AudioCard.Kind? {
    guard !isHeld, let policy = wish?.policy, let device = world.device(id) else { return nil }
    let card = world.card(of: id)
    let isInCall = card?.kind == .call && card?.captures.isEmpty == false
    if policy.kind == .stereo, !world.hasStereo(id), !hasAskedForA2DP, !(policy == .auto && isInCall) {
      // A link without services may be one whose key is refused, which is for others to look at.
      guard isSettled, device.servicesResolved, device.services.contains(.a2dpSink), hadEndpoints else { return nil }
      return .stereo
    }
    guard let card, let kind = card.kind, kind != policy.kind, !isYielding else { return nil }
    // What the session says of a card is no reason to connect anything: there must be a stream to have it in.
    if policy.kind == .stereo, !world.hasStereo(id) { return nil }
    switch policy {
    case .stereo: return card.best(.stereo) != nil && kind != .other ? .stereo : nil
    case .auto:
      // A call is an application's matter; other directions, and "off" until the headset connects anew, are the user's in
      // the sound server.
      guard kind == .call && !isInCall || kind == .off && cameUpOff, card.best(.stereo) != nil else { return nil }
      return isSettled ? .stereo : nil
    case .call: return card.best(.call) != nil ? .call : nil
    case .off: return .off
    }
  }

  private mutating func correct(_ kind: AudioCard.Kind) -> [WatchAction] {
    if kind == .stereo { hasAskedForA2DP = true }
    return [.begin(.audio(id, kind))]
  }
}
