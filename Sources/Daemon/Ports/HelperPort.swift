internal import Core
internal import EventLoop
internal import Glibc
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// The daemon's end of `org.mdrctl.Flush`: what is asked of the privileged helper, one connection for each call, or for all
/// that a removal asks one after the other.
///
/// The helper is optional: where it is missing or does not do its work, answers say so and nothing waits.
actor HelperPort: LoopActor {
  nonisolated let loop: EventLoop
  private let path: String
  private let mirror: BlueZMirror
  private let log: Log
  private var watches: [DeviceID: LinkWatch] = [:]
  /// A connection to a helper that has been started for it, and waits for a question, or the next one.
  private var spare: FileDescriptor?
  private var spareLimit: TimerToken?
  private var onLink: @Sendable (DeviceID, LinkEvent) -> Void = { _, _ in }

  private var patience = HelperPatience()

  /// How long a helper is kept waiting for its question; it leaves by itself after 30 s (``Flush`` layer).
  static let spareTime = Duration.seconds(20)

  init(loop: EventLoop, path: String, mirror: BlueZMirror, log: Log) {
    self.loop = loop
    self.path = path
    self.mirror = mirror
    self.log = log
  }

  /// Whom to tell what the kernel says of links that are watched, on the loop.
  func onLink(_ handler: @escaping @Sendable (DeviceID, LinkEvent) -> Void) { onLink = handler }

  /// One call serves everybody who wants to hear of a device. Who heard of it when the helper died still counts, until
  /// he wants to hear no more.
  private struct LinkWatch {
    var call: OutgoingCall?
    var isListening = false
    /// The users who have not been told yet that it listens.
    var waiting: [Start] = []
    var users = 0
  }

  // MARK: Layers

  /// Has the helper started, so that it is there when it is asked: that takes it some 10 ms, and over 100 ms in a slow
  /// guest, which BlueZ's own work on the same device hides.
  func prepare() {
    guard spare == nil, let socket = try? UnixSocket.connectAtOnce(path: path) else { return }
    keep(socket)
  }

  private func keep(_ socket: consuming FileDescriptor) {
    guard spare == nil else { return }
    spare = consume socket
    spareLimit = loop.schedule(after: Self.spareTime) { self.assumeIsolated { $0.dropSpare() } }
  }

  private func dropSpare() { _ = takeSpare() }

  private func takeSpare() -> FileDescriptor? {
    if let spareLimit { loop.cancel(spareLimit) }
    spareLimit = nil
    return spare.take()
  }

  /// `goesOn` says that there will soon be more to ask.
  func inspect(_ id: DeviceID, _ layers: [HostLayer], goesOn: Bool = false) async -> LayerAnswer {
    await ask(.inspect, id, layers, goesOn: goesOn)
  }

  func flush(_ id: DeviceID, _ layers: [HostLayer]) async -> LayerAnswer { await ask(.flush, id, layers) }

  private func ask(
    _ method: Flush.Method, _ id: DeviceID, _ layers: [HostLayer], goesOn: Bool = false
  ) async -> LayerAnswer {
    guard let adapter = mirror.address(of: id.adapter) else {
      return .unavailable("The adapter \(id.adapter) is not there.")
    }
    let names = layers.compactMap(Flush.LayerName.init)
    guard !names.isEmpty else { return .reports([]) }
    let parameters = Flush.LayersParameters(
      adapter: adapter, device: id.address.description, layers: names.map(\.rawValue))
    do throws(VarlinkClientError) {
      let reply: Flush.LayersReply = try await reply(to: method, parameters, goesOn: goesOn)
      patience.note(nil)
      guard reply.layers.map(\.layer) == names else { throw .malformed("other layers than were asked for") }
      return .reports(reply.layers.map { LayerReport($0, of: id, flushing: method == .flush) })
    } catch {
      patience.note(error)
      log.notice("the privileged helper did not do its work", ["error": "\(error)"])
      return .unavailable(error.sentence)
    }
  }

  /// The helper that was started before may have ended meanwhile; then there is another for the asking, and what was
  /// done already does no harm to do again.
  private func reply<Reply: Decodable>(
    to method: Flush.Method, _ parameters: some Encodable & Sendable, goesOn: Bool
  ) async throws(VarlinkClientError) -> Reply {
    if spare != nil {
      do throws(VarlinkClientError) {
        return try await perform(method, parameters, over: takeSpare(), goesOn: goesOn)
      } catch {
        guard error.isOfConnection else { throw error }
      }
    }
    return try await perform(method, parameters, over: nil, goesOn: goesOn)
  }

  private func perform<Reply: Decodable>(
    _ method: Flush.Method, _ parameters: some Encodable & Sendable, over socket: consuming FileDescriptor?,
    goesOn: Bool
  ) async throws(VarlinkClientError) -> Reply {
    let keep: OutgoingCall.Keeping = { socket in
      let number = socket.take()
      self.assumeIsolated { $0.keep(FileDescriptor(owning: number)) }
    }
    return try await OutgoingCall.perform(
      on: loop, path: path, over: socket, method: method.fullName, parameters, within: patience.limit,
      keeping: goesOn ? keep : nil)
  }

  /// The connections to the bus whose end bluetoothd waits for; nil where that cannot be told.
  func clients() async -> Set<String>? {
    do throws(VarlinkClientError) {
      let reply: Flush.ClientsReply = try await OutgoingCall.perform(
        on: loop, path: path, method: Flush.Method.clients.fullName, NoParameters(), within: HelperPatience.short)
      return Set(reply.names)
    } catch {
      log.info("the privileged helper did not tell whom bluetoothd keeps track of", ["error": "\(error)"])
      return nil
    }
  }

  // MARK: Links

  /// Ends a device's link; what is left of a removal is asked next.
  func endLink(_ id: DeviceID) async -> Refusal? {
    guard let adapter = mirror.address(of: id.adapter) else { return Refusal(.other, "The adapter is not there.") }
    let parameters = Flush.DeviceParameters(adapter: adapter, device: id.address.description)
    do throws(VarlinkClientError) {
      let _: NoParameters = try await reply(to: .disconnect, parameters, goesOn: true)
      patience.note(nil)
      return nil
    } catch {
      patience.note(error)
      // BlueZ can do it, too.
      log.info("the privileged helper did not end a link", ["error": "\(error)"])
      return Refusal(.other, error.sentence)
    }
  }

  /// Listens to what the kernel says of a device's link, until ``unwatch(_:)``.
  func watch(_ id: DeviceID) async -> Refusal? {
    guard let adapter = mirror.address(of: id.adapter) else { return Refusal(.other, "The adapter is not there.") }
    let parameters = Flush.DeviceParameters(adapter: adapter, device: id.address.description)
    return await withCheckedContinuation { continuation in
      var watch = watches[id] ?? LinkWatch()
      watch.users += 1
      if watch.isListening {
        continuation.resume(returning: nil)
      } else {
        watch.waiting.append(Start(loop: loop, continuation))
        watch.call = watch.call ?? listen(to: id, parameters)
      }
      watches[id] = watch
    }
  }

  private func listen(to id: DeviceID, _ parameters: Flush.DeviceParameters) -> OutgoingCall {
    OutgoingCall.start(
      on: loop, path: path, over: takeSpare(), method: Flush.Method.watch.fullName, parameters, more: true, within: nil
    ) { event in
      self.assumeIsolated { $0.take(event, of: id) }
    }
  }

  func unwatch(_ id: DeviceID) {
    guard var watch = watches[id] else { return }
    watch.users -= 1
    // It may not have begun yet.
    if watch.users < watch.waiting.count {
      watch.waiting.removeFirst().end(Refusal(.other, "Nobody wants to hear of it any more."))
    }
    if watch.users == 0 { watch.call?.assumeIsolated { $0.end() } }
    watches[id] = watch.users > 0 ? watch : nil
  }

  private func take(_ event: OutgoingCall.Event, of id: DeviceID) {
    switch event {
    case .reply(let parameters, let isLast):
      if let reply = try? parameters.decode(Flush.WatchReply.self) {
        if reply.event == .watching { listens(to: id) }
        if let link = LinkEvent(reply) { onLink(id, link) }
      }
      if isLast { ended(id, Refusal(.other, "The privileged helper ended its watch.")) }
    case .failed(let error): ended(id, Refusal(.other, error.sentence))
    }
  }

  private func listens(to id: DeviceID) {
    let waiting = watches[id]?.waiting ?? []
    watches[id]?.isListening = true
    watches[id]?.waiting = []
    for start in waiting { start.end(nil) }
  }

  private func ended(_ id: DeviceID, _ refusal: Refusal) {
    guard var watch = watches[id] else { return }
    let refused = watch.waiting
    watch.users -= refused.count
    (watch.call, watch.isListening, watch.waiting) = (nil, false, [])
    watches[id] = watch.users > 0 ? watch : nil
    for start in refused { start.end(refusal) }
  }

  /// The one answer to ``watch(_:)``.
  private actor Start: LoopActor {
    nonisolated let loop: EventLoop
    private var continuation: CheckedContinuation<Refusal?, Never>?

    init(loop: EventLoop, _ continuation: CheckedContinuation<Refusal?, Never>) {
      self.loop = loop
      self.continuation = continuation
    }

    nonisolated func end(_ refusal: Refusal?) {
      assumeIsolated {
        $0.continuation?.resume(returning: refusal)
        $0.continuation = nil
      }
    }
  }
}

/// How long the helper is waited for: one that hangs does so for each of a forget's questions.
struct HelperPatience {
  /// Its slowest answers are four commands to the kernel or the controller of 2 s each, and a question to BlueZ.
  static let usual = Duration.seconds(15)
  /// After it has not answered in time, until it answers again: enough for a quick answer, which most are.
  static let short = Duration.seconds(2)

  private(set) var limit = usual

  /// Takes the end of a call: nil for an answer.
  mutating func note(_ error: VarlinkClientError?) {
    switch error {
    case nil, .refused: limit = Self.usual
    case .timedOut: limit = Self.short
    default: break
    }
  }
}

extension LayerReport {
  fileprivate init(_ layer: Flush.Layer, of id: DeviceID, flushing: Bool) {
    let done: Deed =
      switch (layer.before, layer.after) {
      case _ where !flushing: .nothing
      case (.absent, _): .nothing
      case (_, .absent): .removed
      default: .left
      }
    self.init(
      id, layer.layer.hostLayer, before: layer.before, done: done, after: layer.after, detail: layer.detail,
      reason: layer.reason, hasKey: layer.hasKey)
  }
}

extension LinkEvent {
  /// Nil for what says nothing of the link.
  fileprivate init?(_ reply: Flush.WatchReply) {
    switch reply.event {
    case .watching: return nil
    case .connected: self = .connected
    case .disconnected: self = .disconnected(Reason(management: reply.code ?? 0))
    case .connectFailed: self = .connectFailed(reply.code ?? 0)
    case .authenticationFailed: self = .authenticationFailed(reply.code ?? 0)
    case .keyRefused: self = .keyRefused(reply.code ?? 0)
    }
  }
}

extension LinkEvent.Reason {
  /// The reasons of mgmt's Device Disconnected event (BlueZ `doc/mgmt-api.txt`).
  init(management code: Int) {
    self =
      switch code {
      case 1: .timeout
      case 2: .local
      case 3: .remote
      case 4: .authentication
      case 5: .suspended
      default: .unspecified
      }
  }
}

extension VarlinkClientError {
  /// Whether the other end has gone.
  fileprivate var isOfConnection: Bool {
    switch self {
    case .closed: true
    case .system(let error): error.errno == EPIPE || error.errno == ECONNRESET
    default: false
    }
  }

  /// Why the helper did nothing, and what to do about it.
  fileprivate var sentence: String {
    switch self {
    case .notRunning:
      "The privileged helper is not there; install it and start it: sudo systemctl enable --now mdrctl-flush.socket."
    case .notPermitted: "The privileged helper's socket keeps mdrctld out; see: systemctl status mdrctl-flush.socket."
    case .closed: "The privileged helper ended without an answer; see: journalctl -t mdrctl-flush."
    case .malformed, .interrupted: "The privileged helper gave no usable answer; see: journalctl -t mdrctl-flush."
    case .timedOut: "The privileged helper did not answer in time; see: journalctl -t mdrctl-flush."
    case .system(let error): "The privileged helper cannot be asked: \(error)."
    case .refused(let error):
      if let message = error.parameters.members?["message"]?.string {
        message
      } else {
        "The privileged helper refused: \(error.name)."
      }
    }
  }
}
