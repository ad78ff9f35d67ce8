import Core
import Testing
import Vocabulary

/// A login over time.
private struct Login {
  var world: FakeWorld
  var watch = LoginWatch(at: .zero)
  var now = Duration.zero
  /// The sound server of another session is there, too.
  var isShared = false

  init(_ devices: Device..., hasServer: Bool = true, hasEndpoints: Bool = true) {
    world = FakeWorld()
    for device in devices { world.known[device.id] = device }
    world.join(nil)
    if !hasServer { world.sound?.server = nil }
    if !hasEndpoints { world.adapters[.first]?.services = [] }
  }

  mutating func look(after time: Duration = .zero) -> [DeviceID] {
    now += time
    return watch.look(at: now, in: world, Array(world.adapters.values), isShared: isShared)
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
    #expect(login.look(after: .seconds(1)) == [.headset])
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
    #expect(other.look(after: .seconds(60)) == [.headset])
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
    #expect(
      login.watch.look(at: .zero, in: login.world, Array(login.world.adapters.values)) { $0 == .headset } == [.other])
    login.world.known[.headset]?.connected = true
    _ = login.look(after: .seconds(1))
    login.setEndpoints(false)
    _ = login.look(after: .seconds(1))
    login.world.known[.headset]?.connected = false
    login.setEndpoints(true)
    #expect(
      login.watch.look(at: .seconds(3), in: login.world, Array(login.world.adapters.values)) { _ in true }
        == [.headset])
  }

  @Test func `endpoints that another user's server registered are not waited at`() {
    var login = Login(.own, hasServer: false)
    #expect(login.look().isEmpty)
    login.world.sound?.server = "PipeWire 1.4.2"
    #expect(login.look() == [.headset])
  }

  @Test func `an adapter that appears late is as good`() {
    var login = Login(.own)
    let adapter = login.world.adapters.removeValue(forKey: .first)
    #expect(login.look().isEmpty)
    login.world.adapters[.first] = adapter
    #expect(login.look(after: .seconds(30)) == [.headset])
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
    #expect(Set(login.look()) == [.headset, .other])
  }

  @Test func `after the sound server was away those are called that it took along`() {
    var login = Login(.own, .own.at(.other))
    _ = login.look()
    login.world.known[.headset]?.connected = true
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.setEndpoints(false)
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.setEndpoints(true)
    #expect(login.look(after: .seconds(1)) == [.headset])
  }

  @Test func `a link that falls for want of the endpoints before is made again, once`() {
    var login = Login(.listening)
    #expect(login.look().isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)) == [.headset])
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `a link that another session's sound server takes along when it ends is made again, once`() {
    var login = Login(.listening)
    login.isShared = true
    #expect(login.look().isEmpty)
    // A greeter's stays for a while, at a slow machine for long.
    #expect(login.look(after: .seconds(40)).isEmpty)
    login.isShared = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)) == [.headset])
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `on a slow machine the link falls later, and is known by the streams that it has lost`() {
    for regains in [false, true] {
      var login = Login(.listening)
      login.play()
      login.isShared = true
      _ = login.look()
      login.isShared = false
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
      #expect(login.look(after: .seconds(8)) == (regains ? [] : [.headset]))
      #expect(login.look(after: .seconds(1)).isEmpty)
    }
  }

  @Test func `a stream that stays past that settles it`() {
    var login = Login(.listening)
    login.play()
    login.isShared = true
    _ = login.look()
    login.isShared = false
    _ = login.look()
    _ = login.look(after: .seconds(6))
    login.world.streams[.headset] = nil
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)).isEmpty)
  }

  @Test func `also where the link falls before that server has gone`() {
    var login = Login(.listening)
    login.isShared = true
    _ = login.look()
    _ = login.look(after: .seconds(40))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(2)).isEmpty)
    login.isShared = false
    #expect(login.look(after: .seconds(1)) == [.headset])
  }

  @Test func `a headset that leaves long after the other server went is left alone`() {
    var login = Login(.listening)
    login.isShared = true
    _ = login.look()
    login.isShared = false
    _ = login.look(after: .seconds(40))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `a daemon that is started anew calls nobody for the same login`() {
    var login = Login(.own)
    login.watch = LoginWatch(at: .zero, hasCalled: true)
    #expect(login.look().isEmpty)
  }

  @Test func `what the user disconnects at once stays so`() {
    var login = Login(.listening)
    _ = login.look()
    login.watch.leave(.headset)
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
  }

  @Test func `what another user disconnected meanwhile stays so`() {
    var login = Login(.listening)
    _ = login.look()
    login.watch.pause()
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(60)).isEmpty)
  }

  @Test func `a controller that is pulled out takes its links along first, and they are made again when it is back`() {
    var login = Login(.own)
    _ = login.look()
    login.world.known[.headset]?.connected = true
    _ = login.look(after: .seconds(60))
    login.world.known[.headset]?.connected = false
    #expect(login.look(after: .seconds(1)).isEmpty)
    let adapter = login.world.adapters.removeValue(forKey: .first)
    #expect(login.look(after: .seconds(1)).isEmpty)
    login.world.adapters[.first] = adapter
    #expect(login.look(after: .seconds(60)) == [.headset])
  }

  @Test func `what the user disconnected stays so when the sound server comes back`() {
    var login = Login(.listening)
    _ = login.look()
    login.watch.leave(.headset)
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
}
