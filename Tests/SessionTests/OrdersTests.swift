import EventLoop
import Interface
import Support
import Testing

@testable import Session

@Suite(.timeLimit(.minutes(5))) struct OrdersTests {
  private func withOrders(
    limit: Duration = .seconds(30), units: FakeUnits = FakeUnits(),
    _ body: @escaping @Sendable (FakeSound, Orders) async throws -> Void
  ) async throws {
    try await withEventLoop { loop in
      let sound = FakeSound(loop)
      let orders = Orders(loop: loop, sound: sound, units: units, limit: limit)
      await sound.onChange { state in orders.assumeIsolated { $0.take(state) } }
      await sound.show(sound.state)
      try await body(sound, orders)
    }
  }

  private static func order(_ profile: String? = nil, codec: String? = nil, card: String = cardName) -> Wire.Order {
    Wire.Order(number: 1, card: card, profile: profile, codec: codec)
  }

  private static let restart = Wire.Order(number: 1, card: "", restart: true)

  @Test func `what registers with BlueZ is restarted, and seen to run`() async throws {
    let servers = [(Sample.pipewireHeadset(), "wireplumber.service"), (Sample.pulseHeadset(), "pulseaudio.service")]
    for (facts, unit) in servers {
      let units = FakeUnits()
      try await withOrders(units: units) { sound, orders in
        let isPipeWire = unit.hasPrefix("wireplumber")
        var state = SoundState(facts)
        if isPipeWire { state.server?.manager = false }
        await sound.show(state)
        let outcome = sound.loop.spawn { await orders.carryOut(Self.restart) }
        #expect(await units.next() == unit)
        if isPipeWire { state.server?.manager = true }
        await sound.show(state)
        #expect(await outcome.value == nil)
      }
    }
  }

  @Test func `nothing is restarted under what is heard elsewhere, nor without a server, and a refusal is passed on`()
    async throws
  {
    let units = FakeUnits(refusing: "systemd does not restart it.")
    try await withOrders(units: units) { sound, orders in
      var state = SoundState(Sample.pipewireHeadset())
      state.isBusyElsewhere = true
      await sound.show(state)
      #expect(await orders.carryOut(Self.restart)?.contains("plays or records") == true)
      await sound.show(.absent)
      #expect(await orders.carryOut(Self.restart) == "The sound server is not running.")
      state.isBusyElsewhere = false
      await sound.show(state)
      #expect(await orders.carryOut(Self.restart) == "systemd does not restart it.")
    }
  }

  @Test func `one that is not seen to run is told as such`() async throws {
    try await withOrders(limit: .milliseconds(50)) { sound, orders in
      var state = SoundState(Sample.pipewireHeadset())
      state.server?.manager = false
      await sound.show(state)
      #expect(await orders.carryOut(Self.restart) == "wireplumber.service was restarted, and is not seen to run.")
    }
  }

  @Test func `a profile is set and seen`() async throws {
    try await withOrders { sound, orders in
      #expect(await orders.carryOut(Self.order("headset-head-unit")) == nil)
      #expect(await sound.state.cards[0].activeProfile == "headset-head-unit")
    }
  }

  @Test func `a profile without a sink is seen without one`() async throws {
    try await withOrders { sound, orders in
      #expect(await orders.carryOut(Self.order("off")) == nil)
    }
  }

  @Test func `what is so already is not asked for`() async throws {
    try await withOrders { sound, orders in
      await sound.behave(.refuses(PulseError(kind: .other, words: "no")))
      #expect(await orders.carryOut(Self.order("a2dp-sink")) == nil)
      #expect(await orders.carryOut(Self.order(codec: "sbc")) == nil)
    }
  }

  @Test func `a profile whose sink is still missing is waited for`() async throws {
    try await withOrders { sound, orders in
      await sound.behave(.ignores)
      var deeds = sound.deeds.makeAsyncIterator()
      let outcome = sound.loop.spawn { await orders.carryOut(Self.order("headset-head-unit")) }
      #expect(await deeds.next() == .profile("headset-head-unit"))
      await sound.change {
        $0.activeProfile = "headset-head-unit"
        $0.sink = nil
      }
      await sound.change { $0.sink = Sample.sinkName }
      #expect(await outcome.value == nil)
    }
  }

  @Test func `a profile that the sound server forgets over setting the card up anew is asked for once more`()
    async throws
  {
    try await withOrders { sound, orders in
      await sound.behave(.ignores)
      var deeds = sound.deeds.makeAsyncIterator()
      let outcome = sound.loop.spawn { await orders.carryOut(Self.order("headset-head-unit")) }
      #expect(await deeds.next() == .profile("headset-head-unit"))
      await sound.change { $0.sink = nil }
      await sound.behave(.obeys)
      await sound.change { $0.sink = Sample.sinkName }
      #expect(await deeds.next() == .profile("headset-head-unit"))
      #expect(await outcome.value == nil)
    }
  }

  @Test func `what it forgets twice is not asked for again`() async throws {
    try await withOrders(limit: .milliseconds(50)) { sound, orders in
      await sound.behave(.ignores)
      var deeds = sound.deeds.makeAsyncIterator()
      let outcome = sound.loop.spawn { await orders.carryOut(Self.order("headset-head-unit")) }
      for _ in 1...2 {
        #expect(await deeds.next() == .profile("headset-head-unit"))
        await sound.change { $0.sink = nil }
        await sound.change { $0.sink = Sample.sinkName }
      }
      #expect(await outcome.value?.contains("not in \"headset-head-unit\"") == true)
    }
  }

  @Test func `a profile that stands for those with a codec is seen in one of them`() async throws {
    try await withOrders { sound, orders in
      await sound.show(SoundState(Sample.oldPipewireHeadset(profile: "a2dp-sink-sbc")))
      await sound.behave(.ignores)
      var deeds = sound.deeds.makeAsyncIterator()
      let outcome = sound.loop.spawn { await orders.carryOut(Self.order("headset-head-unit")) }
      #expect(await deeds.next() == .profile("headset-head-unit"))
      await sound.change { $0.activeProfile = "headset-head-unit-msbc" }
      #expect(await outcome.value == nil)
      // And is left alone then.
      #expect(await orders.carryOut(Self.order("headset-head-unit")) == nil)
    }
  }

  @Test func `another codec's profile is not the one that was asked for`() async throws {
    try await withOrders { sound, orders in
      await sound.show(SoundState(Sample.pipewireHeadset(profile: "headset-head-unit-cvsd")))
      #expect(await orders.carryOut(Self.order("headset-head-unit")) == nil)
      #expect(await sound.state.cards[0].activeProfile == "headset-head-unit")
    }
  }

  @Test func `a codec is set and seen`() async throws {
    try await withOrders { sound, orders in
      await sound.show(SoundState(Sample.pulseHeadset()))
      #expect(await orders.carryOut(Self.order(codec: "sbc_xq_552")) == nil)
      #expect(await sound.state.cards[0].codec == "sbc_xq_552")
    }
  }

  @Test func `a profile comes before the codec that is for it`() async throws {
    try await withOrders { sound, orders in
      await sound.show(SoundState(Sample.pulseHeadset()))
      #expect(await orders.carryOut(Self.order("headset_head_unit", codec: "sbc_xq_552")) == nil)
      var deeds = sound.deeds.makeAsyncIterator()
      #expect(await deeds.next() == .profile("headset_head_unit"))
      #expect(await deeds.next() == .codec("sbc_xq_552"))
    }
  }

  @Test(
    arguments: [
      (order("a2dp-sink", card: "bluez_card.AC_80_0A_00_00_02"), "The sound server has no such card."),
      (order("stereo"), "The card has no profile \"stereo\"."),
      (order(codec: "ldac"), "The card has no codec \"ldac\" in its present profile."),
      (order(), "The order says nothing to do."),
    ])
  func `an order that makes no sense is answered at once`(order: Wire.Order, sentence: String) async throws {
    try await withOrders { sound, orders in
      #expect(await orders.carryOut(order) == sentence)
    }
  }

  @Test func `a profile that is not available is not asked for`() async throws {
    try await withOrders { sound, orders in
      await sound.show(SoundState(Sample.pulseHeadset()))
      let failure = await orders.carryOut(Self.order("handsfree_head_unit"))
      #expect(failure == "The card's profile \"handsfree_head_unit\" is not available now.")
    }
  }

  @Test func `without a sound server nothing can be done`() async throws {
    try await withOrders { sound, orders in
      await sound.show(.absent)
      #expect(await orders.carryOut(Self.order("a2dp-sink")) == "The sound server is not running.")
    }
  }

  @Test(
    arguments: [
      (.losesCard, "The card disappeared."), (.dies, "The sound server went away."),
      (.refuses(PulseError(kind: .other, words: "No such entity")), "The sound server refused: No such entity."),
      (.refuses(PulseError(kind: .ended, words: "Connection terminated")), "The sound server went away."),
    ] as [(FakeSound.Manner, String)])
  func `a change that fails is told`(manner: FakeSound.Manner, sentence: String) async throws {
    try await withOrders { sound, orders in
      await sound.behave(manner)
      #expect(await orders.carryOut(Self.order("headset-head-unit")) == sentence)
    }
  }

  @Test func `a change that nobody sees is given up`() async throws {
    try await withOrders(limit: .milliseconds(50)) { sound, orders in
      await sound.behave(.ignores)
      let failure = await orders.carryOut(Self.order("headset-head-unit"))
      #expect(failure == "The card is in \"a2dp-sink\" and not in \"headset-head-unit\" after 0 s.")
      // And the next one is carried out.
      await sound.behave(.obeys)
      #expect(await orders.carryOut(Self.order("headset-head-unit")) == nil)
    }
  }

  @Test func `an order's time begins with its arrival`() async throws {
    try await withOrders { sound, orders in
      await sound.behave(.ignores)
      let failure = await orders.carryOut(Self.order("headset-head-unit"), since: .now - .seconds(31))
      #expect(failure == "The sound server was busy with another order.")
    }
  }
}
