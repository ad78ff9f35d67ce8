import Core
import Testing
import Vocabulary

/// One adapter's headsets over time. What the watch begins is carried out at once, as BlueZ does where nothing is in its
/// way, unless a test says otherwise.
struct Calls {
  var world: FakeWorld
  private(set) var watch = CallWatch(.first)
  private(set) var now = Duration.zero
  /// What it began, and for whom it asked the helper.
  private(set) var begun: [Undertaking] = []
  private(set) var requests: [Request] = []
  private(set) var told: [String] = []
  private var due: Duration?
  private var explaining: Duration?
  private var gone: [DeviceID: Device] = [:]
  /// The headsets that answer a call, and what each other one's call ends with.
  var answering: Set<DeviceID> = []
  var failure = OperationError(.pageTimeout, "It does not answer.")

  /// BlueZ 5.87, which tells why links end; a sound server has registered.
  init(_ devices: Device..., bluez minor: Int = 87) {
    world = FakeWorld()
    for device in devices {
      world.known[device.id] = device
      world.backgrounds[device.id] = BondContext(bluezMajor: 5, bluezMinor: minor)
      if device.connected { world.streams[device.id] = [Transport(profile: .a2dp)] }
    }
    tell(.worldChanged)
    for device in devices where device.connected { tell(.deviceChanged(device.id)) }
  }

  /// A watch that has seen nothing yet.
  mutating func begin() { watch = CallWatch(.first) }

  mutating func tell(_ event: Event) {
    if case .expired = event {} else if !watch.isConcerned(by: event) { return }
    var all = watch.handle(event, at: now, in: world)
    while !all.isEmpty {
      let action = all.removeFirst()
      switch action {
      case .begin(let undertaking):
        begun.append(undertaking)
        all += carryOut(undertaking)
      case .hold(let id, let reason):
        world.holds[id] = reason.map { Hold($0) }
        all += watch.handle(.holdChanged(id), at: now, in: world)
      case .arm(.retry, let delay): due = now + delay
      case .disarm(.retry): due = nil
      case .arm(.verifying, let delay): explaining = now + delay
      case .tell(_, let words): told.append(words)
      case .request(let request): requests.append(request)
      default: Issue.record("not of a watch of calls: \(action)")
      }
    }
  }

  private mutating func carryOut(_ undertaking: Undertaking) -> [WatchAction] {
    let id = undertaking.device
    let operation = DeviceOperation(begunAs: undertaking)
    var actions = watch.handle(.operationBegan(operation), at: now, in: world)
    var error: OperationError?
    switch undertaking {
    case .connect where answering.contains(id):
      world.known[id]?.connected = true
      world.streams[id] = [Transport(profile: .a2dp)]
    case .connect: error = failure
    case .disconnect:
      world.known[id]?.connected = false
      world.streams[id] = nil
    case .audio: Issue.record("it is no matter of its")
    }
    actions += watch.handle(.deviceChanged(id), at: now, in: world)
    return actions + watch.handle(.operationEnded(operation, error), at: now, in: world)
  }

  /// Time passes, and whatever was armed expires when it is due.
  mutating func pass(_ time: Duration) {
    let end = now + time
    while let next = [due, explaining].compactMap({ $0 }).min(), next <= end {
      now = max(now, next)
      if explaining == next {
        explaining = nil
        tell(.expired(.verifying))
      } else {
        due = nil
        tell(.expired(.retry))
      }
    }
    now = end
  }

  mutating func come(_ id: DeviceID = .headset) {
    world.known[id]?.connected = true
    world.streams[id] = [Transport(profile: .a2dp)]
    tell(.deviceChanged(id))
  }

  /// The link ends for a reason, which is told before it, as BlueZ does since 5.83, or after it, as the helper may; and
  /// nothing else happens for a while.
  mutating func fall(_ reason: LinkEvent.Reason?, _ id: DeviceID = .headset, isToldLate: Bool = false) {
    drop(reason, id, isToldLate: isToldLate)
    pass(.seconds(2))
  }

  /// The link ends, and other things are about to.
  mutating func drop(_ reason: LinkEvent.Reason?, _ id: DeviceID = .headset, isToldLate: Bool = false) {
    if let reason, !isToldLate { tell(.link(id, .disconnected(reason))) }
    world.known[id]?.connected = false
    world.streams[id] = nil
    tell(.deviceChanged(id))
    if let reason, isToldLate { tell(.link(id, .disconnected(reason))) }
  }

  mutating func play(_ isPlaying: Bool, _ id: DeviceID = .headset) {
    world.streams[id] = [Transport(profile: .a2dp, isActive: isPlaying)]
    tell(.deviceChanged(id))
  }

  /// A user disconnects it.
  mutating func leave(_ id: DeviceID = .headset) {
    let operation = DeviceOperation(on: id, .disconnect(id), isAsked: true)
    tell(.operationBegan(operation))
    drop(.local, id)
    tell(.operationEnded(operation, nil))
    pass(.seconds(2))
  }

  mutating func setAdapter(_ on: Bool) {
    world.adapters[.first]?.powered = on
    if !on {
      for id in world.known.keys where world.known[id]?.connected == true { drop(nil, id) }
    }
    tell(.worldChanged)
  }

  /// The controller is pulled out, or bluetoothd ends: links end first, as if this computer wanted that, then their
  /// devices go, and the adapter last.
  mutating func unplug(_ reason: LinkEvent.Reason?) {
    for id in world.known.keys.sorted() where world.known[id]?.connected == true { drop(reason, id) }
    gone = world.known
    for id in world.known.keys.sorted() {
      world.known[id] = nil
      tell(.deviceRemoved(id))
    }
    world.adapters = [:]
    tell(.worldChanged)
  }

  /// It is put in again, and a sound server registers.
  mutating func plug() {
    world.adapters[.first] = Adapter(id: .first, powered: true, services: .soundServer)
    world.known = gone
    tell(.worldChanged)
    for id in gone.keys.sorted() { tell(.deviceChanged(id)) }
  }

  func state(_ id: DeviceID = .headset) -> CallState { watch.standing(of: id, at: now, in: world).state }
  func words(_ id: DeviceID = .headset) -> String { watch.standing(of: id, at: now, in: world).message }
  var connects: [DeviceID] { begun.compactMap { if case .connect(let id) = $0 { id } else { nil } } }
  var disconnects: [DeviceID] { begun.compactMap { if case .disconnect(let id) = $0 { id } else { nil } } }
}

extension Device {
  static let here = Device.own.with { $0.connected = true }
  static let otherHere = Device.here.at(.other, name: "WH-1000XM5")
  static let otherOwn = Device.own.at(.other, name: "WH-1000XM5")
}

@Suite struct CallWatchTests {
  // MARK: Why a link ends

  @Test func `one that went out of range is bluetoothd's to call for three minutes, then ours, with growing pauses`() {
    var calls = Calls(.here)
    calls.fall(.timeout)
    #expect(calls.state() == .backOff)
    calls.pass(.seconds(177))
    #expect(calls.connects.isEmpty)
    calls.pass(.seconds(1))
    #expect(calls.connects.count == 1)
    calls.pass(.seconds(59))
    #expect(calls.connects.count == 1)
    calls.pass(.seconds(1))
    #expect(calls.connects.count == 2)
    calls.pass(.seconds(120))
    #expect(calls.connects.count == 3)
    calls.answering = [.headset]
    calls.pass(.seconds(240))
    #expect(calls.connects.count == 4)
    #expect(calls.state() == .connected)
    #expect(calls.told == ["It was called, and is connected."])
    calls.pass(.seconds(24 * 3600))
    #expect(calls.connects.count == 4)
  }

  @Test func `that has an end after two hours, and a reason, and costs no wake-up after it`() {
    var calls = Calls(.here)
    calls.fall(.timeout)
    calls.pass(.seconds(3 * 3600))
    #expect(calls.state() == .gaveUp)
    #expect(calls.words() == "It has not answered for 2 h, and is called no more before the next login.")
    let count = calls.connects.count
    #expect(count > 5 && count < 20)
    calls.pass(.seconds(24 * 3600))
    #expect(calls.connects.count == count)
    calls.come()
    #expect(calls.state() == .connected)
  }

  @Test func `bluetoothd, or the headset itself, was quicker: exactly one connection results`() {
    var calls = Calls(.here)
    calls.fall(.timeout)
    calls.pass(.seconds(20))
    calls.come()
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
  }

  @Test(arguments: [false, true])
  func `one that hung up is left alone, however late that is told`(isToldLate: Bool) {
    var calls = Calls(.here)
    calls.fall(.remote, isToldLate: isToldLate)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    #expect(calls.state() == .left)
    #expect(calls.world.holds[.headset]?.reason == .left)
  }

  @Test func `one that a user disconnected here is left alone until it is connected again`() {
    var calls = Calls(.here)
    calls.leave()
    calls.pass(.seconds(3600))
    #expect(calls.state() == .disconnected)
    #expect(calls.connects.isEmpty)
    calls.come()
    #expect(calls.world.holds[.headset] == nil)
  }

  @Test func `a headset whose link came up before anything else was looked at is known as well`() {
    var calls = Calls()
    calls.world.known[.headset] = .own
    calls.world.backgrounds[.headset] = BondContext(bluezMajor: 5, bluezMinor: 87)
    calls.begin()
    calls.come()
    calls.fall(.local)
    #expect(calls.state() == .disconnected)
  }

  @Test func `another program's disconnection counts as a user's; one with the sound server's end does not`() {
    var calls = Calls(.here)
    calls.fall(.local)
    #expect(calls.state() == .disconnected)

    var restarted = Calls(.here)
    restarted.world.adapters[.first]?.services = []
    restarted.tell(.worldChanged)
    restarted.fall(.local)
    #expect(restarted.state() == .notReady)
    restarted.answering = [.headset]
    restarted.world.adapters[.first]?.services = .soundServer
    restarted.tell(.worldChanged)
    restarted.pass(.seconds(5))
    #expect(restarted.connects == [.headset])

    // The link outlasted the server's restart, and fell only then.
    var late = Calls(.here)
    late.world.adapters[.first]?.services = []
    late.tell(.worldChanged)
    late.world.adapters[.first]?.services = .soundServer
    late.tell(.worldChanged)
    late.fall(.local)
    late.pass(.seconds(5))
    #expect(late.connects == [.headset])
  }

  @Test func `a link over which there was never a stream is ended by bluetoothd, which means nothing`() {
    var calls = Calls(.here)
    calls.world.streams = [:]
    var silent = Calls(.own)
    silent.world.known[.headset]?.connected = true
    silent.tell(.deviceChanged(.headset))
    silent.fall(.local)
    #expect(silent.state() == .waiting)
  }

  @Test func `right after a link's end nothing is said of it yet`() {
    var calls = Calls(.here)
    calls.drop(.remote)
    #expect(calls.words() == "Its link has just ended; why is not known yet.")
    calls.pass(.seconds(2))
    #expect(calls.state() == .left)
  }

  @Test func `where nobody tells why, nothing is guessed`() {
    var calls = Calls(.here)
    calls.fall(nil)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    #expect(calls.state() == .waiting)
  }

  @Test func `BlueZ before 5.83 does not tell, so the helper listens, as long as the headset is here`() {
    var calls = Calls(.here, bluez: 82)
    #expect(calls.requests == [.watch(.headset)])
    calls.fall(.timeout, isToldLate: true)
    #expect(calls.requests == [.watch(.headset), .unwatch(.headset)])
    #expect(calls.state() == .backOff)
    #expect(Calls(.here, bluez: 83).requests.isEmpty)
  }

  @Test func `an operation's own link is its matter`() {
    var calls = Calls(.here)
    let repair = DeviceOperation(on: .headset, nil, isAsked: true)
    calls.tell(.operationBegan(repair))
    calls.fall(.local)
    calls.pass(.seconds(60))
    calls.tell(.operationEnded(repair, nil))
    #expect(calls.state() == .waiting)
  }

  // MARK: The computer

  @Test func `the adapter went and is back: those that it took along are called, and those that were not here are not`()
  {
    var calls = Calls(.here, .otherOwn)
    calls.setAdapter(false)
    #expect(calls.state() == .notReady)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    calls.answering = [.headset, .other]
    calls.setAdapter(true)
    calls.pass(.seconds(4))
    #expect(calls.connects.isEmpty)
    calls.pass(.seconds(1))
    #expect(calls.connects == [.headset])
  }

  @Test(arguments: [LinkEvent.Reason.local, .remote, .timeout, nil])
  func
    `the controller was pulled out, or bluetoothd ended, whatever that was taken for: who was here is called after it`(
      reason: LinkEvent.Reason?
    )
  {
    var calls = Calls(.here, .otherOwn)
    calls.unplug(reason)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    #expect(calls.world.holds.isEmpty)
    calls.answering = [.headset, .other]
    calls.plug()
    calls.pass(.seconds(5))
    #expect(calls.connects == [.headset])

    // A bluetoothd that is there again at once.
    var quick = Calls(.here)
    quick.unplug(reason)
    quick.answering = [.headset]
    quick.plug()
    quick.pass(.seconds(7))
    #expect(quick.connects == [.headset])
  }

  @Test func `the sound server goes right after the link, as when its user's session ends: nobody ended it by hand`() {
    var calls = Calls(.here)
    calls.drop(.local)
    calls.world.adapters[.first]?.services = []
    calls.tell(.worldChanged)
    calls.pass(.seconds(60))
    #expect(calls.world.holds.isEmpty)
    #expect(calls.words() == "No sound server has registered with BlueZ, and it is called when one has.")
  }

  @Test func `an operation that worked on it when bluetoothd ended is no reason to leave it alone`() {
    var calls = Calls(.here)
    let operation = DeviceOperation(begunAs: .audio(.headset, nil))
    calls.tell(.operationBegan(operation))
    calls.unplug(.local)
    calls.tell(.operationEnded(operation, .cancelled("It")))
    calls.answering = [.headset]
    calls.pass(.seconds(2))
    calls.plug()
    calls.pass(.seconds(5))
    #expect(calls.connects == [.headset])
  }

  @Test func `a bond that is given up while the headset is away is not waited for any more`() {
    var calls = Calls(.here)
    calls.fall(.timeout)
    calls.world.known[.headset] = nil
    calls.tell(.deviceRemoved(.headset))
    calls.pass(.seconds(2))
    #expect(calls.watch.isAtRest)
  }

  @Test func `without a login's session nothing is promised of one, nor of an adapter that took nobody along`() {
    var calls = Calls(.own)
    #expect(
      calls.words()
        == "It connects by itself when it is switched on; without mdrctl-session in a login it is not called.")
    calls.world.join(nil)
    #expect(calls.words() == "It connects by itself when it is switched on, and is called at the next login.")
    calls.setAdapter(false)
    #expect(calls.words() == "The adapter is off.")
  }

  @Test func `after the computer has slept bluetoothd's own call comes first`() {
    var calls = Calls(.here)
    calls.tell(.sleeping)
    calls.fall(.suspended)
    calls.pass(.seconds(8 * 3600))
    #expect(calls.connects.isEmpty)
    calls.answering = [.headset]
    calls.tell(.resumed)
    calls.pass(.seconds(7))
    #expect(calls.connects.isEmpty)
    calls.pass(.seconds(1))
    #expect(calls.connects == [.headset])
  }

  @Test func `where nobody tells why, what ends while the computer falls asleep ends for that`() {
    var calls = Calls(.here, bluez: 82)
    calls.tell(.sleeping)
    calls.fall(nil)
    calls.pass(.seconds(8 * 3600))
    #expect(calls.connects.isEmpty)
    calls.answering = [.headset]
    calls.tell(.resumed)
    calls.pass(.seconds(8))
    #expect(calls.connects == [.headset])
  }

  @Test func `what fell due while the computer slept waits for bluetoothd's own calls, too`() {
    var calls = Calls(.here)
    calls.fall(.timeout)
    calls.tell(.sleeping)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    calls.tell(.resumed)
    calls.pass(.seconds(7))
    #expect(calls.connects.isEmpty)
    calls.pass(.seconds(1))
    #expect(calls.connects == [.headset])
  }

  // MARK: Who may be called

  @Test(
    arguments: [
      { (device: inout Device) in device.bonded = false }, { $0.trusted = false }, { $0.blocked = true },
    ] as [@Sendable (inout Device) -> Void])
  func `without a bond, without trust or blocked it is not called`(change: @Sendable (inout Device) -> Void) {
    var calls = Calls(.here)
    calls.fall(.timeout)
    if var device = calls.world.known[.headset] {
      change(&device)
      calls.world.known[.headset] = device
    }
    calls.pass(.seconds(3 * 3600))
    #expect(calls.connects.isEmpty)
  }

  @Test func `nor one that its users do not want called, whose bond is stale, or whose sound is off`() {
    for prepare in [
      { $0.callWishes[.headset] = CallWish(isAutomatic: false) }, { $0.staleBonds = [.headset] },
      { $0.wishes[.headset] = AudioWish(policy: .off) },
    ] as [(inout FakeWorld) -> Void] {
      var calls = Calls(.here)
      calls.fall(.timeout)
      prepare(&calls.world)
      calls.pass(.seconds(3 * 3600))
      #expect(calls.connects.isEmpty)
      #expect([.notAllowed, .staleBond].contains(calls.state()))
    }
  }

  @Test func `a stale bond that a call shows ends the calls; who is busy is called again soon`() {
    var calls = Calls(.here)
    calls.failure = OperationError(.staleBond, "It has lost its key.")
    calls.fall(.timeout)
    calls.pass(.seconds(3600))
    #expect(calls.connects.count == 1)

    var busy = Calls(.here)
    busy.failure = OperationError(.busy, "Somebody else is at it.")
    busy.fall(.timeout)
    busy.pass(.seconds(178))
    #expect(busy.connects.count == 1)
    busy.pass(.seconds(30))
    #expect(busy.connects.count == 2)
  }

  @Test func `one that answers and refuses is busy with another host, and is left to it`() {
    var calls = Calls(.here)
    calls.failure = OperationError(
      .connectFailed, "BlueZ could not connect it.", evidence: "org.bluez.Error.Failed: br-connection-refused")
    calls.fall(.timeout)
    calls.pass(.seconds(3 * 3600))
    #expect(calls.connects.count == 1)
    #expect(calls.state() == .elsewhere)
  }
}
