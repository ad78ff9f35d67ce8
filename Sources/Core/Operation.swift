/// Something the user asked for that takes several steps: a state machine without I/O.
///
/// Events go in, actions come out; whoever runs the operation carries the actions out and reports back. An operation
/// ends with exactly one ``Action/finish(_:)``, and ignores whatever comes after it.
package protocol Operation: Sendable {
  /// What users call it: "pair".
  var name: String { get }
  /// The device that it found out to work on, if that was not known from the beginning.
  var found: DeviceID? { get }
  /// Whether it can be told the event. Most look at whatever happens.
  func isConcerned(by event: Event) -> Bool
  /// Whether it only looks on. Anybody may ask for that, so its failures are nothing for the log.
  var onlyWatches: Bool { get }
  mutating func start(in neighbourhood: some Neighbourhood) -> [Action]
  mutating func handle(_ event: Event, in neighbourhood: some Neighbourhood) -> [Action]
}

extension Operation {
  package var found: DeviceID? { nil }
  package var onlyWatches: Bool { false }
  package func isConcerned(by event: Event) -> Bool { true }
}

/// What an operation is told.
package enum Event: Hashable, Sendable {
  /// bluetoothd came or went, or an adapter did, or changed.
  case neighbourhoodChanged
  /// A device appeared or changed, or its transports did.
  case deviceChanged(DeviceID)
  /// BlueZ removed the device, even if it has come back since.
  case deviceRemoved(DeviceID)
  /// A request was answered: by nil when BlueZ did it.
  case answered(Request, Refusal?)
  /// ``Request/inspect(_:_:)`` or ``Request/flush(_:_:)`` was answered.
  case layers(DeviceID, LayerAnswer)
  /// What the kernel or BlueZ says of a device's link, where it can be heard; see ``LinkEvent``.
  case link(DeviceID, LinkEvent)
  /// The followed login session, its sound server or its cards changed, or what is wished of them.
  case soundChanged
  case expired(Deadline)
  /// The caller does not want it any more.
  case cancelled
  /// A person was needed while pairing, and nobody could be asked.
  case unanswered(String)
}

/// What an operation wants done.
package enum Action: Equatable, Sendable {
  case request(Request)
  case arm(Deadline, Duration)
  case disarm(Deadline)
  case progress(Stage, String)
  /// What is wrong with a device's bond, to be remembered and shown; nil when it was seen to be sound.
  case diagnose(DeviceID, Verdict?)
  /// What kept A2DP of a device from being connected, to be remembered; nil when it was.
  case hear(DeviceID, String?)
  /// Has the device's link, which is of no use, taken down behind the answer; see ``HangUpOperation``.
  case hangUp(DeviceID)
  case finish(Result<Outcome, OperationError>)
}

/// One thing asked of BlueZ, of the privileged helper or of the journal; each is answered once: ``inspect(_:_:)`` and
/// ``flush(_:_:)`` by ``Event/layers(_:_:)``, all others by ``Event/answered(_:_:)``.
package enum Request: Hashable, Sendable {
  case registerAgent(AgentCapability)
  case unregisterAgent
  /// Keeps the adapter pairable until it is released; then it is again what it was.
  case holdPairable(AdapterID)
  case releasePairable(AdapterID)
  case startDiscovery(AdapterID)
  case stopDiscovery(AdapterID)
  case pair(DeviceID)
  /// Only while ``pair(_:)`` is under way: with none, BlueZ destroys the kernel's key (`device.c cancel_pairing`).
  case cancelPairing(DeviceID)
  case trust(DeviceID, Bool)
  case block(DeviceID, Bool)
  case rename(DeviceID, String)
  case connect(DeviceID)
  case connectProfile(DeviceID, AudioService)
  case disconnect(DeviceID)
  case remove(DeviceID)
  case power(AdapterID, Bool)
  /// Asks the helper what these layers hold of the device.
  case inspect(DeviceID, [HostLayer])
  /// Has the helper remove what these layers hold of the device. Only when BlueZ no longer knows the bond.
  case flush(DeviceID, [HostLayer])
  /// Writes the entry to the journal, durably; a refusal means that it is not there.
  case record(JournalEntry)
  /// Removes the device's entry from the journal, durably.
  case erase(DeviceID)
  /// Listens to what the kernel says of the device's link, as ``Event/link(_:_:)``, until ``unwatch(_:)``; answered when
  /// it listens, or refused where there is no helper.
  case watch(DeviceID)
  case unwatch(DeviceID)
  /// Has the sound server of the followed session put the device's card into a profile, or its codec changed; answered
  /// when the session has seen it so.
  case setProfile(DeviceID, String)
  case setCodec(DeviceID, String)
}

/// What this computer can do for authentication, as BlueZ's agent capability.
package enum AgentCapability: Hashable, Sendable {
  /// Nobody to ask: just works, and the PIN that headsets without a display have.
  case none
  /// Comparisons of passkeys are accepted unseen.
  case confirming
  /// A person at a terminal.
  case interactive
}

/// The times after which an operation stops waiting for something. Each is armed at most once at a time.
package enum Deadline: Hashable, Sendable {
  case overall, retry, search, settle, bonding, resolving, audio, disconnecting, verifying, applying, powering, card
}

/// A discovery that BlueZ refuses because one is in progress that is not ours.
///
/// bluetoothd merges the discoveries of its clients, so it is the kernel that is busy: with the inquiry of a bluetoothd
/// that died (mgmt answers Busy; seen on 5.66 and 5.82). It takes 10.24 s (`DISCOV_BREDR_INQUIRY_LEN`), nobody signals
/// its end, and so it is asked again.
package enum ForeignInquiry {
  static let retryDelay = Duration.seconds(1)
  /// No inquiry lasts longer than 61.44 s (HCI_Inquiry, Inquiry_Length 0x30).
  package static let mostAttempts = 62
}

/// How far an operation is.
package enum Stage: String, CaseIterable, Sendable {
  case preparing, searching, pairing, bonding, trusting, connecting, resolving, audio, disconnecting, removing,
    verifying, flushing, powering, restoring, proving, waiting, switching
}

/// What an operation came to.
package struct Outcome: Equatable, Sendable {
  package var device: DeviceID?
  package var proofs: [Proof]
  package var removed: [Device]
  /// What was found and done, layer by layer, of each removed device.
  package var layers: [LayerReport]
  /// What would be done, one sentence each; only of an operation that was asked for its plan.
  package var plan: [String]

  package init(
    device: DeviceID? = nil, proofs: [Proof] = [], removed: [Device] = [], layers: [LayerReport] = [],
    plan: [String] = []
  ) {
    self.device = device
    self.proofs = proofs
    self.removed = removed
    self.layers = layers
    self.plan = plan
  }
}

/// One thing an operation set out to prove, and why it could not where it could not.
package struct Proof: Equatable, Sendable {
  package enum What: String, CaseIterable, Sendable {
    case bonded, trusted, connected, servicesResolved, a2dp, reconnected, profile
  }
  package let what: What
  /// Nil when proven.
  package let obstacle: String?

  package static func proven(_ what: What) -> Self { Self(what: what, obstacle: nil) }
  package static func open(_ what: What, because obstacle: String) -> Self { Self(what: what, obstacle: obstacle) }
}

/// What every operation needs before it can ask BlueZ for anything.
enum Footing {
  /// The adapter, plugged in and switched on.
  static func adapter(
    _ id: AdapterID, in neighbourhood: some Neighbourhood, while action: String? = nil
  ) throws(OperationError) -> Adapter {
    guard neighbourhood.hasBlueZ else { throw .bluezMissing(neighbourhood.absence, while: action) }
    guard let adapter = neighbourhood.adapter(id) else {
      throw action.map { .adapterGone(id, while: $0) } ?? .noAdapter(neighbourhood.host)
    }
    guard !adapter.blocked else { throw .adapterBlocked(id) }
    guard adapter.powered else { throw .adapterOff(id) }
    return adapter
  }
}
