import Core
import Testing
import Vocabulary

@Suite struct TierTests {
  /// The other headset comes before the first one.
  private func pair(_ rule: BetterHeadset, _ first: Device = .here, _ other: Device = .otherOwn) -> Calls {
    var calls = Calls(first, other)
    calls.world.callWishes[.other] = CallWish(tier: 1)
    calls.world.callRules.better = rule
    calls.tell(.soundChanged)
    return calls
  }

  @Test
  func `of several that are due the first tier is called first, one at a time, and the others not while it is here`() {
    var calls = pair(.ask, .here, .otherHere)
    calls.setAdapter(false)
    calls.answering = [.headset, .other]
    calls.setAdapter(true)
    calls.pass(.seconds(3600))
    #expect(calls.connects == [.other])
    #expect(calls.state() == .lowerTier)
    #expect(calls.words() == "It is not called while WH-1000XM5 is connected, which comes before it.")
  }

  @Test func `the first one does not answer: the next one is called`() {
    var calls = pair(.ask, .here, .otherHere)
    calls.setAdapter(false)
    calls.answering = [.headset]
    calls.setAdapter(true)
    calls.pass(.seconds(10))
    #expect(calls.connects == [.other, .headset])
    #expect(calls.state() == .connected)
  }

  @Test func `of equals none is called while another one is here`() {
    var calls = Calls(.here, .otherHere)
    calls.fall(.timeout)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
    #expect(calls.words() == "It is not called while WH-1000XM5 is connected, its equal.")
    calls.fall(.remote, .other)
    #expect(calls.connects == [.headset])
  }

  @Test func `ask: a better one that comes is told of once, and both stay`() {
    var calls = pair(.ask)
    calls.come(.other)
    calls.tell(.deviceChanged(.headset))
    #expect(calls.told == ["It comes before WH-1000XM4, which is connected, too, and stays."])
    #expect(calls.disconnects.isEmpty)
    #expect(calls.state() == .outranked)
    #expect(calls.state(.other) == .connected)
  }

  @Test func `take: the other one is let go when it neither plays nor records`() {
    var calls = pair(.take)
    calls.come(.other)
    #expect(calls.disconnects == [.headset])

    var playing = pair(.take)
    playing.play(true)
    playing.come(.other)
    #expect(playing.disconnects.isEmpty)
    playing.play(false)
    #expect(playing.disconnects == [.headset])

    var recording = pair(.take)
    recording.world.join(.pipewire(recordedBy: .init(application: "Firefox", process: 1)))
    recording.come(.other)
    #expect(recording.disconnects.isEmpty)
  }

  @Test func `always: it is let go whatever it does`() {
    var calls = pair(.always)
    calls.play(true)
    calls.come(.other)
    #expect(calls.disconnects == [.headset])
  }

  @Test(arguments: BetterHeadset.allCases)
  func `one of a lower tier never interrupts`(rule: BetterHeadset) {
    var calls = pair(rule, .own, .otherHere)
    calls.play(true, .other)
    calls.come()
    #expect(calls.disconnects.filter { $0 == .other }.isEmpty)
  }

  @Test func `one that gave way is called when the other one has gone, and was not sent away by a person`() {
    var calls = pair(.take)
    calls.come(.other)
    calls.answering = [.headset]
    calls.fall(.remote, .other)
    calls.pass(.seconds(10))
    #expect(calls.connects == [.headset])
  }

  // MARK: Letting go

  @Test func `let go for a time it is not called, and is when that is over`() {
    var calls = Calls(.own)
    calls.world.holds[.headset] = Hold(.yielded, remaining: .seconds(600))
    calls.tell(.holdChanged(.headset))
    #expect(calls.words() == "It was let go for 10 min.")
    calls.pass(.seconds(599))
    #expect(calls.connects.isEmpty)
    calls.world.holds[.headset] = nil
    calls.answering = [.headset]
    calls.pass(.seconds(1))
    #expect(calls.connects == [.headset])
  }

  @Test func `a daemon that is started anew finds it let go, and calls it when that is over`() {
    var calls = Calls(.own)
    calls.world.holds[.headset] = Hold(.yielded, remaining: .seconds(30))
    calls.setAdapter(false)
    calls.setAdapter(true)
    calls.world.holds[.headset] = nil
    calls.pass(.seconds(31))
    #expect(calls.connects.first == .headset)
  }

  @Test func `after a time without sound it is let go; a stream, or the microphone, keeps it`() {
    var calls = Calls(.here)
    calls.world.callRules.idleLimit = .seconds(900)
    calls.play(true)
    calls.pass(.seconds(3600))
    #expect(calls.disconnects.isEmpty)
    calls.play(false)
    calls.pass(.seconds(899))
    #expect(calls.disconnects.isEmpty)
    calls.pass(.seconds(1))
    #expect(calls.disconnects == [.headset])
    #expect(calls.state() == .released)
    calls.pass(.seconds(3600))
    #expect(calls.connects.isEmpty)
  }

  @Test func `something plays: the one that was let go for silence is called, once`() {
    var calls = Calls(.here)
    calls.world.callRules.idleLimit = .seconds(60)
    calls.world.join(nil)
    calls.tell(.soundChanged)
    calls.pass(.seconds(60))
    #expect(calls.state() == .released)
    calls.world.holds[.headset] = Hold(.released)
    calls.world.sound?.isPlaying = true
    calls.tell(.soundChanged)
    #expect(calls.connects == [.headset])
    calls.pass(.seconds(3600))
    #expect(calls.connects.count == 1)
  }
}
