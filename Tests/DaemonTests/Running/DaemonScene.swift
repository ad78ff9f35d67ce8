import BlueZ
import Core
import DBus
import EventLoop
import Service
import Simulator
import Support
import Varlink
import Vocabulary

@testable import Daemon

/// The parts of the daemon that follow BlueZ, in this process beside a simulated bluetoothd. What they keep lasts as long
/// as they do; there is no helper, and every user sits at the computer.
struct DaemonScene: Sendable {
  let simulator: Simulator
  let loop: EventLoop
  let world: LiveWorld
  let journal: Journal
  let history: BondHistory
  let sessions: Sessions
  let selected: SelectedAdapter
  let holds: Holds
  let bluez: BlueZPort
  let operations: Operations
  let watches: Watches
  let recovery: Recovery
  let resolver: Resolver
  /// What watches are told of operations.
  let news: EventLog<Core.Event>
  /// What watches find out about bonds.
  let verdicts: EventLog<Verdict?>
  private let tree: ObjectTree

  init(_ simulator: Simulator) {
    self.simulator = simulator
    loop = simulator.loop
    let log = Log(least: .error)
    tree = ObjectTree(on: loop)
    let mirror = BlueZMirror(tree: tree)
    journal = Journal(loop: loop, directory: nil, log: log)
    history = BondHistory(loop: loop, directory: nil, boot: "this", log: log)
    sessions = Sessions(loop: loop, log: log, hasLogind: true, presence: { _ in .active }, isOnSeat: { _ in true })
    selected = SelectedAdapter(loop: loop, directory: nil, log: log)
    let preferences = Preferences(loop: loop, directory: nil, log: log)
    holds = Holds(loop: loop, directory: nil, log: log)
    world = LiveWorld(
      mirror, journal: journal, history: history, preferences: preferences, sessions: sessions, holds: holds,
      words: HeadsetWords(loop: loop), rules: { CallRules() })
    bluez = BlueZPort(loop: loop, tree: tree, journal: journal, log: log)
    let helper = HelperPort(loop: loop, path: "/nonexistent/mdrctl-flush.sock", mirror: mirror, log: log)
    let recorder = Recorder(loop: loop, directory: nil, boot: "this", log: log)
    let port = HostPort(
      bluez: bluez, helper: helper, journal: journal, history: history, sessions: sessions, world: world,
      chronicle: Chronicle(
        world: world, history: history, names: RecordedNames(loop: loop, directory: nil, log: log), recorder: recorder))
    operations = Operations(loop: loop, world: world, port: port, log: log)
    let called = CalledLogins(loop: loop, directory: nil, boot: "this", log: log)
    watches = Watches(
      loop: loop, world: world, sessions: sessions, history: history, called: called, holds: holds,
      operations: operations,
      port: port, log: log)
    recovery = Recovery(loop: loop, world: world, journal: journal, operations: operations, port: port, log: log)
    resolver = Resolver(world: world, history: history, journal: journal, selected: selected)
    news = EventLog(loop)
    verdicts = EventLog(loop)
  }

  /// Follows the bus; returns when BlueZ's objects are there.
  func start(at address: BusAddress) async throws {
    await operations.onNews { event in
      news.note(event)
      watches.assumeIsolated { $0.take(event) }
    }
    await operations.onEnd { recovery.assumeIsolated { $0.takeUpPostponed() } }
    await watches.onVerdict { _, verdict in verdicts.note(verdict) }
    await sessions.onChange {
      watches.assumeIsolated { $0.soundChanged() }
      operations.assumeIsolated { $0.tellAll(.soundChanged) }
    }
    await tree.observe { change in
      recovery.assumeIsolated { $0.take(change) }
      watches.assumeIsolated { $0.take(change) }
      if let change = BlueZChange(change) { operations.assumeIsolated { $0.tellAll(change.event) } }
    }
    try await tree.follow(Connection.open(address, on: loop))
    try await wait { $0.hasBlueZ }
  }

  /// Returns when the world is so.
  func wait(until isSo: @escaping @Sendable (LiveWorld) -> Bool) async throws {
    let changes = EventLog<Bool>(loop)
    let world = world
    let observation = await tree.observe { _ in changes.note(isSo(world)) }
    await look(into: changes, isSo)
    try await changes.wait { $0.contains(true) }
    await tree.stopObserving(observation)
  }

  private func look(into changes: EventLog<Bool>, _ isSo: @escaping @Sendable (LiveWorld) -> Bool) async {
    let world = world
    await loop.spawn { changes.note(isSo(world)) }.value
  }

  /// A session of this user joins, with a sound server that has the headset's card.
  func join(_ user: UInt32, _ cards: [Address: AudioCard] = [:]) async throws {
    let number = try await sessions.join(
      PeerCredentials(pid: 1, uid: user, groups: []), name: "user \(user)", mayControl: true
    ) { _ in }
    try await sessions.report(number, from: user, server: "PipeWire 1.4.2", cards: cards)
  }
}

/// Runs `body` with the parts of a daemon that have seen what bluetoothd has.
func withDaemon<Value: Sendable>(
  version: BluezVersion = .v5_82,
  prepare: @escaping @Sendable (Simulator) async throws -> Void = { _ in },
  _ body: @escaping @Sendable (DaemonScene) async throws -> Value
) async throws -> Value {
  try await withSimulator(version: version, prepare: prepare) { simulator, address in
    let scene = DaemonScene(simulator)
    try await scene.start(at: address)
    return try await body(scene)
  }
}

/// A headset that the computer is bonded with.
enum Known {
  static let address = "AC:80:0A:2E:00:02"
  static let headset = Headset(address, name: "WF-1000XM5")
  static let id = DeviceID(AdapterID("hci0"), Address(address) ?? Address(bits: 0))
  static let path: ObjectPath = "/org/bluez/hci0/dev_AC_80_0A_2E_00_02"
  static let controller = Address(bits: 0x001A_7DDA_7113)
  static let key = BondKey(adapter: controller, device: id.address)

  static let bond: @Sendable (Simulator) async throws -> Void = { simulator in
    await simulator.setSoundServer(SoundServer())
    await simulator.add(known: [headset], bonded: true)
  }
}

extension Core.Event {
  /// Whether it tells that an operation begins.
  var isBeginning: Bool { if case .operationBegan = self { true } else { false } }
}
