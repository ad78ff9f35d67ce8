internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Service

extension Refusal {
  init(_ error: BlueZError) { self.init(Self.kind(of: error), error.description) }

  private static func kind(of error: BlueZError) -> Kind {
    switch error.code {
    // Only the kernel says "Already Paired"; bluetoothd says "Already Exists" (`device.c new_authentication_return`).
    case .alreadyExists: error.message == "Already Paired" ? .keyInKernel : .alreadyBonded
    case .alreadyConnected: .alreadyConnected
    case .notConnected: .notConnected
    case .doesNotExist: .doesNotExist
    case .inProgress, .busy: .inProgress
    case .notReady: .notReady
    case .blocked: .blocked
    case .connectionAttemptFailed: .pageTimeout
    case .authenticationRejected: .rejected
    case .authenticationFailed: .authenticationFailed
    case .authenticationCanceled: .authenticationCancelled
    case .authenticationTimeout: .authenticationTimeout
    case .profileUnavailable: .profileUnavailable
    case .notAuthorized, .notPermitted, .accessDenied: .notAuthorized
    case .noReply: .noReply
    case .bluezGone: .bluezGone
    case .failed, .notAvailable, .invalidArguments, .notSupported, .cancelled, .other: kind(of: error.reason)
    }
  }

  private static func kind(of reason: ConnectionReason?) -> Kind {
    switch reason {
    case .pageTimeout: .pageTimeout
    case .keyMissing: .keyMissing
    case .alreadyConnected: .alreadyConnected
    case .adapterNotPowered: .notReady
    case .busy: .inProgress
    case .profileUnavailable: .profileUnavailable
    case .unknown, .refused, .canceled, .abortedByRemote: .profilesRefused
    default: .other
    }
  }
}
