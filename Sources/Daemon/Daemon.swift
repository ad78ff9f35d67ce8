internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Glibc
internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Service
internal import Varlink
internal import Vocabulary

// The Daemon layer: joins BlueZ, Core, Interface and Varlink. Everything runs on the loop's one thread.

/// Runs `mdrctld` until it is told to stop, then ends the process.
package func runDaemon() -> Never {
  // Without /dev/null there is nowhere to complain to either.
  try? ProcessAttributes.occupyStandardDescriptors()
  daemonArguments.answerAndExit()
  let settings = Environment()
  if CommandLine.arguments.dropFirst().first == "--reload" { exit(reload(at: settings.socketPath)) }
  let log = Log(least: settings.isVerbose ? .debug : .info)
  let loop = EventLoop()
  do {
    try ProcessAttributes.forbidDumps()
  } catch {
    log.warning("core dumps of this process cannot be forbidden", ["error": "\(error)"])
  }
  for fault in Catalogue.faults(in: settings.modelsDirectory) {
    log.warning("a file of models is not used", ["fault": fault.description])
  }
  let daemon = Daemon(loop: loop, settings: settings, log: log)
  loop.spawn { exit(await daemon.run()) }
  loop.run()
  preconditionFailure("the loop ended before the daemon")
}

/// The parts of the daemon and their life.
private actor Daemon: LoopActor {
  nonisolated let loop: EventLoop
  private nonisolated let settings: Environment
  private nonisolated let log: Log
  private let configuration: Configuration
  private let tree: ObjectTree
  private let mirror: BlueZMirror
  private let port: BlueZPort
  private let history: BondHistory
  private let helper: HelperPort
  private let bondObserver: BondObserver
  private let recovery: Recovery
  private let sessions: Sessions
  private let watches: Watches
  private let monitors: MonitorHub
  private let holds: Holds
  private let recorder: Recorder
  private let chronicle: Chronicle
  private let logins: Logins
  private let operations: Operations
  private let headsets: Headsets
  private let words: HeadsetWords
  private let sleep: Sleep
  private let searches: Searches
  private let notices: Notices
  private let agent: PairingAgent
  private let bus: Bus
  private let server: VarlinkServer
  private var listener: Int32 = -1
  private var isServing = false
  private var opening: TimerToken?
  /// What is the trouble with the bus, as it was said.
  private var trouble: DBusError?
  private var isStopping = false
  private var stopped: CheckedContinuation<Void, Never>?

  /// How long clients wait for the daemon to know what there is; then they are told that it does not know yet.
  private static let patience = Duration.seconds(10)
  /// How long running operations may take to put things back when the daemon stops.
  private static let grace = Duration.seconds(5)

  init(loop: EventLoop, settings: Environment, log: Log) {
    self.loop = loop
    self.settings = settings
    self.log = log
    configuration = Configuration(
      loop: loop, directory: settings.configurationDirectory,
      verboseVariable: settings.isVerbose ? Environment.verboseVariable : nil, log: log)
    tree = ObjectTree(on: loop)
    let journal = Journal(loop: loop, directory: settings.stateDirectory, log: log)
    history = BondHistory(loop: loop, directory: settings.stateDirectory, boot: settings.bootID, log: log)
    sessions = Sessions(loop: loop, log: log)
    let preferences = Preferences(loop: loop, directory: settings.stateDirectory, log: log)
    mirror = BlueZMirror(tree: tree)
    holds = Holds(loop: loop, directory: settings.stateDirectory, log: log)
    words = HeadsetWords(loop: loop)
    let world = LiveWorld(
      mirror, journal: journal, history: history, preferences: preferences, sessions: sessions, holds: holds,
      words: words, rules: { [configuration] in configuration.values.calls })
    recorder = Recorder(loop: loop, directory: settings.stateDirectory, boot: settings.bootID, log: log)
    let names = RecordedNames(loop: loop, directory: settings.stateDirectory, log: log)
    chronicle = Chronicle(world: world, history: history, names: names, recorder: recorder)
    port = BlueZPort(loop: loop, tree: tree, journal: journal, log: log)
    helper = HelperPort(loop: loop, path: settings.flushSocketPath, mirror: mirror, log: log)
    let host = HostPort(
      bluez: port, helper: helper, journal: journal, history: history, sessions: sessions, world: world,
      chronicle: chronicle)
    operations = Operations(loop: loop, world: world, port: host, log: log)
    bondObserver = BondObserver(
      loop: loop, world: world, history: history, journal: journal, port: host, log: log)
    recovery = Recovery(loop: loop, world: world, journal: journal, operations: operations, port: host, log: log)
    let called = CalledLogins(loop: loop, directory: settings.stateDirectory, boot: settings.bootID, log: log)
    watches = Watches(
      loop: loop, world: world, sessions: sessions, history: history, called: called, holds: holds,
      operations: operations, port: host, log: log)
    logins = Logins(on: loop)
    sleep = Sleep(loop: loop, log: log)
    let questions = Questions(loop: loop)
    agent = PairingAgent(loop: loop, mirror: mirror, questions: questions)
    bus = Bus(.system(override: settings.busAddress), on: loop)
    headsets = Headsets(
      mirror: mirror, words: words, idle: { [configuration] in configuration.values.headset }, log: log)
    let selected = SelectedAdapter(loop: loop, directory: settings.stateDirectory, log: log)
    let mayControl: @Sendable (PeerCredentials) -> Bool = { [configuration] in configuration.mayControl($0) }
    let resolver = Resolver(world: world, history: history, journal: journal, selected: selected)
    monitors = MonitorHub(resolver: resolver, headsets: headsets)
    searches = Searches(mirror: mirror, port: port)
    notices = Notices(world: world, sessions: sessions) { [configuration] in configuration.values.notices }
    let service = ControlService(
      loop: loop, world: world, history: history, preferences: preferences, holds: holds,
      examinationQueue: ExaminationQueue(loop: loop), searches: searches, sessions: sessions,
      operations: operations, port: host, recovery: recovery, watches: watches,
      questions: questions, agent: agent, resolver: resolver, selected: selected,
      monitors: monitors, configuration: configuration,
      advices: Advices(loop: loop, directory: settings.stateDirectory, log: log), headsets: headsets,
      backups: Backups(loop: loop, directory: settings.stateDirectory, log: log),
      places: Examination.Places(
        root: settings.root, state: settings.stateDirectory, helper: settings.flushSocketPath,
        models: settings.modelsDirectory))
    let sessionService = SessionService(sessions: sessions) { [configuration] in configuration.names($0) }
    server = VarlinkServer(
      loop: loop,
      identity: ServiceIdentity(
        vendor: "mdrctl", product: "mdrctld", version: Control.version, url: "file:///usr/share/doc/mdrctl/README.md"),
      interfaces: [service.interface, sessionService.interface],
      authoriser: Authorisation.table(mayControl: mayControl), hasPriority: mayControl)
  }

  /// Serves until ``stop()``; returns the exit status.
  func run() async -> Int32 {
    do throws(SystemError) {
      try Signals.handle([.terminate, .interrupt, .hangup], on: loop) { signal in
        self.assumeIsolated { $0.take(signal) }
      }
    } catch {
      return failure("signals cannot be handled: \(error)")
    }
    if let inherited = ServiceManager.listeners().first {
      guard UnixSocket.isListener(inherited) else {
        return failure("the socket that was passed is not a Unix listener")
      }
      do throws(SystemError) {
        // systemd passes it blocking, and an accept that waits would stop everything.
        try UnixSocket.setBlocking(inherited, false)
      } catch {
        return failure("the socket that was passed cannot be used: \(error)")
      }
      await serve(on: inherited)
      return 0
    }
    let socket: ServerSocket
    do throws(ServerSocketError) {
      socket = try ServerSocket.listen(at: settings.socketPath, mode: 0o666)
    } catch {
      return failure(error.sentence(settings.socketPath))
    }
    await serve(on: socket.descriptor)
    socket.remove()
    return 0
  }

  /// A terminal that goes away is no reason for a service to end; to a daemon the signal means to read its configuration.
  private func take(_ signal: Signal) {
    switch signal {
    case .hangup: configuration.assumeIsolated { $0.reload() }
    case .interrupt, .terminate: stop()
    }
  }

  /// Ends the daemon: what runs is cancelled and puts things back first.
  private func stop() {
    isStopping = true
    stopped?.resume()
    stopped = nil
  }

  private func serve(on listener: Int32) async {
    self.listener = listener
    observe()
    await operations.onVerdict { [bondObserver] id, verdict in
      bondObserver.assumeIsolated { $0.note(verdict, of: id) }
    }
    await operations.onNews { [watches] event in watches.assumeIsolated { $0.take(event) } }
    await watches.onVerdict { [bondObserver] id, verdict in
      bondObserver.assumeIsolated { $0.noteUnasked(verdict, of: id) }
    }
    await sessions.onChange { self.assumeIsolated { $0.soundChanged() } }
    await sessions.onRelease { [watches] user, devices in
      watches.assumeIsolated { $0.take(.loggedOut(user: user, devices)) }
    }
    await history.onForget { [holds, chronicle] key in
      holds.assumeIsolated { $0.forget(key) }
      chronicle.assumeIsolated { $0.forgot(key) }
    }
    _ = await history.observe { [history, chronicle] key in
      let finding = history.assumeIsolated { $0[key]?.finding }
      chronicle.assumeIsolated { $0.found(finding, key) }
      self.assumeIsolated { $0.look(at: key) }
    }
    await recorder.keep(configuration.values.historySize)
    await chronicle.begin(version: Control.version)
    await holds.onChange { [watches, mirror] key in
      guard let id = mirror.device(at: key) else { return }
      watches.assumeIsolated { $0.holdChanged(on: id) }
      self.assumeIsolated { $0.look(at: key) }
    }
    await words.onChange { id in self.assumeIsolated { $0.headsetSaid(id) } }
    await configuration.onReload { self.assumeIsolated { $0.configurationChanged() } }
    await logins.follow { [sessions] in sessions.assumeIsolated { $0.loginsChanged() } }
    await sleep.observe {
      self.assumeIsolated { $0.computerSleeps() }
    } resume: { [watches, chronicle] in
      chronicle.assumeIsolated { $0.record(Recorded(.resumed)) }
      watches.assumeIsolated { $0.take(.resumed) }
    }
    await operations.onEnd { [recovery] in recovery.assumeIsolated { $0.takeUpPostponed() } }
    await helper.onLink { id, event in self.assumeIsolated { $0.take(event, of: id) } }
    await agent.onUnanswered { words in
      self.loop.spawn { await self.operations.tellPairing(.unanswered(words)) }
    }
    let connecting = loop.spawn { [bus] in await bus.run() }
    let following = loop.spawn { await self.follow() }
    opening = loop.schedule(after: Self.patience) { self.assumeIsolated { $0.open() } }
    ServiceManager.feedWatchdog(on: loop)
    if !isStopping { await withCheckedContinuation { stopped = $0 } }
    ServiceManager.stopping()
    await operations.cancelAll(within: Self.grace)
    await watches.stop()
    await headsets.stop()
    await server.shutDown(grace: .zero)
    await history.write()
    await chronicle.record(Recorded(.stopped))
    await recorder.write()
    connecting.cancel()
    await following.value
  }

  /// Follows the bus as it comes and goes.
  private func follow() async {
    for await event in bus.events {
      switch event {
      case .up(let connection):
        do throws(DBusError) {
          try await tree.follow(connection)
          trouble = nil
        } catch {
          complain("the system bus does not do what it is asked; mdrctld tries again", error)
          // The next connection is tried after a while, and has all of it.
          await connection.close()
        }
        loop.spawn { [sleep] in await sleep.follow(connection) }
        // With BlueZ there, its objects are still to come.
        if !mirror.hasOwner { open() }
      case .down(let reason):
        await tree.noteBus(reason)
        complain("the system bus is not there; mdrctld tries again", reason)
        open()
      }
    }
  }

  /// Says once what is the trouble with the bus, however often that is found.
  private func complain(_ sentence: String, _ error: DBusError) {
    guard trouble == nil else { return }
    trouble = error
    log.warning(sentence, ["error": error.description])
  }

  private func observe() {
    tree.assumeIsolated { tree in
      _ = tree.observe { change in self.assumeIsolated { $0.take(change) } }
    }
  }

  private func take(_ change: TreeChange) {
    // A discovery tells the strength of a thousand devices again and again; only operations look at it.
    if case .deviceChanged(let old, let new) = change, new.isHeardAgain(since: old) {
      return operations.assumeIsolated { $0.tellAll(.deviceChanged(DeviceID(new))) }
    }
    switch change {
    case .bluezReady:
      trouble = nil
      log.info("BlueZ is there", ["version": mirror.bluezVersion ?? "unknown"])
      open()
    case .bluezUnreadable(let error):
      complain("BlueZ does not tell its objects; mdrctld asks again", error)
      open()
    case .bluezVanished:
      if !isStopping { log.notice("BlueZ went away") }
      port.assumeIsolated { $0.bluezVanished() }
    case .adapterRemoved(let adapter):
      port.assumeIsolated { $0.adapterVanished(AdapterID(adapter.path.lastElement)) }
    case .adapterChanged(let old, let new):
      if old.powered, !new.powered { port.assumeIsolated { $0.adapterStopped(AdapterID(new.path.lastElement)) } }
    case .deviceDisconnected(let device, let reason): take(.disconnected(reason.link), of: DeviceID(device))
    default: break
    }
    if !isStopping { chronicle.assumeIsolated { $0.take(change) } }
    bondObserver.assumeIsolated { $0.take(change) }
    recovery.assumeIsolated { $0.take(change) }
    headsets.assumeIsolated { $0.take(change) }
    searches.assumeIsolated { $0.take(change) }
    watches.assumeIsolated { $0.take(change) }
    guard let change = BlueZChange(change) else { return }
    operations.assumeIsolated { $0.tellAll(change.event) }
    switch change {
    case .deviceChanged(let id), .deviceRemoved(let id): notices.assumeIsolated { $0.look(at: id) }
    default: break
    }
  }

  /// A headset said something of itself that policy goes by, or what it said is not how it is now any more.
  private func headsetSaid(_ id: DeviceID) {
    watches.assumeIsolated { $0.take(.deviceChanged(id)) }
    monitors.assumeIsolated { $0.batteryChanged(id) }
    notices.assumeIsolated { $0.look(at: id) }
  }

  /// What is kept of a bond is another.
  private func look(at key: BondKey) {
    guard let id = mirror.device(at: key) else { return }
    notices.assumeIsolated { $0.look(at: id) }
  }

  private func take(_ event: LinkEvent, of id: DeviceID) {
    chronicle.assumeIsolated { $0.take(event, of: id) }
    watches.assumeIsolated { $0.take(.link(id, event)) }
    operations.assumeIsolated { $0.tellAll(.link(id, event)) }
  }

  private func computerSleeps() {
    watches.assumeIsolated { $0.take(.sleeping) }
    chronicle.assumeIsolated { $0.record(Recorded(.slept)) }
    recorder.assumeIsolated { $0.write() }
    history.assumeIsolated { $0.write() }
  }

  /// The followed session, or what it has, is another one.
  private func soundChanged() {
    chronicle.assumeIsolated { $0.soundChanged() }
    watches.assumeIsolated { $0.soundChanged() }
    operations.assumeIsolated { $0.tellAll(.soundChanged) }
    monitors.assumeIsolated { $0.soundChanged() }
    notices.assumeIsolated { $0.lookAtAll() }
  }

  /// Starts to accept clients, once what there is to know is known.
  private func open() {
    guard !isServing, !isStopping else { return }
    isServing = true
    if let opening { loop.cancel(opening) }
    opening = nil
    let listener = listener
    do {
      try server.assumeIsolated { try $0.listen(on: listener) }
      ServiceManager.ready(status)
    } catch {
      log.error("the socket cannot be watched", ["error": "\(error)"])
      stop()
    }
  }

  /// One line for `systemctl status`.
  private var status: String {
    let fault = configuration.assumeIsolated { $0.faults.first }
    return fault.map { "Serving; the configuration is not acceptable: \($0.place)" } ?? "Serving"
  }

  private func configurationChanged() {
    let isAccepted = configuration.assumeIsolated { $0.faults.isEmpty }
    chronicle.assumeIsolated { $0.record(Recorded(.configured, word: isAccepted ? nil : "refused")) }
    recorder.assumeIsolated { [configuration] in $0.keep(configuration.values.historySize) }
    sessions.assumeIsolated { [configuration] in $0.rightsChanged { configuration.names($0) } }
    notices.assumeIsolated { $0.lookAtAll() }
    if isServing { ServiceManager.status(status) }
  }

  private func failure(_ sentence: String) -> Int32 {
    log.error("mdrctld cannot start: \(sentence)")
    return 1
  }
}
