/// What a caller may do.
package enum Role: Sendable {
  /// Look at what there is.
  case read
  /// Change something.
  case control
}

/// How often a method replies.
package enum ReplyCount: Sendable {
  case once
  /// Progress as it comes, the result last; only the result to a call without `more`.
  case several
  /// Until the caller leaves; a call without `more` is an error.
  case untilLeft
}

/// What is known of a method without its parameters and reply.
package protocol MethodSignature: Sendable {
  var method: Control.Method { get }
  var role: Role { get }
  var replies: ReplyCount { get }
}

/// A method of `org.mdrctl.Control`: its name, what it takes and replies, who may call it, and what becomes of a call.
/// Daemon and client go by the same value.
package struct Signature<Parameters: Codable & Sendable, Reply: Codable & Sendable>: MethodSignature {
  package let method: Control.Method
  package let role: Role
  package let replies: ReplyCount
  /// A `oneway` call goes on when its caller has left.
  package let goesOn: Bool

  fileprivate init(_ method: Control.Method, _ role: Role, _ replies: ReplyCount = .once, goesOn: Bool = false) {
    self.method = method
    self.role = role
    self.replies = replies
    self.goesOn = goesOn
  }
}

extension Control {
  package static let status = Signature<NoParameters, StatusReply>(.status, .read)
  package static let list = Signature<ListParameters, ListReply>(.list, .read)
  package static let show = Signature<DeviceParameters, DeviceReply>(.show, .read)
  package static let audio = Signature<AudioParameters, AudioReply>(.audio, .read)
  package static let wait = Signature<WaitParameters, OperationReply>(.wait, .read, .several)
  package static let monitor = Signature<NoParameters, MonitorReply>(.monitor, .read, .untilLeft)
  package static let configuration = Signature<NoParameters, ConfigurationReply>(.configuration, .read)

  package static let scan = Signature<ScanParameters, ScanReply>(.scan, .control, .untilLeft)
  package static let pair = Signature<PairParameters, OperationReply>(.pair, .control, .several)
  package static let answer = Signature<AnswerParameters, NoReply>(.answer, .control, goesOn: true)
  package static let connect = Signature<ConnectParameters, OperationReply>(.connect, .control, .several)
  package static let disconnect = Signature<DeviceParameters, OperationReply>(
    .disconnect, .control, .several, goesOn: true)
  package static let forget = Signature<ForgetParameters, OperationReply>(.forget, .control, .several, goesOn: true)
  package static let repair = Signature<RepairParameters, OperationReply>(.repair, .control, .several)
  package static let profile = Signature<ProfileParameters, OperationReply>(.profile, .control, .several, goesOn: true)
  package static let codec = Signature<CodecParameters, OperationReply>(.codec, .control, .several, goesOn: true)
  package static let cache = Signature<DeviceParameters, LayersReply>(.cache, .control)

  package static let trust = Signature<TrustParameters, DeviceReply>(.trust, .control, goesOn: true)
  package static let block = Signature<BlockParameters, DeviceReply>(.block, .control, goesOn: true)
  package static let rename = Signature<RenameParameters, DeviceReply>(.rename, .control, goesOn: true)
  package static let power = Signature<PowerParameters, AdapterReply>(.power, .control, goesOn: true)
  package static let selectAdapter = Signature<SelectAdapterParameters, AdapterReply>(
    .selectAdapter, .control, goesOn: true)

  package static let reloadConfiguration = Signature<NoParameters, ConfigurationReply>(
    .reloadConfiguration, .control, goesOn: true)

  /// All of them; a test finds one that is missing.
  package static let signatures: [any MethodSignature] = [
    status, list, show, audio, wait, monitor, scan, pair, answer, connect, disconnect, forget, repair, profile, codec,
    cache, trust, block, rename, power, selectAdapter, configuration, reloadConfiguration,
  ]
}
