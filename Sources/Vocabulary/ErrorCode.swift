/// Every error that a user can meet, and what `mdrctl` exits with.
///
/// The raw values are stable: they are the `code` of an error in `--json`.
package enum ErrorCode: String, CaseIterable, Codable, Sendable {
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
  case noControl = "no-control"
  case headsetHeld = "headset-held"
  case headsetSilent = "headset-silent"
  case notOffered = "not-offered"
  case notChanged = "not-changed"
  case busy = "busy"
  case cancelled = "cancelled"
  case notAuthorized = "not-authorized"
  case invalidConfiguration = "invalid-configuration"
  case notFixable = "not-fixable"
  case failed = "failed"

  /// What `mdrctl` exits with.
  package var exitCode: ExitCode {
    switch self {
    case .invalidArgument, .ambiguousDevice: .usage
    case .deviceNotFound, .adapterNotFound: .notFound
    case .notFoundInTime, .pageTimeout, .timedOut, .authenticationTimeout, .headsetSilent: .timedOut
    case .refused, .needsAnswer, .needsConsent: .needsPerson
    case .authenticationFailed, .authenticationCancelled, .alreadyBonded, .notBonded, .pairedNotBonded: .failed
    case .lowEnergyTwin, .connectFailed, .noSoundServer, .notRemoved, .cancelled, .failed: .failed
    case .devicesConnected, .notRecorded, .noProfile, .noCodec, .notConnected, .deviceBlocked: .failed
    case .invalidConfiguration, .notFixable, .noControl, .notOffered, .notChanged: .failed
    case .noSession: .unavailable
    case .staleBond: .staleBond
    case .adapterOff, .adapterBlocked, .noAdapter, .bluezMissing: .unavailable
    case .busy, .headsetHeld: .busy
    case .notAuthorized: .notAuthorized
    }
  }
}

/// The exit codes of `mdrctl`. They never change their meaning.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case ok = 0
  case failed = 1
  /// The command line or its arguments are not acceptable.
  case usage = 2
  case timedOut = 3
  /// A person must act: put the headset into pairing mode, confirm.
  case needsPerson = 4
  case notAuthorized = 5
  case notFound = 6
  /// Another operation is running.
  case busy = 7
  /// `mdrctld` does not answer.
  case noDaemon = 8
  /// BlueZ or the adapter is unavailable.
  case unavailable = 9
  case staleBond = 10
}
