/// Why an operation did not succeed: the only kind of error that users see.
package struct OperationError: Error, Hashable, Sendable {
  /// The closed set of reasons. The raw values are those of the interface's error codes.
  package enum Code: String, CaseIterable, Sendable {
    case invalidArgument = "invalid-argument"
    case ambiguousDevice = "ambiguous-device"
    case deviceNotFound = "device-not-found"
    case adapterNotFound = "adapter-not-found"
    case notFoundInTime = "not-found-in-time"
    case pageTimeout = "page-timeout"
    case timedOut = "timed-out"
    case refused = "refused"
    case needsAnswer = "needs-answer"
    case authenticationFailed = "authentication-failed"
    case authenticationCancelled = "authentication-cancelled"
    case authenticationTimeout = "authentication-timeout"
    case alreadyBonded = "already-bonded"
    case notBonded = "not-bonded"
    case deviceBlocked = "device-blocked"
    case pairedNotBonded = "paired-not-bonded"
    case lowEnergyTwin = "low-energy-twin"
    case connectFailed = "connect-failed"
    case noSoundServer = "no-sound-server"
    case noProfile = "no-profile"
    case noCodec = "no-codec"
    case noSession = "no-session"
    case notConnected = "not-connected"
    case staleBond = "stale-bond"
    case notRemoved = "not-removed"
    case devicesConnected = "devices-connected"
    case needsConsent = "needs-consent"
    case notRecorded = "not-recorded"
    case adapterOff = "adapter-off"
    case adapterBlocked = "adapter-blocked"
    case noAdapter = "no-adapter"
    case bluezMissing = "bluez-missing"
    case busy = "busy"
    case cancelled = "cancelled"
    case notAuthorized = "not-authorized"
    case failed = "failed"
  }

  package let code: Code
  /// What happened, one sentence.
  package let message: String
  /// What it was seen by: BlueZ's own words where there are any.
  package let evidence: String?
  /// What the user can do next.
  package let hint: String?
  /// The devices that fit, with ``Code/ambiguousDevice``.
  package let candidates: [String]
  /// The operation that runs, with ``Code/busy``.
  package let operation: String?
  /// The device or the adapter was removed, or the adapter switched off, which bluetoothd also does when it is stopped.
  package let mayBeStop: Bool

  package init(
    _ code: Code, _ message: String, evidence: String? = nil, hint: String? = nil, candidates: [String] = [],
    operation: String? = nil, mayBeStop: Bool = false
  ) {
    self.code = code
    self.message = message
    self.evidence = evidence
    self.hint = hint
    self.candidates = candidates
    self.operation = operation
    self.mayBeStop = mayBeStop
  }
}
