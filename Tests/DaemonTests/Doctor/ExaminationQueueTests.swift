import EventLoop
import Support
import Testing

@testable import Daemon

@Suite struct ExaminationQueueTests {
  @Test func `one examination goes on at a time, and the others come in their order`() async throws {
    try await withEventLoop { loop in
      let (examinationQueue, log) = (ExaminationQueue(loop: loop), EventLog<Int>(loop))
      await examinationQueue.begin()
      for number in 1...3 {
        loop.spawn {
          await examinationQueue.begin()
          log.note(number)
          await examinationQueue.end()
        }
      }
      // They have asked when a round of the loop is over.
      await loop.spawn {}.value
      #expect(await log.events.isEmpty)
      await examinationQueue.end()
      let order = try await log.wait(for: 3)
      #expect(order == [1, 2, 3])
      await examinationQueue.begin()
      await examinationQueue.end()
    }
  }
}
