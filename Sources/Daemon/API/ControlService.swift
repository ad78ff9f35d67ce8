internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

/// The methods of `org.mdrctl.Control`: parameters in, the daemon's parts asked, replies out. No policy of its own.
struct ControlService: Sendable {
  let loop: EventLoop
  let world: LiveWorld
  let history: BondHistory
  let preferences: Preferences
  let holds: Holds
  let examinationQueue: ExaminationQueue
  let searches: Searches
  let sessions: Sessions
  let operations: Operations
  let port: HostPort
  let recovery: Recovery
  let watches: Watches
  let questions: Questions
  let agent: PairingAgent
  let resolver: Resolver
  let selected: SelectedAdapter
  let monitors: MonitorHub
  let configuration: Configuration
  let advices: Advices
  let headsets: Headsets
  let backups: Backups
  let places: Examination.Places

  var mirror: BlueZMirror { world.mirror }

  /// The interface for the server.
  var interface: VarlinkInterface {
    VarlinkInterface(
      Control.interface, description: Control.description,
      methods: recorded(
        reading + controlling + operating + streaming + configuring + examining + holding + saving + calling + carrying
          + telling))
  }

  // MARK: Reading

  private var reading: [VarlinkMethod] {
    [
      serve(Control.status) { _, call, _ in await status(call.peer) },
      serve(Control.list) { parameters, _, _ throws(OperationError) in try await list(parameters) },
      serve(Control.show) { parameters, _, _ throws(OperationError) in
        var reply = try await reply(try await resolver.device(parameters.device, adapter: parameters.adapter).id)
        reply.device.lookUpProduct()
        return reply
      },
      serve(Control.audio) { parameters, call, _ throws(OperationError) in try await audio(parameters, call) },
    ]
  }

  private func status(_ peer: PeerCredentials) async -> Control.StatusReply {
    Control.StatusReply(
      version: Control.version, bluez: mirror.hasBlueZ, bluezVersion: mirror.bluezVersion,
      adapters: await adapters(),
      devices: await devices(mirror.allDevices.filter { $0.bonded || $0.connected }.map(\.id)),
      lost: lost(), unfinished: await unfinished(), trouble: trouble,
      configuration: await configuration.trouble, access: configuration.access(of: peer))
  }

  /// Why there is nothing to control at all.
  private var trouble: Trouble? {
    let error: OperationError? =
      if !mirror.hasBlueZ { .bluezMissing(mirror.absence) } else if mirror.allAdapters.isEmpty {
        .noAdapter(mirror.host)
      } else { nil }
    return error.map { Trouble(message: $0.message, evidence: $0.evidence, hint: $0.hint) }
  }

  private func list(_ parameters: Control.ListParameters) async throws(OperationError) -> Control.ListReply {
    let known =
      if let adapter = parameters.adapter { mirror.devices(of: try await resolver.adapter(adapter)) } else {
        mirror.allDevices
      }
    if !mirror.hasBlueZ { throw .bluezMissing(mirror.absence) }
    let wanted = known.filter { parameters.all == true || $0.bonded || $0.connected }
    let names = mirror.allAdapters.map(\.id.name).sorted()
    return Control.ListReply(devices: await devices(wanted.map(\.id)), adapters: names)
  }

  // MARK: Changing one thing

  private var controlling: [VarlinkMethod] {
    [
      serve(Control.trust) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        return try await apply(.trust(id, parameters.trusted), to: id)
      },
      serve(Control.block) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        return try await apply(.block(id, parameters.blocked), to: id)
      },
      serve(Control.rename) { parameters, _, _ throws(OperationError) in
        try checkAlias(parameters.alias)
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        return try await apply(.rename(id, parameters.alias), to: id)
      },
      serve(Control.power) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.adapter(parameters.adapter)
        let change = ChangeOperation(.power(id, parameters.powered))
        _ = try await operations.run(change, on: [.adapter(id)], endsWithCaller: false)
        return try await reply(adapter: id)
      },
      serve(Control.selectAdapter) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.adapter(parameters.adapter)
        var notStored: String?
        if let address = mirror.address(of: id) { notStored = await selected.select(address) }
        var reply = try await reply(adapter: id)
        reply.notStored = notStored
        return reply
      },
      serve(Control.answer) { parameters, call, _ throws(OperationError) in
        let answer = Questions.Answer(accept: parameters.accept, value: parameters.value)
        try await questions.answer(parameters.question, answer, from: call.peer.uid)
        return Control.NoReply()
      },
    ]
  }

  private func apply(
    _ change: ChangeOperation.Change, to id: DeviceID
  ) async throws(OperationError) -> Control.DeviceReply {
    _ = try await operations.run(ChangeOperation(change), on: [.device(id)], endsWithCaller: false)
    return try await reply(id)
  }

  /// BlueZ stores the alias in an INI file and shows it to every program: one line of text, at most 248 bytes, the
  /// length of a Bluetooth name (baseband specification, Local Name).
  private func checkAlias(_ alias: String) throws(OperationError) {
    guard alias.utf8.count <= DeviceQuery.longestText, alias.isEmpty || showsSomething(alias),
      alias.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw OperationError(
        .invalidArgument, "That is no name for a device.",
        hint: "A name is one line of at most 248 bytes, without control characters, and shows something.")
    }
  }

  // MARK: Operations

  private var operating: [VarlinkMethod] {
    [
      serve(Control.pair) { parameters, call, replies throws(OperationError) in
        try await pair(parameters, call, replies)
      },
      serve(Control.connect) { parameters, _, replies throws(OperationError) in
        try await connect(parameters, replies)
      },
      serve(Control.disconnect) { parameters, _, replies throws(OperationError) in
        try await disconnect(parameters, replies)
      },
      serve(Control.forget) { parameters, _, replies throws(OperationError) in try await forget(parameters, replies) },
      serve(Control.planForget) { parameters, _, replies throws(OperationError) in
        try await forget(parameters, isPlan: true, replies)
      },
      serve(Control.planRepair) { parameters, _, replies throws(OperationError) in
        try await planRepair(parameters, replies)
      },
      serve(Control.repair) { parameters, call, replies throws(OperationError) in
        try await repair(parameters, call, replies)
      },
      serve(Control.fix) { parameters, call, replies throws(OperationError) in
        try await fix(parameters, call, replies)
      },
      serve(Control.planFix) { parameters, _, replies throws(OperationError) in try await planFix(parameters, replies)
      },
      serve(Control.profile) { parameters, call, replies throws(OperationError) in
        try await profile(parameters, call, replies)
      },
      serve(Control.codec) { parameters, call, replies throws(OperationError) in
        try await codec(parameters, call, replies)
      },
      serve(Control.cache) { parameters, _, _ throws(OperationError) in try await cache(parameters) },
      serve(Control.wait) { parameters, _, replies throws(OperationError) in try await wait(parameters, replies) },
    ]
  }

  private func connect(
    _ parameters: Control.ConnectParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let limit = try duration(parameters.timeout, atLeast: .milliseconds(1)) ?? configuration.values.connect
    let operation = ConnectOperation(id, limit: limit, restart: try restart(parameters.restartSound))
    return try await run(operation, on: [.device(id)], replies)
  }

  /// Whether who connects has the sound server restarted, from what he wants and what the configuration lets him.
  func restart(_ isWanted: Bool?) throws(OperationError) -> ConnectOperation.Restart {
    switch (configuration.values.restart, isWanted) {
    case (.never, true?):
      throw OperationError(
        .invalidArgument, "The sound server may not be restarted.", evidence: "mdrctl.conf has [Sound] Restart=never.",
        hint: "Connect without it, or change that key; mdrctl config shows where it stands.")
    case (.never, _): .never
    case (_, true?): .now
    case (.auto, nil): .late
    case (.ask, _), (.auto, false?): .offered
    }
  }

  private func disconnect(
    _ parameters: Control.DeviceParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    return try await run(ChangeOperation(.disconnect(id)), on: [.device(id)], endsWithCaller: false, replies)
  }

  private func wait(
    _ parameters: Control.WaitParameters, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let limit = try duration(parameters.timeout)
    let name = parameters.adapter
    // What is not there yet is waited for; but not an adapter that is none of those that are.
    if mirror.hasBlueZ, !mirror.allAdapters.isEmpty { _ = try await resolver.adapter(name) }
    let state = parameters.state
    // What is not there yet is waited for, and one that is to be paired need not be known.
    let isEarly = !mirror.hasBlueZ || mirror.allAdapters.isEmpty
    let mustBeKnown = parameters.device == nil || !isEarly && state != .paired
    let found = mustBeKnown ? try await resolver.device(parameters.device, adapter: name).id : nil
    let query = try Resolver.query(parameters.device ?? found?.address.description ?? "")
    let operation = WaitOperation(
      query, on: { [resolver] in resolver.adaptersNow(name) }, found: found, state: state, limit: limit)
    return try await run(operation, on: [], replies)
  }

  private func pair(
    _ parameters: Control.PairParameters, _ call: Call, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    let adapter = try await resolver.adapter(parameters.adapter)
    let asks = parameters.ask == true && call.wantsMore
    let options = PairOperation.Options(
      adapter: adapter, query: try parameters.device.map(Resolver.query),
      searchLimit: try searchTime(parameters.timeout) ?? configuration.values.pair,
      capability: Self.capability(asks: asks, confirms: parameters.confirm))
    // Two pairings would share the one agent of our connection, so there is one at a time.
    return try await run(
      PairOperation(options), on: [.pairing], through: pairingPort(asks: asks, call, replies), makesBond: true, replies)
  }

  static func capability(asks: Bool, confirms: Bool?) -> AgentCapability {
    asks ? .interactive : confirms == true ? .confirming : .none
  }

  /// The port of a pairing that this caller started.
  func pairingPort(asks: Bool, _ call: Call, _ replies: Replies<Control.OperationReply>) -> HostPort {
    let ask: @Sendable (Question) -> Void = { replies.send(Control.OperationReply(question: $0)) }
    return port.lending(agent.lease(for: PairingAgent.Person(uid: call.peer.uid, ask: asks ? ask : nil)))
  }

  /// Runs an operation, sends its progress, and answers with its outcome. A bond that it made is looked for on the disk.
  /// `known` is what was known of its device before, which the operation may have BlueZ forget.
  func run(
    _ operation: some Operation, on subjects: Set<Subject>, endsWithCaller: Bool = true,
    through port: HostPort? = nil, makesBond: Bool = false, knowing known: Interface.Device? = nil,
    noting note: @escaping @Sendable (Report) -> Void = { _ in }, _ replies: Replies<Control.OperationReply>
  ) async throws(OperationError) -> Control.OperationReply {
    await recovery.makeWay(for: subjects)
    var outcome = try await operations.run(
      operation, on: subjects, endsWithCaller: endsWithCaller, through: port
    ) { report in
      // The helper starts while BlueZ connects.
      if makesBond, report.stage == .connecting { self.port.helper.assumeIsolated { $0.prepare() } }
      note(report)
      var progress = Progress(report, of: known, in: mirror)
      if report.awaited?.deed == .initialize, let address = report.awaited?.device?.address {
        progress.awaited?.saved = backups.assumeIsolated { $0.all(of: address).first?.backup.time }
      }
      replies.send(Control.OperationReply(progress: progress))
    }
    if makesBond, let id = outcome.device, let bonded = mirror.device(id), bonded.bonded {
      let answer = await self.port.helper.inspect(id, StoredBond.layers)
      outcome.proofs = StoredBond.proofs(outcome.proofs, of: id, answer)
      if let verdict = StoredBond.verdict(on: bonded, answer) { noteVerdict(verdict, of: id) }
    }
    var reply = Control.OperationReply()
    if let id = outcome.device { reply.device = await device(id) }
    if !outcome.proofs.isEmpty { reply.proofs = outcome.proofs.map { Proof($0) { mirror.told($0) } } }
    if !outcome.removed.isEmpty { reply.removed = outcome.removed.map(Interface.Device.init(removed:)) }
    if !outcome.layers.isEmpty { reply.layers = outcome.layers.map(Layer.init) }
    if !outcome.plan.isEmpty { reply.plan = outcome.plan }
    if !outcome.ladder.isEmpty { reply.ladder = outcome.ladder.map(Interface.LadderStep.init) }
    return reply
  }

  private func noteVerdict(_ verdict: Core.Verdict, of id: DeviceID) {
    guard let key = mirror.key(of: id), let alias = mirror.device(id)?.alias else { return }
    history.assumeIsolated { $0.found(verdict, key, alias: alias) }
  }

  // MARK: Streams

  private var streaming: [VarlinkMethod] {
    [
      serve(Control.scan) { parameters, _, replies throws(OperationError) in try await scan(parameters, replies) },
      serve(Control.monitor) { _, _, replies in await monitor(replies) },
    ]
  }

  private func scan(
    _ parameters: Control.ScanParameters, _ replies: Replies<Control.ScanReply>
  ) async throws(OperationError) -> Control.ScanReply {
    let adapter = try await resolver.adapter(parameters.adapter)
    let limit = try duration(parameters.timeout, atLeast: .milliseconds(1)) ?? configuration.values.scan
    let sight = ScanFeed(of: adapter, in: world) { event, device in
      replies.send(Control.ScanReply(event: event, device: device))
    }
    let observation = mirror.observe { change in sight.assumeIsolated { $0.see(change) } }
    defer { observation.end() }
    _ = try await operations.run(ScanOperation(on: adapter, limit: limit), on: []) { _ in
      sight.assumeIsolated { $0.open() }
    }
    return Control.ScanReply(event: .finished)
  }

  /// Sends everything, then the changes, until the client leaves.
  private func monitor(_ replies: Replies<Control.MonitorReply>) async -> Control.MonitorReply {
    let number = await monitors.join { replies.send($0) }
    await UntilCancelled(loop: loop).wait()
    await monitors.leave(number)
    return Control.MonitorReply(event: .state)
  }

  // MARK: Replies

  func reply(_ id: DeviceID) async throws(OperationError) -> Control.DeviceReply {
    guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
    return Control.DeviceReply(device: device)
  }

  private func reply(adapter id: AdapterID) async throws(OperationError) -> Control.AdapterReply {
    guard let adapter = await adapters().first(where: { $0.name == id.name }) else { throw .noAdapter(mirror.host) }
    return Control.AdapterReply(adapter: adapter)
  }

  func device(_ id: DeviceID) async -> Interface.Device? { shown(id) }

  /// In one go, on the loop: so a list of many devices is made at once, and as many of them as clients ask for are not all
  /// half made at a time.
  private func shown(_ id: DeviceID) -> Interface.Device? {
    var device = world.wireDevice(id)
    device?.operation = operations.assumeIsolated { $0.running(on: id) }
    device?.standing = standing(of: id)
    return device
  }

  private func devices(_ ids: [DeviceID]) async -> [Interface.Device] {
    ids.compactMap(shown).sorted { left, right in
      guard left.adapter == right.adapter else { return left.adapter < right.adapter }
      return left.alias.hasSameBytes(as: right.alias)
        ? left.address < right.address : left.alias.precedes(right.alias)
    }
  }

  private func adapters() async -> [Interface.Adapter] {
    let chosen = resolver.defaultAdapter
    return mirror.allAdapters.compactMap { mirror.wireAdapter($0.id, selected: $0.id == chosen) }
      .sorted { $0.name < $1.name }
  }

  /// A time of the caller's. One that is of no use here, or one beyond a day, is a mistake. Zero looks once.
  func duration(_ milliseconds: Int?, atLeast least: Duration = .zero) throws(OperationError) -> Duration? {
    guard let milliseconds else { return nil }
    let least = Int(least / .milliseconds(1))
    guard (least...86_400_000).contains(milliseconds) else {
      throw OperationError(
        .invalidArgument, "\(milliseconds) ms is no usable time here.",
        hint: "A time for this is between \(least) and 86400000 ms (one day).")
    }
    return .milliseconds(milliseconds)
  }

  /// A method with its handler; what the handler throws is told as errors of the interface. `longestText` is how many
  /// bytes a text of its parameters may have, where that is more than a name has.
  func serve<Parameters: Decodable & SendableMetatype, Reply: Encodable & SendableMetatype>(
    _ signature: Signature<Parameters, Reply>, longestText: Int? = nil,
    _ handler: @escaping @Sendable (Parameters, Call, Replies<Reply>) async throws(OperationError) -> Reply
  ) -> VarlinkMethod {
    let terms = MethodTerms {
      $0.needsMore = signature.replies == .untilLeft
      $0.goesOn = signature.goesOn
      if let longestText { $0.longestText = longestText }
    }
    return .stream(signature.method.rawValue, terms) {
      (parameters: Parameters, call, replies: Replies<Reply>) throws(VarlinkError) in
      do throws(OperationError) { return try await handler(parameters, call, replies) } catch {
        throw error.onWire { mirror.told($0) }
      }
    }
  }
}
