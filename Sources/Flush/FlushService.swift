internal import BlueZ
internal import DBus
package import EventLoop
internal import Interface
package import Service
package import Varlink
internal import Vocabulary

/// Serves `org.mdrctl.Flush`.
package struct FlushService: Sendable {
  private let loop: EventLoop
  private let log: Log
  private let bus: BusAddress
  private let question: LazyQuestion
  private let adapterIndex: @Sendable (Address) throws(SystemError) -> Int
  private let stores: [Flush.LayerName: any Store]
  private let endLink: @Sendable (Subject) throws(SystemError) -> Management.Status

  /// On this computer.
  package init(loop: EventLoop, log: Log) {
    let files = BlueZFiles()
    self.init(
      loop: loop, log: log, bus: .system(), adapterIndex: Adapters.index,
      stores: [
        .linkKey: KernelKey(), .storedLinkKey: ControllerMemory(), .bond: BondDirectory(files: files),
        .cache: CacheFile(files: files),
      ], endLink: KernelLink.end)
  }

  /// On what a test provides.
  init(
    loop: EventLoop, log: Log, bus: BusAddress,
    adapterIndex: @escaping @Sendable (Address) throws(SystemError) -> Int,
    stores: [Flush.LayerName: any Store],
    endLink: @escaping @Sendable (Subject) throws(SystemError) -> Management.Status
  ) {
    self.loop = loop
    self.log = log
    self.bus = bus
    question = LazyQuestion(bus, on: loop)
    self.adapterIndex = adapterIndex
    self.stores = stores
    self.endLink = endLink
  }

  /// Does beforehand what a removal will need. The daemon starts the helper some time before it asks, and that time is
  /// free; who watches a link needs none of it, and waits for the helper.
  package func prepare() { question.assumeIsolated { _ = $0.begin() } }

  /// When nobody asks any more.
  package func close() async { await question.close() }

  package var interface: VarlinkInterface {
    VarlinkInterface(
      Flush.interface, description: Flush.description,
      methods: [
        .method(Flush.Method.inspect.rawValue) { (parameters: Flush.LayersParameters, _) throws(VarlinkError) in
          try inspect(parameters)
        },
        .method(Flush.Method.flush.rawValue) { (parameters: Flush.LayersParameters, _) throws(VarlinkError) in
          try await flush(parameters)
        },
        .method(Flush.Method.disconnect.rawValue) { (parameters: Flush.DeviceParameters, _) throws(VarlinkError) in
          try disconnect(parameters)
        },
        .stream(Flush.Method.watch.rawValue, .needsMore) {
          (parameters: Flush.DeviceParameters, _, replies: Replies<Flush.WatchReply>) throws(VarlinkError) in
          try await watch(parameters, replies)
        },
        .method(Flush.Method.clients.rawValue) { (_: NoParameters, _) throws(VarlinkError) in try await clients() },
      ])
  }

  // MARK: Methods

  private func inspect(_ parameters: Flush.LayersParameters) throws(VarlinkError) -> Flush.LayersReply {
    let names = try layers(parameters)
    let subject = try subject(parameters.adapter, parameters.device)
    let layers = names.map { name in
      let finding = store(name).inspect(subject)
      return Flush.Layer(name, finding, after: finding.holding, reason: finding.reason)
    }
    report("Inspect", subject, Self.summary(layers))
    return Flush.LayersReply(layers: layers)
  }

  private func flush(_ parameters: Flush.LayersParameters) async throws(VarlinkError) -> Flush.LayersReply {
    let names = try layers(parameters)
    let subject = try subject(parameters.adapter, parameters.device)
    let question = await question.begin().value
    var layers: [Flush.Layer] = []
    // Asked anew after each removal, which took a while.
    var isAnswered = false
    for name in names {
      if !isAnswered, let obstacle = await question.obstacle(to: subject) {
        guard !layers.isEmpty else {
          report("Flush", subject, "refused: \(obstacle.sentence)")
          throw VarlinkError(obstacle.name, obstacle.sentence)
        }
        let finding = store(name).inspect(subject)
        layers.append(Flush.Layer(name, finding, after: finding.holding, reason: obstacle.sentence))
        continue
      }
      let removal = store(name).flush(subject)
      isAnswered = removal.before.holding == .absent
      layers.append(Flush.Layer(name, removal.before, after: removal.after, reason: removal.reason))
    }
    report("Flush", subject, Self.summary(layers))
    return Flush.LayersReply(layers: layers)
  }

  private func disconnect(_ parameters: Flush.DeviceParameters) throws(VarlinkError) -> NoParameters {
    let subject = try subject(parameters.adapter, parameters.device)
    let status: Management.Status
    do throws(SystemError) { status = try endLink(subject) } catch {
      report("Disconnect", subject, "failed: \(error)")
      throw VarlinkError(.refused, "The kernel was not asked, or did not answer: \(error).")
    }
    report("Disconnect", subject, "\(status)")
    switch status {
    case .success: return NoParameters()
    case .notConnected, .disconnected: throw VarlinkError(.notConnected, "The device has no link over BR/EDR.")
    default: throw VarlinkError(.refused, "The kernel refused: \(status).")
    }
  }

  private func watch(
    _ parameters: Flush.DeviceParameters, _ replies: Replies<Flush.WatchReply>
  ) async throws(VarlinkError) -> Flush.WatchReply {
    let subject = try subject(parameters.adapter, parameters.device)
    do throws(SystemError) {
      report("Watch", subject, "began")
      try await LinkEvents.follow(subject, on: loop) { replies.send($0) }
      // The caller has left: nobody reads this.
      return Flush.WatchReply(event: .watching)
    } catch {
      report("Watch", subject, "failed: \(error)")
      throw VarlinkError(.refused, "The kernel's Bluetooth events cannot be watched: \(error).")
    }
  }

  private func clients() async throws(VarlinkError) -> Flush.ClientsReply {
    do throws(DBusError) { return Flush.ClientsReply(names: try await WatchedClients.names(on: bus, loop: loop)) } catch
    {
      log.info("Clients: failed: \(error.description)")
      throw VarlinkError(.refused, "The bus does not tell it: \(error.description).")
    }
  }

  // MARK: Input

  private func layers(_ parameters: Flush.LayersParameters) throws(VarlinkError) -> [Flush.LayerName] {
    do throws(UnacceptableInput) { return try parseLayers(parameters.layers) } catch {
      throw VarlinkError(.invalidInput, error.message)
    }
  }

  private func subject(_ adapter: String, _ device: String) throws(VarlinkError) -> Subject {
    let addresses: (adapter: Address, device: Address)
    do throws(UnacceptableInput) {
      addresses = (try parseAddress(adapter, of: "adapter"), try parseAddress(device, of: "device"))
    } catch { throw VarlinkError(.invalidInput, error.message) }
    do throws(SystemError) {
      return Subject(
        adapter: addresses.adapter, device: addresses.device, index: try adapterIndex(addresses.adapter))
    } catch {
      throw VarlinkError(.noAdapter, "This computer has no adapter with that address: \(error).")
    }
  }

  private func store(_ name: Flush.LayerName) -> any Store {
    guard let store = stores[name] else { preconditionFailure("the layer \(name) has no store") }
    return store
  }

  // MARK: Log

  private static func summary(_ layers: [Flush.Layer]) -> String {
    layers.map { layer in
      let change = layer.after == layer.before ? "" : ", then \(layer.after)"
      return "\(layer.layer) \(layer.before)\(change)" + (layer.reason.map { " (\($0))" } ?? "")
    }.joined(separator: "; ")
  }

  /// One line for each call, without whole addresses.
  private func report(_ method: String, _ subject: Subject, _ result: String) {
    log.info(
      "\(method): \(result)", ["adapter": subject.adapter.description, "device": subject.device.description])
  }
}

extension Flush.Layer {
  fileprivate init(_ layer: Flush.LayerName, _ before: Finding, after: Flush.Holding, reason: String?) {
    self.init(
      layer: layer, before: before.holding, after: after, detail: before.detail, reason: reason, hasKey: before.hasKey)
  }
}

extension VarlinkError {
  fileprivate init(_ name: Flush.ErrorName, _ message: String) {
    self.init(name.fullName, Flush.ErrorParameters(message: message))
  }
}

/// The question of bluetoothd, which needs a connection to the bus: opened when it is first of use.
private actor LazyQuestion: LoopActor {
  nonisolated let loop: EventLoop
  private let bus: BusAddress
  private var opening: Task<DeviceQuestion, Never>?

  init(_ bus: BusAddress, on loop: EventLoop) {
    self.loop = loop
    self.bus = bus
  }

  func begin() -> Task<DeviceQuestion, Never> {
    let (bus, loop) = (bus, loop)
    let task = opening ?? loop.spawn { await DeviceQuestion.open(bus, on: loop) }
    opening = task
    return task
  }

  func close() async { if let opening { await opening.value.close() } }
}
