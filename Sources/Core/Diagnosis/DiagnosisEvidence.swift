/// What was seen while a device was connected or paired, or called by itself: what a ``Diagnosis`` goes by.
package struct Evidence: Equatable, Sendable {
  package enum Attempt: String, CaseIterable, Sendable {
    case connect, pair
    /// A link that we did not start: the headset called, or bluetoothd connected it for itself.
    case unasked
  }

  package let attempt: Attempt
  /// As it was seen last.
  package var device: Device
  package var adapter: Adapter?
  /// Why no sound server has registered, for where none has.
  package var absence = AudioAbsence.noSession
  package let context: BondContext
  /// How BlueZ refused the attempt.
  package var refusal: Refusal?
  /// A profile connected, which takes an authenticated link (`Connect` was not refused, or a transport came).
  package var isSound = false
  package var cameUp: Bool
  /// How often the link fell, as `Connected` tells.
  package var falls = 0
  /// Why it fell, where the kernel or BlueZ say so.
  package var reasons: Set<LinkEvent.Reason> = []
  /// The kernel's mgmt statuses of failed authentications.
  package var failures: Set<Int> = []
  /// HCI's statuses of authentications that this computer asked for and the device refused.
  package var keyRefusals: Set<Int> = []
  /// The kernel was heard when the link came up, so that it would have been heard when the authentication failed.
  package var isKernelHeard = false

  package init(_ attempt: Attempt, _ device: Device, on adapter: Adapter?, context: BondContext = BondContext()) {
    self.attempt = attempt
    self.device = device
    self.adapter = adapter
    self.context = context
    cameUp = device.connected
  }

  init(_ attempt: Attempt, _ device: Device, in world: some World) {
    self.init(
      attempt, device, on: world.adapter(device.id.adapter), context: world.bondContext(of: device.id)
    )
    absence = world.audioAbsence
  }

  /// Notes how the link stands. What was there before BlueZ or the device went away still counts.
  mutating func look(in world: some World) {
    guard world.hasBlueZ else { return }
    adapter = world.adapter(device.id.adapter)
    absence = world.audioAbsence
    guard let now = world.device(device.id) else { return }
    if now.connected { cameUp = true } else if device.connected { falls += 1 }
    device = now
  }

  /// The kernel tells of a failed authentication also before it tells of the link (seen on 5.82 and 5.87).
  mutating func note(_ event: LinkEvent) {
    switch event {
    case .connected: (cameUp, isKernelHeard) = (true, true)
    case .disconnected(let reason): reasons.insert(reason)
    case .authenticationFailed(let status): failures.insert(status)
    case .keyRefused(let status): keyRefusals.insert(status)
    case .connectFailed: break
    }
  }

  // MARK: What it means

  /// mgmt's Authentication Failed: a key was missing (HCI 0x06) or wrong (0x05), and the status is the same.
  static let authenticationFailed = 0x05
  /// HCI's Authentication Failure: the device's key is another one.
  static let otherKey = 0x05
  /// HCI's PIN or Key Missing: the device has no key.
  static let noKey = 0x06
  /// mgmt's Rejected: one side wanted to pair, and the other does not at this time (HCI 0x18).
  static let pairingRejected = 0x0B

  /// The key was refused, whatever the words: bluetoothd says "key-missing" of nothing else.
  var isKeyRefused: Bool {
    failures.contains(Self.authenticationFailed) || isKeyMissing || isKeyOther || refusal?.kind == .keyMissing
  }

  /// The headset said that it has no key: HCI's own status, or the reason that the kernel makes of it when the link falls
  /// (`hci_event.c HCI_CONN_AUTH_FAILURE`).
  var isKeyMissing: Bool { keyRefusals.contains(Self.noKey) || reasons.contains(.authentication) }

  /// The headset has a key, and not ours.
  var isKeyOther: Bool { keyRefusals.contains(Self.otherKey) }

  /// One side had no key and began to pair although there is a bond.
  var isPairingRejected: Bool { failures.contains(Self.pairingRejected) }

  /// The link fell for a reason that goes with a wrong key: the kernel of this computer or the headset hung up.
  var isHungUp: Bool { !reasons.isDisjoint(with: [.unspecified, .local, .remote]) }

  /// The link fell, and not because it was lost or the computer went to sleep.
  var isCutShort: Bool { falls > 0 && reasons.isDisjoint(with: [.timeout, .suspended]) }

  /// The link stood, and no profile could be connected over it.
  var isRefusedAfterLink: Bool { cameUp && refusal?.kind == .profilesRefused }

  var isOffOrGone: Bool {
    guard let adapter, adapter.powered, !adapter.blocked else { return true }
    return refusal?.kind == .notReady || refusal?.kind == .blocked
  }

  /// No sound server, seen at the adapter's services and not at the words, which tell nothing (5.87: "unknown").
  var isSilent: Bool {
    adapter.map { !$0.hasAudio } ?? false
  }

  var hasWorked: Bool { context.workedInThisBoot || context.workedBefore }
}

extension BondContext {
  /// Whether BlueZ is known to be of these versions: 5.minor.
  func isBlueZ5(_ minors: some RangeExpression<Int>) -> Bool {
    guard bluezMajor == 5, let bluezMinor else { return false }
    return minors.contains(bluezMinor)
  }

  /// bluetoothd ends the link itself when the authentication failed, answers `Connect` with "key-missing" for it, and
  /// tells why links end (`device.c`, 5.83).
  var tellsOfKeys: Bool { isBlueZ5(83...) }
}
