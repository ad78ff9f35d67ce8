import EventLoop
import Interface
import Service
import Simulator
import Support
import Testing

@testable import Session

@Suite(.timeLimit(.minutes(5))) struct DaemonLinkTests {
  private typealias Heard = FakeDaemon.Heard

  /// The link between a fake sound server, of which nothing is known yet, and a fake daemon.
  private struct Link: Sendable {
    let sound: FakeSound
    let daemon: FakeDaemon
    let ending: Task<DaemonLink.Ending, Never>
  }

  private func withLink(
    starting: Bool = true, _ body: @escaping @Sendable (Link) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/mdrctl.sock"
    try await withEventLoop { loop in
      let sound = FakeSound(loop)
      let daemon = FakeDaemon(loop, path: path)
      if starting { try await daemon.start() }
      let orders = Orders(loop: loop, sound: sound, units: FakeUnits())
      // It comes back whether its user has an inotify instance left or not.
      let backoff = Backoff(first: .milliseconds(10), longest: .milliseconds(500))
      let link = DaemonLink(loop: loop, path: path, orders: orders, log: Log(least: .error), backoff: backoff)
      await sound.onChange { state in
        orders.assumeIsolated { $0.take(state) }
        link.assumeIsolated { $0.take(state) }
      }
      let ending = loop.spawn { await link.run() }
      let result: Result<Void, any Error>
      do { result = .success(try await body(Link(sound: sound, daemon: daemon, ending: ending))) } catch {
        result = .failure(error)
      }
      ending.cancel()
      _ = await ending.value
      await daemon.stop()
      try result.get()
    }
  }

  private static func order(_ number: Int, _ profile: String) -> Wire.Order {
    Wire.Order(number: number, card: cardName, profile: profile)
  }

  private static func state(_ profile: String) -> SoundState {
    SoundState(Sample.pipewireHeadset(profile: profile))
  }

  // MARK: Reports

  @Test func `what there is is reported when it is known, and each change`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.sound.show(.absent)
      #expect(await heard.next() == .report(session: 1, .absent))
    }
  }

  @Test func `one report is under way at a time, and the next has the newest`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      let latch = Latch(link.daemon.loop)
      await link.daemon.holdReports(latch)
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      for profile in ["off", "headset-head-unit", "a2dp-sink-sbc_xq"] { await link.sound.show(Self.state(profile)) }
      await latch.open()
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink-sbc_xq")))
    }
  }

  @Test func `what is as it was reported is not reported again`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.sound.show(Self.state("a2dp-sink"))
      await link.sound.show(Self.state("off"))
      #expect(await heard.next() == .report(session: 1, Self.state("off")))
    }
  }

  // MARK: Losing the daemon

  @Test func `a daemon that comes late is joined`() async throws {
    try await withLink(starting: false) { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      await link.sound.show(Self.state("a2dp-sink"))
      try await link.daemon.start()
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
    }
  }

  @Test func `a daemon that went away and came back is told everything again`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.stop()
      #expect(await heard.next() == .left(1))
      try await link.daemon.start()
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
    }
  }

  @Test func `a report that is refused ends the link`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      await link.daemon.refuseReports(.tooMany)
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      #expect(await heard.next() == .left(1))
    }
  }

  @Test func `a report that the daemon does not take is not sent again, and the next one is`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      await link.daemon.refuseReports(.invalidInput)
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      // Answered when there is nothing more to report.
      await link.daemon.order(Self.order(1, "stereo"))
      #expect(await heard.next() == .complete(session: 1, order: 1, failure: "The card has no profile \"stereo\"."))
      await link.daemon.refuseReports(nil)
      await link.sound.show(Self.state("off"))
      #expect(await heard.next() == .report(session: 1, Self.state("off")))
    }
  }

  @Test func `another one takes its place`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      await link.daemon.tell(followed: false)
      await link.daemon.end(.replaced)
      #expect(await link.ending.value == .replaced)
    }
  }

  @Test func `it leaves when it is told to stop`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      #expect(await heard.next() == .attached(1))
      link.ending.cancel()
      #expect(await link.ending.value == .cancelled)
      #expect(await heard.next() == .left(1))
    }
  }

  // MARK: Orders

  @Test func `an order is carried out, reported and then answered`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.order(Self.order(7, "headset-head-unit"))
      #expect(await heard.next() == .report(session: 1, await link.sound.state))
      #expect(await link.sound.state.cards[0].activeProfile == "headset-head-unit")
      #expect(await heard.next() == .complete(session: 1, order: 7, failure: nil))
    }
  }

  @Test func `an order that was not carried out is answered with the reason`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.order(Self.order(1, "stereo"))
      #expect(await heard.next() == .complete(session: 1, order: 1, failure: "The card has no profile \"stereo\"."))
    }
  }

  @Test func `an answer that comes too late does not end the link`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.refuseAnswers(.noOrder)
      for number in 1...2 {
        await link.daemon.order(Self.order(number, "stereo"))
        let answer = await heard.next()
        #expect(answer == .complete(session: 1, order: number, failure: "The card has no profile \"stereo\"."))
      }
    }
  }

  @Test func `orders are carried out one after the other`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      var deeds = link.sound.deeds.makeAsyncIterator()
      await link.sound.behave(.ignores)
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.order(Self.order(1, "headset-head-unit"))
      await link.daemon.order(Self.order(2, "a2dp-sink"))
      #expect(await deeds.next() == .profile("headset-head-unit"))
      // The second would need nothing done now, and be answered at once.
      await link.sound.change { $0.activeProfile = "headset-head-unit" }
      #expect(await deeds.next() == .profile("a2dp-sink"))
      #expect(await heard.next() == .report(session: 1, await link.sound.state))
      #expect(await heard.next() == .complete(session: 1, order: 1, failure: nil))
      await link.sound.change { $0.activeProfile = "a2dp-sink" }
      #expect(await heard.next() == .report(session: 1, await link.sound.state))
      #expect(await heard.next() == .complete(session: 1, order: 2, failure: nil))
    }
  }

  @Test func `an order of a daemon that has gone is not answered to the next`() async throws {
    try await withLink { link in
      var heard = link.daemon.heard.makeAsyncIterator()
      var deeds = link.sound.deeds.makeAsyncIterator()
      await link.sound.behave(.ignores)
      await link.sound.show(Self.state("a2dp-sink"))
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.daemon.order(Self.order(1, "headset-head-unit"))
      #expect(await deeds.next() == .profile("headset-head-unit"))
      await link.daemon.stop()
      #expect(await heard.next() == .left(1))
      try await link.daemon.start()
      #expect(await heard.next() == .attached(1))
      #expect(await heard.next() == .report(session: 1, Self.state("a2dp-sink")))
      await link.sound.change { $0.activeProfile = "headset-head-unit" }
      #expect(await heard.next() == .report(session: 1, await link.sound.state))
      // The next answer is to the next order.
      await link.daemon.order(Self.order(1, "stereo"))
      #expect(await heard.next() == .complete(session: 1, order: 1, failure: "The card has no profile \"stereo\"."))
    }
  }
}
