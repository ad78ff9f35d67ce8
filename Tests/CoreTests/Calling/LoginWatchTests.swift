import Core
import Testing
import Vocabulary

/// A login over time.
private struct Login {
  var world: FakeWorld
  var watch = LoginWatch(of: 1000, at: .zero)
  var now = Duration.zero
  /// Those in whose sessions the user had a device, as it is to be remembered.
  private(set) var uses: Set<DeviceID> = []
  private(set) var requests: [Request] = []
  private(set) var told: [String] = []
  private(set) var isNotedAsCalled = false
  private var called: DeviceID?

  init(_ devices: Device..., hasServer: Bool = true, hasEndpoints: Bool = true) {
    world = FakeWorld()
    for device in devices { world.known[device.id] = device }
    world.join(nil)
    if !hasServer { world.sound?.server = nil }
    if !hasEndpoints { world.adapters[.first]?.services = [] }
  }

  /// The devices that are called at once, or disconnected.
  mutating func look(after time: Duration = .zero) -> [Undertaking] {
    now += time
    return tell(.worldChanged)
  }

  mutating func tell(_ event: Event) -> [Undertaking] {
    guard watch.isConcerned(by: event) else { return [] }
    return watch.handle(event, at: now, in: world).compactMap { action in
      switch action {
      case .begin(let undertaking):
        if case .connect(let id) = undertaking { called = id }
        return undertaking
      case .noteUse(let id, user: 1000): uses.insert(id)
      case .noteCalled(user: 1000): isNotedAsCalled = true
      case .noteEndpoints(user: 1000): world.sound?.hadEndpoints = true
      case .request(let request): requests.append(request)
      case .tell(_, let words): told.append(words)
      default: Issue.record("not of a watch of a login: \(action)")
      }
      return nil
    }
  }

  /// The call that was begun ends.
  mutating func end(_ id: DeviceID, _ error: OperationError? = nil) -> [Undertaking] {
    tell(.operationEnded(DeviceOperation(begunAs: .connect(id)), error))
  }

  /// The headset comes, whichever is being called.
  mutating func answer() {
    world.known[.headset]?.connected = true
    guard let called else {
      Issue.record("nobody is called")
      return
    }
    let error = called == .headset ? nil : OperationError(.connectFailed, "It did not answer.")
    if !end(called, error).isEmpty { Issue.record("another one is called although this one has come") }
  }

  /// Those that are called one after the other, where none answers.
  mutating func callAll(after time: Duration = .zero) -> [DeviceID] {
    var all: [DeviceID] = []
    var next = look(after: time)
    while case .connect(let id) = next.first {
      if next.count > 1 { Issue.record("called at the same time: \(next)") }
      all.append(id)
      next = end(id, OperationError(.connectFailed, "It did not answer."))
    }
    return all
  }

  /// Another user comes to the foreground.
  mutating func followAnother() { world.sound = AudioSession(user: 1001, name: "bob", presence: .active) }

  /// A user disconnects the headset.
  mutating func leave(_ id: DeviceID = .headset) {
    _ = tell(.operationBegan(DeviceOperation(on: id, .disconnect(id), isAsked: true)))
  }

  /// The user's sound server has the device, and BlueZ a stream with it.
  mutating func play(_ id: DeviceID = .headset) {
    world.known[id]?.connected = true
    world.streams[id] = [Transport(profile: .a2dp)]
    world.sound?.cards[id.address] = .pipewire()
  }

  mutating func setEndpoints(_ there: Bool) { world.adapters[.first]?.services = there ? .soundServer : [] }
}

@Suite struct LoginWatchTests {
  @Test func `the headset is called as soon as the sound server has registered, once`() {
    var login = Login(.own, hasServer: false, hasEndpoints: false)
    #expect(login.look().isEmpty)
    login.world.sound?.server = "PipeWire 1.4.2"
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.setEndpoints(true)
    #expect(login.look(after: .seconds(1)) == [.connect(.headset)])
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `before anybody has logged in, at a display manager's greeter, nobody is called`() {
    var login = Login(.own)
    login.world.sound?.presence = .greeter
    #expect(login.look().isEmpty)
  }

  @Test func `for who is on no seat and may not control nobody is called, whatever his session says`() {
    var login = Login(.own)
    login.world.sound?.isEntitled = false
    #expect(login.look().isEmpty)
    login.play()
    _ = login.look()
    #expect(login.watch.guests.isEmpty)
    // Once he sits at the computer it is a login like any other.
    var other = Login(.own)
    other.world.sound?.isEntitled = false
    #expect(other.look().isEmpty)
    other.world.sound?.isEntitled = true
    #expect(other.look(after: .seconds(60)) == [.connect(.headset)])
  }

  @Test func `a guest is who had a stream in BlueZ and a card of the session, until it is disconnected`() {
    var login = Login(.listening, .listening.at(.other))
    login.world.sound?.cards[DeviceID.headset.address] = .pipewire()
    login.world.streams[.other] = [Transport(profile: .a2dp)]
    _ = login.look()
    #expect(login.watch.guests.isEmpty)
    login.play()
    _ = login.look()
    #expect(login.watch.guests == [.headset])
    // At a logout the sound server gives it up before the link falls.
    login.world.streams[.headset] = nil
    login.world.sound?.cards = [:]
    _ = login.look()
    #expect(login.watch.guests == [.headset])
    login.world.known[.headset]?.connected = false
    _ = login.look()
    #expect(login.watch.guests.isEmpty)
  }

  @Test func `what others had in their sessions is not called, but what a restart of the sound server took along is`() {
    var login = Login(.own, .own.at(.other))
    login.world.uses[.headset] = DeviceUse(isUsed: true, last: 9)
    #expect(login.callAll() == [.other])
    login.world.known[.headset]?.connected = true
    _ = login.look(after: .seconds(1))
    login.setEndpoints(false)
    _ = login.look(after: .seconds(1))
    login.world.known[.headset]?.connected = false
    login.setEndpoints(true)
    #expect(login.look(after: .seconds(1)) == [.connect(.headset)])
  }

  @Test func `endpoints that another user's server registered are not waited at`() {
    var login = Login(.own, hasServer: false)
    #expect(login.look().isEmpty)
    login.world.sound?.server = "PipeWire 1.4.2"
    #expect(login.look() == [.connect(.headset)])
  }

  @Test func `an adapter that appears late is as good`() {
    var login = Login(.own)
    let adapter = login.world.adapters.removeValue(forKey: .first)
    #expect(login.look().isEmpty)
    login.world.adapters[.first] = adapter
    #expect(login.look(after: .seconds(30)) == [.connect(.headset)])
  }

  @Test func `who may not connect by itself, is blocked, off by policy or no headset is not called`() {
    let strangers = [
      Device.own.with { $0.blocked = true },
      .own.with { $0.trusted = false }, .own.with { $0.bonded = false },
      .own.with { ($0.classOfDevice, $0.services) = (0x000540, []) },
    ]
    for device in strangers {
      var login = Login(device)
      #expect(login.look().isEmpty)
    }
    var off = Login(.own)
    off.world.wishes[.headset] = AudioWish(policy: .off)
    #expect(off.look().isEmpty)
  }

  @Test func `nobody is called while a headset is there`() {
    var login = Login(.own, .listening.at(.other))
    #expect(login.look().isEmpty)
    _ = login.look(after: .seconds(60))
    login.world.known[.other]?.connected = false
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `all are told that may be called, for one to answer`() {
    var login = Login(.own, .own.at(.other))
    #expect(Set(login.callAll()) == [.headset, .other])
    #expect(login.told.count == 2)
  }

  @Test func `the one that this user had last is called first, then the one that worked last`() {
    var login = Login(.own, .own.at(.other), .own.at(.twin))
    login.world.uses = [
      .headset: DeviceUse(last: 3), .other: DeviceUse(own: 1, isUsed: true, last: 1), .twin: DeviceUse(last: 2),
    ]
    #expect(login.callAll() == [.other, .headset, .twin])
  }

  @Test func `once one has come, or another user is followed, the others are not called`() {
    var answered = Login(.own, .own.at(.other))
    guard case .connect(let first) = answered.look().first else {
      Issue.record("nobody is called")
      return
    }
    #expect(answered.end(first).isEmpty)
    #expect(answered.told == ["It was connected at login."])
    for isByItself in [true, false] {
      var login = Login(.own, .own.at(.other))
      guard case .connect(let called) = login.look().first else {
        Issue.record("nobody is called")
        return
      }
      if isByItself {
        login.world.known[called == .headset ? .other : .headset]?.connected = true
      } else {
        login.followAnother()
      }
      #expect(login.end(called, OperationError(.busy, "Something else is being done with it.")).isEmpty)
    }
  }

  @Test func `the helper is started while the sound server starts, and the call is remembered`() {
    var login = Login(.own, hasServer: false)
    _ = login.look()
    #expect(login.requests == [.helper(.prepare)])
    #expect(!login.isNotedAsCalled)
    login.world.sound?.server = "PipeWire 1.4.2"
    _ = login.look()
    #expect(login.isNotedAsCalled)
    #expect(login.requests.count == 1)
  }

  @Test func `at logout those are disconnected that the session had with a stream in BlueZ, and no others`() {
    var login = Login(.listening, .listening.at(.other))
    login.play()
    _ = login.look()
    #expect(login.uses == [.headset])
    let addresses: Set = [DeviceID.headset.address, DeviceID.other.address]
    #expect(login.tell(.loggedOut(user: 1001, addresses)).isEmpty)
    #expect(login.tell(.loggedOut(user: 1000, [DeviceID.other.address])).isEmpty)
    #expect(login.tell(.loggedOut(user: 1000, addresses)) == [.disconnect(.headset)])
  }

  @Test func `after the sound server was away those are called that it took along`() {
    var login = Login(.own, .own.at(.other))
    _ = login.look()
    login.answer()
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.setEndpoints(false)
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.setEndpoints(true)
    #expect(login.look(after: .seconds(1)) == [.connect(.headset)])
  }

  @Test func `a link that falls for want of the endpoints before is made again, once`() {
    var login = Login(.listening)
    #expect(login.look().isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)) == [.connect(.headset)])
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `a link that another session's sound server takes along when it ends is made again, once`() {
    var login = Login(.listening)
    login.world.isSoundShared = true
    #expect(login.look().isEmpty)
    // A greeter's stays for a while, at a slow machine for long.
    #expect(login.look(after: .seconds(40)).isEmpty)
    login.world.isSoundShared = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)) == [.connect(.headset)])
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `on a slow machine the link falls later, and is known by the streams that it has lost`() {
    for regains in [false, true] {
      var login = Login(.listening)
      login.play()
      login.world.isSoundShared = true
      _ = login.look()
      login.world.isSoundShared = false
      #expect(login.look(after: .seconds(40)).isEmpty)
      login.world.streams[.headset] = nil
      #expect(login.look(after: .seconds(1)).isEmpty)
      if regains {
        login.play()
        #expect(login.look(after: .seconds(1)).isEmpty)
        login.world.streams[.headset] = nil
        #expect(login.look(after: .seconds(3)).isEmpty)
      }
      login.world.known[.headset]?.connected = false
      #expect(login.look(after: .seconds(8)) == (regains ? [] : [.connect(.headset)]))
      #expect(login.look(after: .seconds(1)).isEmpty)
    }
  }

  @Test func `a stream that stays past that settles it`() {
    var login = Login(.listening)
    login.play()
    login.world.isSoundShared = true
    _ = login.look()
    login.world.isSoundShared = false
    _ = login.look()
    _ = login.look(after: .seconds(6))
    login.world.streams[.headset] = nil
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)).isEmpty)
  }

  @Test func `also where the link falls before that server has gone`() {
    var login = Login(.listening)
    login.world.isSoundShared = true
    _ = login.look()
    _ = login.look(after: .seconds(40))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)).isEmpty)
    login.world.isSoundShared = false
    #expect(login.look(after: .seconds(1)) == [.connect(.headset)])
  }

  @Test func `a headset that leaves long after the other server went is left alone`() {
    var login = Login(.listening)
    login.world.isSoundShared = true
    _ = login.look()
    login.world.isSoundShared = false
    _ = login.look(after: .seconds(40))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `a daemon that is started anew calls nobody for the same login`() {
    var login = Login(.own)
    login.watch = LoginWatch(of: 1000, at: .zero, hasCalled: true)
    #expect(login.look().isEmpty)
  }

  @Test func `what the user disconnects at once stays so`() {
    var login = Login(.listening)
    _ = login.look()
    login.leave()
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `what another user disconnected meanwhile stays so`() {
    var login = Login(.listening)
    _ = login.look()
    let own = login.world.sound
    login.followAnother()
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    login.world.sound = own
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `a controller that is pulled out takes its links along first, and they are made again when it is back`() {
    var login = Login(.own)
    _ = login.look()
    login.answer()
    _ = login.look(after: .seconds(60))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    let adapter = login.world.adapters.removeValue(forKey: .first)
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.adapters[.first] = adapter
    #expect(login.look(after: .seconds(60)) == [.connect(.headset)])
  }

  @Test func `what the user disconnected stays so when the sound server comes back`() {
    var login = Login(.listening)
    _ = login.look()
    login.leave()
    login.world.known[.headset]?.connected = false
    _ = login.look(after: .seconds(60))
    login.setEndpoints(false)
    _ = login.look(after: .seconds(1))
    login.setEndpoints(true)
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `the time of each step is kept, from the login on`() {
    var login = Login(.own, hasServer: false, hasEndpoints: false)
    _ = login.look()
    login.world.sound?.server = "PipeWire 1.4.2"
    _ = login.look(after: .seconds(1))
    login.setEndpoints(true)
    _ = login.look(after: .seconds(1))
    login.world.known[.headset] = .listening
    _ = login.look(after: .seconds(1))
    login.world.streams[.headset] = [Transport(profile: .a2dp)]
    _ = login.look(after: .seconds(1))
    login.world.join(.pipewire())
    _ = login.look(after: .seconds(1))
    login.world.put(into: "headset-head-unit")
    _ = login.look(after: .seconds(100))
    #expect(
      login.watch.milestones == [
        .attached: .zero, .server: .seconds(1), .endpoints: .seconds(2), .connected: .seconds(3),
        .transport: .seconds(4), .profile: .seconds(5),
      ])
  }

  @Test func `a lower number comes first, whoever had which last`() {
    var login = Login(.own, .otherOwn)
    login.world.uses[.headset] = DeviceUse(own: 9)
    login.world.callWishes[.other] = CallWish(tier: 2)
    #expect(login.callAll() == [.other, .headset])
  }

  @Test func `one that its users do not want called, or that was let go for a time, is not called`() {
    var login = Login(.own, .otherOwn)
    login.world.callWishes[.headset] = CallWish(isAutomatic: false)
    login.world.holds[.other] = Hold(.yielded, remaining: .seconds(600))
    #expect(login.look().isEmpty)
  }

  @Test(arguments: [HandMemory.login, .connection])
  func `what was disconnected by hand is called at the next login, unless the configuration says otherwise`(
    memory: HandMemory
  ) {
    for reason in [Hold.Reason.disconnected, .left, .released] {
      var login = Login(.own)
      login.world.callRules.memory = memory
      login.world.holds[.headset] = Hold(reason)
      #expect(login.look().isEmpty == (memory == .connection))
    }
  }

  @Test func `one that somebody lets go while another one is called is not called`() {
    var login = Login(.own, .otherOwn)
    login.world.uses[.headset] = DeviceUse(own: 9)
    #expect(login.look() == [.connect(.headset)])
    login.world.holds[.other] = Hold(.disconnected)
    #expect(login.end(.headset, OperationError(.pageTimeout, "It does not answer.")).isEmpty)
    #expect(!login.watch.stillCalls(.other, in: login.world))
    login.world.holds = [:]
    #expect(login.watch.stillCalls(.other, in: login.world))
  }

  @Test func `one that refused a short while ago is left to whoever has it`() {
    var login = Login(.own)
    login.world.holds[.headset] = Hold(.elsewhere, age: .seconds(600))
    #expect(login.look().isEmpty)
    var later = Login(.own)
    later.world.holds[.headset] = Hold(.elsewhere, age: .seconds(3600))
    #expect(later.look() == [.connect(.headset)])
  }
}
