import Core
import Testing
import Vocabulary

/// What a headset said of its other hosts before it went.
@Suite struct PolitenessTests {
  private static func word(
    _ othersPlay: Bool, _ age: Duration = .zero, connected: Int = 2, isCurrent: Bool = false
  ) -> HeadsetWord {
    HeadsetWord(hosts: .init(.init(connected: connected, othersPlay: othersPlay), age: age, isCurrent: isCurrent))
  }

  @Test func `one that played for another host is called a quarter of an hour after it said so, and that is told`() {
    var calls = Calls(.here)
    calls.world.words[.headset] = Self.word(true, .seconds(60))
    calls.answering = [.headset]
    calls.setAdapter(false)
    calls.setAdapter(true)
    calls.pass(.seconds(30))
    #expect(calls.connects.isEmpty)
    #expect(calls.words().contains("; it played for another host; it is called in"))
    // The word gets older as time goes by.
    calls.world.words[.headset] = Self.word(true, .seconds(15 * 60))
    calls.pass(.seconds(15 * 60))
    #expect(calls.connects == [.headset])
  }

  @Test(arguments: [HeadsetWord(), word(false), word(true, .seconds(15 * 60))])
  func `one that said nothing, nothing of the kind, or long ago, is called as ever`(word: HeadsetWord) {
    var calls = Calls(.here)
    calls.world.words[.headset] = word
    calls.answering = [.headset]
    calls.setAdapter(false)
    calls.setAdapter(true)
    calls.pass(.seconds(30))
    #expect(calls.connects == [.headset])
  }

  @Test func `whom somebody let go for a time is called when it is over, whatever it said`() {
    var calls = Calls(.here)
    calls.answering = [.headset]
    calls.world.words[.headset] = Self.word(true)
    calls.world.holds[.headset] = Hold(.yielded, remaining: .seconds(8))
    calls.world.known[.headset]?.connected = false
    calls.tell(.deviceChanged(.headset))
    calls.tell(.holdChanged(.headset))
    calls.pass(.seconds(7))
    calls.world.holds[.headset] = nil
    calls.pass(.seconds(20))
    #expect(calls.connects == [.headset])
  }

  @Test func `a better one that plays for another host does not have the other one let go`() {
    var calls = Calls(.here, .otherOwn)
    calls.world.callWishes[.other] = CallWish(tier: 1)
    calls.world.callRules.better = .always
    calls.world.words[.other] = Self.word(true, isCurrent: true)
    calls.come(.other)
    #expect(calls.disconnects.isEmpty && calls.told.isEmpty)
    #expect(calls.words(.other) == "It is connected, and plays for another host.")
    #expect(calls.state() == .connected)
    // It is paused there.
    calls.world.words[.other] = Self.word(false, isCurrent: true)
    calls.tell(.deviceChanged(.other))
    #expect(calls.disconnects == [.headset])
  }

  @Test func `a word that holds now holds however long ago it was said`() {
    #expect(Self.word(true, .seconds(7200), isCurrent: true).politeness != nil)
    #expect(Self.word(true, .seconds(7200)).politeness == nil)
    #expect(Self.word(true, .seconds(60)).politeness == .seconds(14 * 60))
    #expect(Self.word(false).politeness == nil)
  }
}
