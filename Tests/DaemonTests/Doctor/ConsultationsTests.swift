import EventLoop
import Support
import Testing

@testable import Daemon

@Suite struct ConsultationsTests {
  @Test func `one examination goes on at a time, and the others come in their order`() async throws {
    try await withEventLoop { loop in
      let (consultations, log) = (Consultations(loop: loop), EventLog<Int>(loop))
      await consultations.begin()
      for number in 1...3 {
        loop.spawn {
          await consultations.begin()
          log.note(number)
          await consultations.end()
        }
      }
      // They have asked when a round of the loop is over.
      await loop.spawn {}.value
      #expect(await log.events.isEmpty)
      await consultations.end()
      let order = try await log.wait(for: 3)
      #expect(order == [1, 2, 3])
      await consultations.begin()
      await consultations.end()
    }
  }
}
