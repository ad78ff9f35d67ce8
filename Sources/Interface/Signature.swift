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
package struct MethodSignature: Sendable {
  package let method: Control.Method
  package let role: Role
  package let replies: ReplyCount
  /// A `oneway` call goes on when its caller has left.
  package let goesOn: Bool
}

/// A method of `org.mdrctl.Control`: its name, what it takes and replies, who may call it, and what becomes of a call.
/// Daemon and client go by the same value.
///
/// What the types must be able to do, whoever encodes and decodes them asks: a demand made here would be looked up for
/// each of the methods when the daemon starts, which took more than a third of its start.
package struct Signature<Parameters, Reply>: Sendable {
  /// Itself, without the types.
  package let plain: MethodSignature

  fileprivate init(_ method: Control.Method, _ role: Role, _ replies: ReplyCount = .once, goesOn: Bool = false) {
    plain = MethodSignature(method: method, role: role, replies: replies, goesOn: goesOn)
  }

  package var method: Control.Method { plain.method }
  package var role: Role { plain.role }
  package var replies: ReplyCount { plain.replies }
  package var goesOn: Bool { plain.goesOn }
}

/// Is shown each signature with its types.
package protocol SignatureVisitor {
  mutating func visit<Parameters: Codable & Sendable, Reply: Codable & Sendable>(
    _ signature: Signature<Parameters, Reply>)
}

extension Control {
  package static let status = Signature<NoParameters, StatusReply>(.status, .read)
  package static let list = Signature<ListParameters, ListReply>(.list, .read)
  package static let show = Signature<DeviceParameters, DeviceReply>(.show, .read)
  package static let audio = Signature<AudioParameters, AudioReply>(.audio, .read)
  package static let doctor = Signature<DeviceParameters, DoctorReply>(.doctor, .read, .several)
  package static let history = Signature<HistoryParameters, HistoryReply>(.history, .read)
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
  package static let planForget = Signature<ForgetParameters, OperationReply>(.planForget, .control)
  package static let planRepair = Signature<PlanRepairParameters, OperationReply>(.planRepair, .control)
  package static let repair = Signature<RepairParameters, OperationReply>(.repair, .control, .several)
  package static let fix = Signature<FixParameters, OperationReply>(.fix, .control, .several)
  package static let planFix = Signature<PlanFixParameters, OperationReply>(.planFix, .control)
  package static let profile = Signature<ProfileParameters, OperationReply>(.profile, .control, .several, goesOn: true)
  package static let codec = Signature<CodecParameters, OperationReply>(.codec, .control, .several, goesOn: true)
  package static let cache = Signature<DeviceParameters, LayersReply>(.cache, .control)

  package static let headsetShow = Signature<HeadsetShowParameters, HeadsetReply>(.headsetShow, .control)
  package static let headsetChange = Signature<HeadsetChangeParameters, HeadsetReply>(
    .headsetChange, .control, goesOn: true)
  package static let headsetRelease = Signature<DeviceParameters, DeviceReply>(.headsetRelease, .control, goesOn: true)
  package static let headsetPowerOff = Signature<HeadsetPowerOffParameters, DeviceReply>(
    .headsetPowerOff, .control, goesOn: true)
  package static let headsetExplain = Signature<HeadsetExplainParameters, HeadsetExplainReply>(.headsetExplain, .read)
  package static let headsetHosts = Signature<DeviceParameters, HeadsetHostsReply>(.headsetHosts, .control)

  package static let backup = Signature<BackupParameters, BackupReply>(.backup, .control)
  package static let backups = Signature<DeviceParameters, BackupsReply>(.backups, .control)
  package static let restore = Signature<RestoreParameters, RestoreReply>(.restore, .control, .several, goesOn: true)
  package static let planRestore = Signature<RestoreParameters, RestoreReply>(.planRestore, .control)

  package static let setConnection = Signature<SetConnectionParameters, DeviceReply>(
    .setConnection, .control, goesOn: true)
  package static let take = Signature<ConnectParameters, OperationReply>(.take, .control, .several)
  package static let yield = Signature<YieldParameters, OperationReply>(.yield, .control, .several, goesOn: true)

  package static let exportPolicy = Signature<ExportPolicyParameters, PolicyReply>(.exportPolicy, .control)
  package static let importPolicy = Signature<ImportPolicyParameters, ImportPolicyReply>(
    .importPolicy, .control, goesOn: true)
  package static let planImportPolicy = Signature<ImportPolicyParameters, ImportPolicyReply>(
    .planImportPolicy, .control)

  package static let trust = Signature<TrustParameters, DeviceReply>(.trust, .control, goesOn: true)
  package static let block = Signature<BlockParameters, DeviceReply>(.block, .control, goesOn: true)
  package static let rename = Signature<RenameParameters, DeviceReply>(.rename, .control, goesOn: true)
  package static let power = Signature<PowerParameters, AdapterReply>(.power, .control, goesOn: true)
  package static let selectAdapter = Signature<SelectAdapterParameters, AdapterReply>(
    .selectAdapter, .control, goesOn: true)

  package static let reloadConfiguration = Signature<NoParameters, ConfigurationReply>(
    .reloadConfiguration, .control, goesOn: true)

  /// Shows all of them; a test finds one that is missing.
  package static func visitSignatures(_ visitor: inout some SignatureVisitor) {
    visitor.visit(status)
    visitor.visit(list)
    visitor.visit(show)
    visitor.visit(audio)
    visitor.visit(doctor)
    visitor.visit(history)
    visitor.visit(wait)
    visitor.visit(monitor)
    visitor.visit(configuration)

    visitor.visit(scan)
    visitor.visit(pair)
    visitor.visit(answer)
    visitor.visit(connect)
    visitor.visit(disconnect)
    visitor.visit(forget)
    visitor.visit(planForget)
    visitor.visit(repair)
    visitor.visit(planRepair)
    visitor.visit(fix)
    visitor.visit(planFix)
    visitor.visit(profile)
    visitor.visit(codec)
    visitor.visit(cache)

    visitor.visit(headsetShow)
    visitor.visit(headsetChange)
    visitor.visit(headsetRelease)
    visitor.visit(headsetPowerOff)
    visitor.visit(headsetExplain)
    visitor.visit(headsetHosts)

    visitor.visit(backup)
    visitor.visit(backups)
    visitor.visit(restore)
    visitor.visit(planRestore)

    visitor.visit(setConnection)
    visitor.visit(take)
    visitor.visit(yield)
    visitor.visit(exportPolicy)
    visitor.visit(importPolicy)
    visitor.visit(planImportPolicy)

    visitor.visit(trust)
    visitor.visit(block)
    visitor.visit(rename)
    visitor.visit(power)
    visitor.visit(selectAdapter)

    visitor.visit(reloadConfiguration)
  }

  /// All of them, without their types.
  package static var signatures: [MethodSignature] {
    var all = PlainSignatures()
    visitSignatures(&all)
    return all.signatures
  }

  private struct PlainSignatures: SignatureVisitor {
    var signatures: [MethodSignature] = []
    mutating func visit<Parameters, Reply>(_ signature: Signature<Parameters, Reply>) {
      signatures.append(signature.plain)
    }
  }
}
