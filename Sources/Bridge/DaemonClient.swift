internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// The daemon as the bridge sees it: follows what happens, again and again when it was lost, asks, and has orders carried
/// out.
actor DaemonClient: LoopActor {
  /// What is known of a headset beside what a monitor tells.
  struct Answer: Sendable {
    var device: Device?
    var audio: Sound?
  }

  nonisolated let loop: EventLoop
  private let path: String
  private let attempts: Attempts
  private let log: Log
  private var call: OutgoingCall?
  private var ended: CheckedContinuation<VarlinkClientError, Never>?
  private var isMissed = false

  /// Bytes of one reply of a monitor: the first has every device that BlueZ knows, also of a busy street.
  private static let replySize = 4 << 20
  /// How long the daemon may take to say what it knows.
  private static let answerTime = Duration.seconds(10)
  /// What takes longest is a repair, for which somebody has to go to the headset.
  private static let orderTime = Duration.seconds(300)

  init(loop: EventLoop, path: String, log: Log, backoff: Backoff = Backoff()) {
    self.loop = loop
    self.path = path
    self.log = log
    attempts = Attempts(loop: loop, path: path, backoff: backoff)
  }

  /// Follows the daemon until the task is cancelled. `onReply` is given what happens, and nil when the daemon is away.
  func follow(_ onReply: @escaping @Sendable (Control.MonitorReply?) -> Void) async {
    while !Task.isCancelled {
      await attempts.prepare()
      let error = await followOnce(onReply)
      onReply(nil)
      guard !Task.isCancelled else { break }
      if !isMissed {
        isMissed = true
        log.notice("mdrctld is not there", ["error": "\(error)"])
      }
      await attempts.wait(isAbsent: error == .notRunning)
    }
    await attempts.end()
  }

  private func followOnce(_ onReply: @escaping @Sendable (Control.MonitorReply?) -> Void) async -> VarlinkClientError {
    let error = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        ended = continuation
        guard !Task.isCancelled else { return end(.interrupted) }
        call = OutgoingCall.start(
          on: loop, path: path, method: Control.monitor.method.fullName, Control.NoParameters(), more: true,
          within: nil,
          upTo: Self.replySize
        ) { event in self.assumeIsolated { $0.take(event, onReply) } }
      }
    } onCancel: {
      loop.spawn { await self.end(.interrupted) }
    }
    await call?.end()
    call = nil
    return error
  }

  private func end(_ error: VarlinkClientError) {
    ended?.resume(returning: error)
    ended = nil
  }

  private func take(_ event: OutgoingCall.Event, _ onReply: @Sendable (Control.MonitorReply?) -> Void) {
    switch event {
    case .failed(let error): end(error)
    case .reply(_, isLast: true): end(.closed)
    case .reply(let parameters, isLast: false):
      do {
        let reply = try parameters.decode(Control.MonitorReply.self)
        if reply.event == .state {
          if isMissed { log.notice("mdrctld is there again") }
          isMissed = false
          attempts.assumeIsolated { $0.succeed() }
        }
        onReply(reply)
      } catch {
        end(.malformed(words(of: error)))
      }
    }
  }

  // MARK: Questions

  /// Whether this client may control; nil where the daemon does not say.
  func access() async -> Access? {
    let reply: Control.StatusReply? = try? await ask(Control.status, Control.NoParameters(), within: Self.answerTime)
    return reply?.access
  }

  /// What is known of a headset beside what a monitor tells.
  func look(at address: Address) async -> Answer {
    let device = address.description
    let shown: Control.DeviceReply? = try? await ask(
      Control.show, Control.DeviceParameters(device: device), within: Self.answerTime)
    let heard: Control.AudioReply? = try? await ask(
      Control.audio, Control.AudioParameters(device: device), within: Self.answerTime)
    return Answer(device: shown?.device, audio: heard?.audio)
  }

  // MARK: Orders

  /// Carries an order out; what came of it, in a sentence, and what the headset told on the way.
  func carryOut(_ order: Order, on address: Address) async -> (sentence: String, report: HeadsetReport?) {
    do throws(VarlinkClientError) {
      switch order {
      case .read, .noise, .preset, .speakToChat:
        let report = try await tell(order, address.description)
        return ("Done.", report)
      default:
        try await operate(order, address.description)
        return ("Done.", nil)
      }
    } catch {
      return (Self.sentence(of: error), nil)
    }
  }

  private func operate(_ order: Order, _ device: String) async throws(VarlinkClientError) {
    let only = Control.DeviceParameters(device: device)
    switch order {
    case .connect: _ = try await ask(Control.connect, Control.ConnectParameters(device: device))
    case .disconnect: _ = try await ask(Control.disconnect, only)
    case .take: _ = try await ask(Control.take, Control.ConnectParameters(device: device))
    case .yield: _ = try await ask(Control.yield, Control.YieldParameters(device: device))
    case .repair:
      // Whoever allowed it in the configuration, and pressed it, has agreed.
      let parameters = Control.RepairParameters(device: device, consent: true, confirm: true)
      _ = try await ask(Control.repair, parameters)
    case .policy(let policy):
      _ = try await ask(Control.profile, Control.ProfileParameters(device: device, policy: policy))
    case .autoConnect(let isOn):
      _ = try await ask(Control.setConnection, Control.SetConnectionParameters(device: device, autoConnect: isOn))
    case .read, .noise, .preset, .speakToChat: break
    }
  }

  private func tell(_ order: Order, _ device: String) async throws(VarlinkClientError) -> HeadsetReport? {
    var change = Control.HeadsetChangeParameters(device: device)
    switch order {
    case .noise(let mode): change.noise = HeadsetNoiseWish(mode: mode)
    case .preset(let preset): change.equalizer = HeadsetEqualizerWish(preset: preset)
    case .speakToChat(let isOn): (change.setting, change.value) = (.speakToChat, isOn ? "on" : "off")
    default:
      return try await ask(Control.headsetShow, Control.HeadsetShowParameters(device: device, all: true)).headset
    }
    return try await ask(Control.headsetChange, change).headset
  }

  private func ask<Parameters: Encodable & Sendable, Reply: Decodable & Sendable>(
    _ signature: Signature<Parameters, Reply>, _ parameters: Parameters, within limit: Duration = orderTime
  ) async throws(VarlinkClientError) -> Reply {
    try await OutgoingCall.perform(
      on: loop, path: path, method: signature.method.fullName, parameters, within: limit, returning: Reply.self)
  }

  /// What the daemon says of an error, or what became of the call.
  private static func sentence(of error: VarlinkClientError) -> String {
    guard case .refused(let refusal) = error,
      let told = try? refusal.parameters.decode(Control.ErrorParameters.self)
    else { return "mdrctld: \(error)." }
    return told.message
  }
}
