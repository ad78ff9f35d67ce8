import Core
import Testing
import Vocabulary

/// A headset's sound over time: what others do to it, and what the watch wants done.
private struct Listening {
  var world: FakeWorld
  var watch = AudioWatch(.headset)
  var now = Duration.zero
  private(set) var isArmed = false
  /// The corrections that were wanted.
  private(set) var corrections: [AudioCard.Kind] = []
  private(set) var told: [String] = []

  init(_ world: FakeWorld) {
    self.world = world
    look()
  }

  mutating func look() { tell(.soundChanged) }

  mutating func tell(_ event: Event) {
    if watch.isConcerned(by: event) { take(watch.handle(event, at: now, in: world)) }
  }

  mutating func pass(_ time: Duration) {
    now += time
    guard isArmed, time >= .seconds(4) else { return }
    isArmed = false
    take(watch.handle(.expired(.settle), at: now, in: world))
  }

  /// Somebody else puts the card into a profile, perhaps because something records from it.
  mutating func others(put profile: String, recording captures: AudioCard.Capture...) {
    world.put(into: profile)
    world.sound?.cards[DeviceID.headset.address]?.captures = captures
    look()
  }

  /// The correction that is wanted is made, and works unless the card stays in this profile.
  mutating func correct(but stays: String? = nil) {
    guard let kind = corrections.last else {
      Issue.record("nothing is to be corrected")
      return
    }
    begin(kind)
    let profile = stays ?? world.sound?.cards[DeviceID.headset.address]?.best(kind)?.name
    world.put(into: profile)
    look()
    end(kind)
  }

  /// An operation begins to put the sound into something: one that is asked for, or the watch's own.
  mutating func begin(_ kind: AudioCard.Kind, isAsked: Bool = false) {
    tell(.operationBegan(DeviceOperation(on: .headset, .audio(.headset, kind), isAsked: isAsked)))
  }

  /// It ends, well unless there is an error.
  mutating func end(_ kind: AudioCard.Kind, isAsked: Bool = false, _ error: OperationError? = nil) {
    tell(.operationEnded(DeviceOperation(on: .headset, .audio(.headset, kind), isAsked: isAsked), error))
  }

  private mutating func take(_ actions: [WatchAction]) {
    for action in actions {
      switch action {
      case .arm(.settle, _): isArmed = true
      case .disarm(.settle): isArmed = false
      case .begin(.audio(.headset, let kind?)): corrections.append(kind)
      case .tell(.headset, let words): told.append(words)
      default: Issue.record("not of a watch of sound: \(action)")
      }
    }
  }
}

@Suite struct AudioWatchTests {
  private static let call = "headset-head-unit"
  private static let stereo = "a2dp-sink"

  // MARK: Nothing to do

  @Test(arguments: [
    (AudioPolicy.auto, stereo), (.stereo, "a2dp-sink-sbc_xq"), (.call, "headset-head-unit-cvsd"), (.off, "off"),
  ])
  func `what is as its policy wants is left`(policy: AudioPolicy, profile: String) {
    let listening = Listening(.playing(.pipewire(in: profile), policy: policy))
    #expect(listening.corrections.isEmpty)
    #expect(!listening.isArmed)
  }

  @Test func `a device that is not connected is nobody's matter`() {
    var world = FakeWorld.playing(.pipewire(in: Self.call), policy: .stereo)
    world.known[.headset]?.connected = false
    #expect(Listening(world).corrections.isEmpty)
  }

  // MARK: Auto

  @Test func `auto leaves a call to the application, and the way back to the sound server`() {
    var listening = Listening(.playing())
    listening.others(put: Self.call, recording: .firefox)
    #expect(listening.watch.decider == .application)
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
    listening.others(put: Self.call)
    listening.pass(.seconds(2))
    listening.others(put: Self.stereo)
    #expect(!listening.isArmed)
    #expect(listening.corrections.isEmpty)
  }

  @Test func `auto brings stereo back that the sound server does not`() {
    var listening = Listening(.playing())
    listening.others(put: Self.call, recording: .firefox)
    listening.others(put: Self.call)
    #expect(listening.corrections.isEmpty)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
    listening.correct()
    #expect(listening.watch.decider == .policy)
    #expect(!listening.isArmed)
  }

  @Test func `auto puts a remembered headset profile right`() {
    var listening = Listening(.playing(.pipewire(in: Self.call)))
    #expect(listening.watch.isRemembered)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `auto switches on, once, what comes up switched off with a new link, and says so`() {
    var listening = Listening(.playing(nil))
    listening.world.join(.pipewire(in: "off"))
    listening.look()
    #expect(listening.corrections.isEmpty)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
    listening.correct()
    #expect(listening.told == [AudioWatch.switchedOn])
    listening.others(put: "off")
    listening.pass(.seconds(60))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `off as a policy keeps what comes up switched off`() {
    var listening = Listening(.playing(nil, policy: .off))
    listening.world.join(.pipewire(in: "off"))
    listening.look()
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
  }

  @Test func `what was off already when its link began to be watched is left under auto`() {
    var listening = Listening(.playing(.pipewire(in: "off")))
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
  }

  @Test func `auto leaves what the user switched off in the sound server`() {
    var listening = Listening(.playing())
    listening.others(put: "off")
    listening.pass(.seconds(10))
    #expect(listening.corrections.isEmpty)
  }

  // MARK: Stereo, call and off

  @Test func `stereo stays while an application records`() {
    var listening = Listening(.playing(policy: .stereo))
    listening.others(put: Self.call, recording: .firefox)
    #expect(listening.corrections == [.stereo])
    listening.correct()
    #expect(listening.world.card(of: .headset)?.kind == .stereo)
  }

  @Test(arguments: [(AudioPolicy.call, stereo, AudioCard.Kind.call), (.off, stereo, .off), (.stereo, "off", .stereo)])
  func `other policies are seen to at once`(policy: AudioPolicy, profile: String, kind: AudioCard.Kind) {
    #expect(Listening(.playing(.pipewire(in: profile), policy: policy)).corrections == [kind])
  }

  @Test func `a call that the card cannot do is not asked for`() {
    var card = AudioCard.pipewire()
    card.disable(.call)
    #expect(Listening(.playing(card, policy: .call)).corrections.isEmpty)
  }

  // MARK: No fight

  @Test func `what is taken back at once is left until something else changes`() {
    var listening = Listening(.playing(policy: .stereo))
    listening.others(put: Self.call, recording: .firefox)
    listening.correct()
    listening.pass(.seconds(1))
    listening.others(put: Self.call, recording: .firefox)
    #expect(listening.corrections.count == 1)
    #expect(listening.watch.wasTakenBack)
    listening.pass(.seconds(60))
    #expect(listening.corrections.count == 1)
    // The call ends, and the next one begins.
    listening.others(put: Self.stereo)
    listening.others(put: Self.call, recording: .firefox)
    #expect(listening.corrections.count == 2)
  }

  @Test func `what is taken back from a command is corrected once`() {
    var listening = Listening(.playing())
    listening.begin(.call, isAsked: true)
    listening.world.wishes[.headset] = AudioWish(policy: .call)
    listening.world.put(into: Self.call)
    listening.look()
    listening.end(.call, isAsked: true)
    listening.pass(.seconds(2))
    listening.others(put: Self.stereo)
    #expect(listening.corrections == [.call])
    listening.correct()
    listening.pass(.seconds(2))
    listening.others(put: Self.stereo)
    #expect(listening.corrections == [.call])
  }

  @Test func `a correction that does not work is not tried again`() {
    var listening = Listening(.playing(policy: .stereo))
    listening.others(put: Self.call, recording: .firefox)
    listening.correct(but: Self.call)
    listening.pass(.seconds(60))
    #expect(listening.corrections == [.stereo])
    #expect(listening.watch.wasTakenBack)
  }

  @Test func `another policy is another reason`() {
    var listening = Listening(.playing(policy: .stereo))
    listening.others(put: Self.call, recording: .firefox)
    listening.correct(but: Self.call)
    listening.world.wishes[.headset] = AudioWish(policy: .off)
    listening.look()
    #expect(listening.corrections == [.stereo, .off])
  }

  @Test func `what a command made it holds until somebody changes it`() {
    var listening = Listening(.playing())
    listening.begin(.call, isAsked: true)
    listening.world.put(into: Self.call)
    listening.look()
    listening.end(.call, isAsked: true)
    #expect(listening.watch.decider == .command)
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
    listening.others(put: Self.stereo)
    listening.others(put: Self.call)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
  }

  // MARK: A2DP

  private var monaural: FakeWorld {
    var world = FakeWorld.playing(.pipewire(in: Self.call))
    world.streams[.headset] = [Transport(profile: .hfp)]
    return world
  }

  @Test(arguments: [AudioPolicy.auto, .stereo]) func `A2DP that nobody connects is connected, once for each link`(
    policy: AudioPolicy
  ) {
    var world = monaural
    world.sound?.cards = [:]
    world.wishes[.headset] = AudioWish(policy: policy)
    var listening = Listening(world)
    #expect(listening.corrections.isEmpty)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
    listening.correct()
    listening.pass(.seconds(60))
    listening.look()
    #expect(listening.corrections == [.stereo])
    listening.world.known[.headset]?.connected = false
    listening.look()
    listening.world.known[.headset]?.connected = true
    listening.look()
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo, .stereo])
  }

  @Test func `A2DP that stood for a while and goes is asked for again, and so is what another headset gives up`() {
    var world = monaural
    world.sound?.cards = [:]
    var listening = Listening(world)
    listening.pass(.seconds(4))
    listening.correct()
    listening.world.streams[.headset] = [Transport(profile: .a2dp)]
    listening.look()
    listening.pass(.seconds(60))
    listening.world.streams[.headset] = nil
    listening.look()
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo, .stereo])
    listening.correct()
    listening.pass(.seconds(60))
    #expect(listening.corrections.count == 2)
    // A sound server may have one stream only.
    listening.world.streams[.other] = [Transport(profile: .a2dp)]
    listening.tell(.deviceChanged(.other))
    #expect(listening.corrections.count == 2)
    listening.world.streams[.other] = nil
    listening.tell(.deviceChanged(.other))
    listening.pass(.seconds(4))
    #expect(listening.corrections.count == 3)
  }

  @Test func `what another headset had already when the link came is waited for, too`() {
    var world = monaural
    world.sound?.cards = [:]
    world.known[.other] = .listening.at(.other)
    world.streams[.other] = [Transport(profile: .a2dp)]
    var listening = Listening(world)
    listening.pass(.seconds(4))
    listening.correct()
    listening.tell(.audioObstacle(.headset, "Its endpoint is taken."))
    listening.pass(.seconds(60))
    #expect(listening.corrections == [.stereo])
    #expect(listening.watch.obstacle == "Its endpoint is taken.")
    listening.world.streams[.other] = nil
    listening.tell(.deviceChanged(.other))
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo, .stereo])
    #expect(listening.watch.obstacle == nil)
  }

  @Test func `a command that did not work leaves no wait behind that nobody ends`() {
    var listening = Listening(.playing(.pipewire(in: Self.call)))
    #expect(listening.isArmed)
    listening.begin(.call, isAsked: true)
    #expect(!listening.isArmed)
    listening.end(.call, isAsked: true, OperationError(.noProfile, "There is none."))
    // It is taken back from nobody: the sound is as it was, and left until something changes.
    #expect(!listening.isArmed)
    listening.others(put: Self.call, recording: .firefox)
    listening.others(put: Self.call)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `a reconnect that did not help is not made again`() {
    var world = monaural
    world.sound?.cards = [:]
    var listening = Listening(world)
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
    listening.begin(.stereo)
    for isConnected in [false, true] {
      listening.world.known[.headset]?.connected = isConnected
      listening.look()
    }
    listening.end(.stereo)
    listening.pass(.seconds(60))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `a link that may not be sound is left to those who judge it`() {
    var world = monaural
    world.sound?.cards = [:]
    world.known[.headset]?.servicesResolved = false
    var listening = Listening(world)
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
    listening.world.known[.headset]?.servicesResolved = true
    listening.look()
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `what BlueZ or the sound server connect meanwhile is not connected again`() {
    var world = monaural
    world.sound?.cards = [:]
    var listening = Listening(world)
    #expect(listening.isArmed)
    listening.world.streams[.headset] = [Transport(profile: .a2dp)]
    listening.look()
    #expect(!listening.isArmed)
    listening.pass(.seconds(10))
    #expect(listening.corrections.isEmpty)
  }

  @Test func `endpoints that come back are a new chance`() {
    var world = monaural
    world.sound?.cards = [:]
    world.adapters[.first]?.services = []
    var listening = Listening(world)
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
    listening.world.adapters[.first]?.services = .soundServer
    listening.look()
    listening.pass(.seconds(4))
    #expect(listening.corrections == [.stereo])
  }

  @Test func `a device without A2DP, and policies without stereo, ask for none`() {
    var world = monaural
    world.sound?.cards = [:]
    world.known[.headset]?.services = [.handsFree]
    var plain = Listening(world)
    plain.pass(.seconds(10))
    #expect(plain.corrections.isEmpty)
    world.known[.headset]?.services = .headset
    world.wishes[.headset] = AudioWish(policy: .call)
    var calling = Listening(world)
    calling.pass(.seconds(10))
    #expect(calling.corrections.isEmpty)
  }

  @Test func `where something else is being done with the device it waits`() {
    var listening = Listening(.playing(.pipewire(in: "off"), policy: .stereo))
    #expect(listening.corrections == [.stereo])
    for code in [ErrorCode.busy, .cancelled] {
      let before = listening.corrections.count
      listening.end(.stereo, OperationError(code, "Something else is being done with it."))
      #expect(listening.isArmed)
      listening.pass(.seconds(4))
      #expect(listening.corrections.count == before + 1)
    }
  }

  // MARK: Flapping

  @Test func `sound that changes again and again is told of once, and left alone`() {
    var listening = Listening(.playing(policy: .auto))
    for _ in 0..<5 {
      listening.pass(.seconds(2))
      listening.others(put: Self.call, recording: .firefox)
      listening.pass(.seconds(2))
      listening.others(put: Self.stereo)
    }
    #expect(listening.told == ["Its sound changed 6 times within 30 s."])
    #expect(listening.watch.flapping != nil)
    listening.others(put: Self.call)
    listening.pass(.seconds(60))
    #expect(listening.corrections.isEmpty)
    #expect(!listening.isArmed)
  }

  @Test func `two calls in a row are no flapping, nor are changes far apart`() {
    var listening = Listening(.playing())
    for pause in [Duration.seconds(2), .seconds(2), .seconds(40), .seconds(40)] {
      listening.others(put: Self.call, recording: .firefox)
      listening.pass(pause)
      listening.others(put: Self.stereo)
      listening.pass(pause)
    }
    #expect(listening.told.isEmpty)
    #expect(listening.watch.flapping == nil)
  }

  @Test func `it has settled when nothing changed for a while`() {
    var listening = Listening(.playing())
    for _ in 0..<3 {
      listening.others(put: Self.call, recording: .firefox)
      listening.others(put: Self.stereo)
    }
    #expect(listening.watch.flapping != nil)
    listening.pass(.seconds(30))
    listening.look()
    #expect(listening.watch.flapping == nil)
  }

  @Test func `a stream that comes and goes is flapping too`() {
    var listening = Listening(.playing())
    for _ in 0..<3 {
      listening.world.streams[.headset] = nil
      listening.look()
      listening.world.streams[.headset] = [Transport(profile: .a2dp)]
      listening.look()
      listening.pass(.seconds(1))
    }
    #expect(listening.watch.flapping != nil)
  }
}
