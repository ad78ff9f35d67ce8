package import DBus
package import EventLoop

/// A neighbourhood with a computer, its Bluetooth controllers and headsets, and the bluetoothd that runs there.
///
/// It owns `org.bluez` on a bus and behaves as bluetoothd 5.66, 5.82 or 5.87 was measured to, or is known to from its
/// source. What is around (headsets, controllers, keys on disk) outlives bluetoothd, which can be stopped, killed and
/// started again. Nothing in it is random, and everything that takes time can be scaled, held or failed:
///
///     let simulator = Simulator(bus.address, on: loop, timing: .fast)
///     await simulator.add(Headset("94:DB:56:00:00:01", name: "WH-1000XM4"))
///     try await simulator.start()
///     let hold = await simulator.hold("Pair")
///     …
///     try await simulator.waitForCall("Pair")
///     await hold.open()
package actor Simulator: LoopActor {
  package nonisolated let loop: EventLoop
  nonisolated let address: BusAddress

  // What is around, whether or not bluetoothd runs.
  package let version: BluezVersion
  package var timing: Timing
  var sound = SoundServer()
  var headsets: [String: Headset] = [:]
  /// What they offer over RFCOMM, by their addresses.
  var serialServices: [String: [SerialService]] = [:]
  var controllers: [String: Controller] = [:]
  /// Until when the kernel goes on with the inquiry of a bluetoothd that died, by the controller's name.
  var inquiries: [String: ContinuousClock.Instant] = [:]
  /// What the controllers, the kernel and bluetoothd's files hold of each device, by the controller's address and the
  /// device's.
  var remnants: [String: [String: Remnants]] = [:]
  /// What main.conf says.
  var repairing = Repairing.never
  /// Who listens to the kernel.
  var listeners: [Int: LinkListener] = [:]

  // bluetoothd itself. It ends with the process.
  var bus: Connection?
  /// Tells one run of bluetoothd from the next, for tasks that outlive it.
  var life = 0
  var tree = ObjectTree()
  var devices: [ObjectPath: KnownDevice] = [:]
  var discoveries: [String: Discovery] = [:]
  var powerStates: [String: String] = [:]
  var agents = AgentTable()
  var serial = SerialTable()
  var undertakings: [Int: Undertaking] = [:]
  private var flushScheduled = false
  /// bluetoothd is on its way out.
  private(set) var isStopping = false
  /// Clients that have left, perhaps while calls of theirs were held.
  var departed: Set<String> = []
  /// Who waits for an adapter.
  var awaited: [String: [Latch]] = [:]

  // The hand of the test or the script.
  var faults: [Fault] = []
  /// bluetoothd is stopped, and what waits for it to go on.
  var isFrozen = false
  var frozen: [MethodCall] = []
  var triggers: [Trigger] = []
  var log = CallLog()
  /// Counts whatever needs a number of its own: undertakings, link keys.
  private var lastNumber = 0

  package init(
    _ address: BusAddress, on loop: EventLoop, version: BluezVersion = .v5_82, timing: Timing = Timing()
  ) {
    self.loop = loop
    self.address = address
    self.version = version
    self.timing = timing
  }

  // MARK: Life of bluetoothd

  /// Whether bluetoothd runs.
  package var isRunning: Bool { bus != nil }

  /// Starts bluetoothd. Adapters and bonded devices are there when this returns, as if it had run for a while; with
  /// `fresh` it has just been started, and they appear one by one.
  package func start(fresh: Bool = false) async throws(DBusError) {
    guard bus == nil else { return }
    let bus = try await Connection.open(address, on: loop)
    self.bus = bus
    life += 1
    tree = ObjectTree()
    tree.publish("/org/bluez", Views.daemon)
    if !fresh { for name in controllers.keys.sorted() { setUp(name) } }
    tree.settle()
    await bus.export("/", subtree: true) { call in self.assumeIsolated { $0.receive(call) } }
    let departures = MatchRule(sender: BusName.driver, interface: BusName.driver, member: "NameOwnerChanged")
    try await bus.subscribe(to: departures) { signal in self.assumeIsolated { $0.noteDeparture(signal) } }
    await bus.onEnd { _ in self.assumeIsolated { $0.noteEnd(of: bus) } }
    // The bus may not have noticed yet that the last bluetoothd was killed.
    let free = Latch(loop)
    try await bus.watchOwner(of: Bluez.service) { owner in
      if owner == nil { free.assumeIsolated { $0.open() } }
    }
    try? await free.wait()
    try await bus.requestName(Bluez.service)
    guard fresh else { return }
    later(timing.adapterSetUp) { simulator in
      for name in simulator.controllers.keys.sorted() { simulator.setUp(name) }
    }
  }

  /// Stops bluetoothd as SIGTERM does: the adapters go off, the objects are removed one by one, then the name is given
  /// up. As measured with 5.66 and 5.82.
  package func stop() async {
    guard let bus else { return }
    let adapters = controllers.keys.sorted().filter { controllers[$0]?.isPluggedIn == true }
    let powered = adapters.filter { controllers[$0]?.isPowered == true }
    for name in powered { await shutDown(name) }
    // Its main loop has ended (`src/main.c`): nobody is answered any more.
    isStopping = true
    abandonUndertakings()
    for name in adapters { tearDown(name) }
    // It is found as it was.
    for name in powered { controllers[name]?.isPowered = true }
    flush()
    // Its answer means that the bus has everything that was sent before; what is unsent is lost with the connection.
    try? await bus.releaseName(Bluez.service)
    await die(bus)
  }

  /// Switches an adapter off for good. A pairing under way keeps it on until bluetoothd's patience ends (10 s).
  private func shutDown(_ adapter: String) async {
    if version.hasPowerState { setPowerState(adapter, "on-disabling") }
    for attempt in cancelAttempts(on: adapter) { await attempt.value }
    for device in devices.values where device.adapter == adapter && device.isConnected {
      dropLink(device.path, reason: .local)
    }
    guard !isPairing(on: adapter) else { return flush() }
    endDiscovery(on: adapter)
    powerStates[adapter] = nil
    update(controller: adapter) { $0.isPowered = false }
    flush()
  }

  /// Ends bluetoothd as SIGKILL does: nothing but the name's owner tells.
  package func kill() async {
    guard let bus else { return }
    abandonUndertakings()
    for (adapter, discovery) in discoveries where discovery.isRunning {
      inquiries[adapter] = .now + timing.discoveryRound / timing.speed
    }
    store()
    // The kernel lets the links go that nobody holds any more.
    for device in devices.values where device.isConnected { announce(.disconnected(LinkEnd.local.code), of: device) }
    await die(bus)
  }

  /// Stops or kills bluetoothd and starts it again, as systemd does.
  package func restart(gracefully: Bool = true) async throws {
    if gracefully { await stop() } else { await kill() }
    try await pass(timing.restart)
    try await start(fresh: true)
  }

  private func die(_ bus: Connection) async {
    self.bus = nil
    life += 1
    isStopping = false
    frozen = []
    tree = ObjectTree()
    devices = [:]
    discoveries = [:]
    powerStates = [:]
    agents = AgentTable()
    endAllSerial()
    await bus.close()
  }

  private func noteEnd(of bus: Connection) {
    guard self.bus === bus else { return }
    // The bus itself has gone.
    abandonUndertakings()
    store()
    loop.spawn { await self.die(bus) }
  }

  private func store() {
    for (name, controller) in controllers where controller.isPluggedIn { store(controller, name) }
  }

  /// Writes the permanent devices of a controller to disk.
  func store(_ controller: Controller, _ name: String) {
    for device in devices.values where device.adapter == name && !device.isTemporary {
      remnants[controller.address, default: [:]][device.address, default: Remnants()].info = device.stored
    }
  }

  // MARK: Time

  /// Lets simulated time go by.
  func pass(_ duration: Duration) async throws {
    try await LoopClock(loop).sleep(for: duration / timing.speed)
  }

  /// Does something after a while, unless bluetoothd has ended meanwhile.
  func later(_ duration: Duration, _ action: @escaping @Sendable (isolated Simulator) -> Void) {
    let life = life
    loop.schedule(after: duration / timing.speed) {
      self.assumeIsolated { simulator in
        if simulator.life == life { action(simulator) }
      }
    }
  }

  /// A number that nothing else has.
  func newNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  // MARK: Sending

  /// Sends a message after everything that has changed before it.
  func send(_ message: Message) {
    flush()
    transmit(message)
  }

  /// Answers a call after everything that has changed before it.
  func reply(_ call: MethodCall, _ answer: Answer) {
    flush()
    bus?.assumeIsolated { $0.answer(call, with: answer) }
  }

  /// Tells the bus what has changed.
  func flush() {
    guard tree.hasChanges else { return }
    for message in tree.takeChanges() { transmit(message) }
  }

  /// Tells the bus what has changed when nothing else is to be done, as a GLib idle source does.
  func scheduleFlush() {
    guard !flushScheduled, tree.hasChanges else { return }
    flushScheduled = true
    loop.spawn { await self.flushWhenIdle() }
  }

  private func flushWhenIdle() {
    flushScheduled = false
    flush()
  }

  /// Sends a message as it is.
  func transmit(_ message: Message) {
    // Without a connection nobody listens.
    bus?.assumeIsolated { try? $0.send(message) }
  }
}
