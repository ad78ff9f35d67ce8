package import EventLoop
package import Interface
package import Simulator
internal import Glibc
internal import Varlink
import Vocabulary

/// Serves `org.mdrctl.Flush` out of the simulator's world, well or badly.
///
/// It is a fake: it touches no kernel, controller or file, and proves nothing about `mdrctl-flush`, which the lab does.
/// It is there so that the daemon's part is tested fast, and with a helper that misbehaves.
package actor FakeHelper: LoopActor {
  /// How it answers calls.
  package enum Manner: Sendable {
    /// As `mdrctl-flush` does.
    case works
    /// It refuses every call.
    case refuses(Flush.ErrorName)
    /// It never answers.
    case hangs
    /// It keeps every call waiting until the latch opens, and then works.
    case waits(Latch)
    /// It keeps calls of this method waiting until the latch opens, and works.
    case waitsAt(Flush.Method, Latch)
    /// It works, but does not end links.
    case endsNoLinks
    /// It tells of these layers, in the order asked for where it has them all.
    case tells([Flush.Layer])
    /// It answers with these bytes and a NUL.
    case says(String)
    /// It ends the connection instead of answering.
    case hangsUp
  }

  package nonisolated let loop: EventLoop
  private let simulator: Simulator
  private let path: String
  private var manner = Manner.works
  private var server: VarlinkServer?
  private var listener: FileDescriptor?
  private var watch: Watch?
  /// Connections that are answered without Varlink.
  private var raw: [Int32: (watch: Watch, socket: Connection)] = [:]
  private var calls: [String] = []
  private var waiting: [(method: String, count: Int, latch: Latch)] = []

  private final class Connection {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  package init(path: String, simulator: Simulator) {
    loop = simulator.loop
    self.path = path
    self.simulator = simulator
  }

  /// Begins to listen, or goes on in another manner; calls that are under way are not touched by that.
  package func start(_ manner: Manner = .works) throws {
    self.manner = manner
    guard server == nil else { return }
    server = VarlinkServer(
      loop: loop, identity: ServiceIdentity(vendor: "Tests", product: "Fake helper", version: "1", url: "about:blank"),
      interfaces: [interface], authoriser: AllowEveryone())
    let listener = try UnixSocket.listen(path: path, mode: 0o600)
    watch = try loop.watch(listener.number, for: .readable) { _ in self.assumeIsolated { $0.accept() } }
    self.listener = consume listener
  }

  /// Ends it as if it had never been there.
  package func stop() async {
    if let watch { loop.cancel(watch) }
    watch = nil
    listener = nil
    _ = unsafe unlink(path)
    for number in Array(raw.keys) { drop(number) }
    await server?.shutDown(grace: .zero)
    server = nil
  }

  // MARK: What it was asked

  /// How often a method has been called.
  package func callCount(_ method: Flush.Method) -> Int { calls.count { $0 == method.rawValue } }

  /// Waits until a method has been called that often since the beginning.
  package func waitForCall(_ method: Flush.Method, count: Int = 1) async throws {
    guard callCount(method) < count else { return }
    let latch = Latch(loop)
    waiting.append((method.rawValue, count, latch))
    try await latch.wait()
  }

  private func note(_ method: Flush.Method) {
    calls.append(method.rawValue)
    let count = callCount(method)
    for entry in waiting where entry.method == method.rawValue && count >= entry.count {
      entry.latch.assumeIsolated { $0.open() }
    }
    waiting.removeAll { $0.method == method.rawValue && count >= $0.count }
  }

  // MARK: Connections

  private func accept() {
    guard let number = listener?.number else { return }
    // Until nobody waits any more, which is told as an error.
    while let socket = try? UnixSocket.accept(number), let peer = try? UnixSocket.peer(of: socket.number) {
      switch manner {
      case .says(let text): answer(socket, Array(text.utf8) + [0])
      case .hangsUp: answer(socket, [])
      default:
        let number = socket.take()
        server?.assumeIsolated { $0.serve(FileDescriptor(owning: number), peer: peer) }
      }
    }
  }

  /// Sends bytes when the first ones have come in, and ends the connection.
  private func answer(_ socket: consuming FileDescriptor, _ bytes: [UInt8]) {
    let number = socket.number
    let connection = Connection(socket)
    let watch = try? loop.watch(number, for: .readable) { _ in
      self.assumeIsolated { helper in
        for method in Flush.Method.allCases where helper.read(number).contains(method.fullName) { helper.note(method) }
        _ = try? helper.raw[number]?.socket.descriptor.send(bytes[...])
        helper.drop(number)
      }
    }
    if let watch { raw[number] = (watch, connection) }
  }

  private func read(_ number: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    guard let count = try? raw[number]?.socket.descriptor.read(into: &bytes) else { return "" }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private func drop(_ number: Int32) {
    guard let entry = raw.removeValue(forKey: number) else { return }
    loop.cancel(entry.watch)
  }

  // MARK: The interface

  private nonisolated var interface: VarlinkInterface {
    VarlinkInterface(
      Flush.interface, description: Flush.description,
      methods: [
        .method(Flush.Method.inspect.rawValue) { (parameters: Flush.LayersParameters, _) throws(VarlinkError) in
          try await self.inspect(parameters)
        },
        .method(Flush.Method.flush.rawValue) { (parameters: Flush.LayersParameters, _) throws(VarlinkError) in
          try await self.flush(parameters)
        },
        .method(Flush.Method.disconnect.rawValue) { (parameters: Flush.DeviceParameters, _) throws(VarlinkError) in
          try await self.disconnect(parameters)
        },
        .stream(Flush.Method.watch.rawValue, .needsMore) {
          (parameters: Flush.DeviceParameters, _, replies: Replies<Flush.WatchReply>) throws(VarlinkError) in
          try await self.watch(parameters, replies)
        },
      ])
  }

  private func inspect(_ parameters: Flush.LayersParameters) async throws(VarlinkError) -> Flush.LayersReply {
    note(.inspect)
    if let lie = try await misbehave(at: .inspect, parameters.layers) { return lie }
    let adapter = try await adapter(parameters.adapter)
    var layers: [Flush.Layer] = []
    for name in try Self.names(parameters.layers) {
      let finding = await finding(name, parameters.device, on: adapter, tellsKey: false)
      layers.append(
        Flush.Layer(
          layer: name, before: finding.holding, after: finding.holding, detail: finding.detail, reason: finding.reason,
          hasKey: name == .bond && finding.holding == .present ? true : nil))
    }
    return Flush.LayersReply(layers: layers)
  }

  private func flush(_ parameters: Flush.LayersParameters) async throws(VarlinkError) -> Flush.LayersReply {
    note(.flush)
    if let lie = try await misbehave(at: .flush, parameters.layers) { return lie }
    let adapter = try await adapter(parameters.adapter)
    let names = try Self.names(parameters.layers)
    switch await simulator.presence(of: parameters.device, on: adapter) {
    case nil: throw Self.error(.bluezUnknown, "Whether BlueZ holds the device could not be found out.")
    case .held(let property)?: throw Self.error(.devicePresent, "BlueZ holds the device: \(property) is true.")
    case .absent?, .inSight?: break
    }
    var layers: [Flush.Layer] = []
    for name in names {
      let before = await finding(name, parameters.device, on: adapter, tellsKey: true)
      if before.holding == .present { await simulator.clear(name.remnant, of: parameters.device, on: adapter) }
      layers.append(
        Flush.Layer(
          layer: name, before: before.holding, after: before.holding == .unknown ? .unknown : .absent,
          detail: before.detail, reason: before.reason))
    }
    return Flush.LayersReply(layers: layers)
  }

  private func disconnect(_ parameters: Flush.DeviceParameters) async throws(VarlinkError) -> NoParameters {
    note(.disconnect)
    _ = try await misbehave(at: .disconnect)
    let adapter = try await adapter(parameters.adapter)
    if case .endsNoLinks = manner { throw Self.error(.refused, "Refused, as the test wants it.") }
    guard await simulator.endLink(of: parameters.device, on: adapter) else {
      throw Self.error(.notConnected, "The device has no link over BR/EDR.")
    }
    return NoParameters()
  }

  private func watch(
    _ parameters: Flush.DeviceParameters, _ replies: Replies<Flush.WatchReply>
  ) async throws(VarlinkError) -> Flush.WatchReply {
    _ = try await misbehave(at: .watch)
    _ = try await adapter(parameters.adapter)
    let number = await simulator.listen(to: parameters.device, on: parameters.adapter) { news in
      replies.send(Flush.WatchReply(news))
    }
    replies.send(Flush.WatchReply(event: .watching))
    note(.watch)
    // It ends when the caller leaves, and then nobody reads what it returns.
    try? await Latch(loop).wait()
    await simulator.endListening(number)
    return Flush.WatchReply(event: .watching)
  }

  /// Returns what it tells instead of the truth, if so.
  private func misbehave(
    at method: Flush.Method, _ names: [String] = []
  ) async throws(VarlinkError) -> Flush.LayersReply? {
    switch manner {
    case .works, .says, .hangsUp, .endsNoLinks: return nil
    case .refuses(let error): throw Self.error(error, "Refused, as the test wants it.")
    case .tells(let layers):
      let asked = names.compactMap { name in layers.first { $0.layer.rawValue == name } }
      return Flush.LayersReply(layers: asked.count == names.count ? asked : layers)
    case .hangs: try await wait(for: Latch(loop))
    case .waits(let latch): try await wait(for: latch)
    case .waitsAt(let slow, let latch): if slow == method { try await wait(for: latch) }
    }
    return nil
  }

  /// A caller that has left gets nothing done.
  private func wait(for latch: Latch) async throws(VarlinkError) {
    do { try await latch.wait() } catch { throw Self.error(.refused, "The caller has left.") }
  }

  private func adapter(_ address: String) async throws(VarlinkError) -> String {
    guard let name = await simulator.adapter(withAddress: address) else {
      throw Self.error(.noAdapter, "This computer has no adapter with that address.")
    }
    return name
  }

  private static func names(_ names: [String]) throws(VarlinkError) -> [Flush.LayerName] {
    let layers = names.compactMap { Flush.LayerName(rawValue: $0) }
    guard !layers.isEmpty, layers.count == names.count, Set(layers).count == names.count else {
      throw error(.invalidInput, "These are not layers, each named once.")
    }
    return layers
  }

  private static func error(_ name: Flush.ErrorName, _ message: String) -> VarlinkError {
    VarlinkError(name.fullName, Flush.ErrorParameters(message: message))
  }

  // MARK: Layers

  private struct Finding {
    var holding: Flush.Holding
    var detail: String?
    var reason: String?
  }

  /// The kernel tells of its key only when it is asked to remove it, and the controller is asked only while it is on.
  private func finding(
    _ layer: Flush.LayerName, _ device: String, on adapter: String, tellsKey: Bool
  ) async -> Finding {
    let isOn = await simulator.controller(adapter)?.isPowered == true
    switch layer {
    case .linkKey where !tellsKey:
      return Finding(holding: .unknown, reason: "The kernel does not tell which keys it holds.")
    case .linkKey where !isOn, .storedLinkKey where !isOn:
      return Finding(holding: .unknown, reason: "The adapter is off.")
    case .cache:
      let groups = await simulator.cacheGroups(of: device, on: adapter)
      return Finding(holding: groups == nil ? .absent : .present, detail: groups?.joined(separator: ", "))
    case .linkKey, .storedLinkKey, .bond:
      return Finding(holding: await simulator.holds(layer.remnant, of: device, on: adapter) ? .present : .absent)
    }
  }
}

extension Flush.LayerName {
  fileprivate var remnant: Remnant {
    switch self {
    case .linkKey: .linkKey
    case .storedLinkKey: .storedLinkKey
    case .bond: .bond
    case .cache: .cache
    }
  }
}

extension Flush.WatchReply {
  fileprivate init(_ news: LinkNews) {
    switch news {
    case .connected: self.init(event: .connected)
    case .disconnected(let reason): self.init(event: .disconnected, code: reason)
    case .connectFailed(let status): self.init(event: .connectFailed, code: status)
    case .authenticationFailed(let status): self.init(event: .authenticationFailed, code: status)
    case .keyRefused(let status): self.init(event: .keyRefused, code: status)
    }
  }
}
