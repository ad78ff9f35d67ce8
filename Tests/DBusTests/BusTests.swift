import DBus
import EventLoop
import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct BusTests {
  @Test func `the bus comes back after it was away, and one loss is told once`() async throws {
    let daemon = try PrivateBus()
    let loop = EventLoop()
    let thread = Thread { loop.run() }
    thread.start()
    defer { loop.stop() }
    let log = EventLog<String>(loop)
    let bus = Bus(daemon.address, on: loop, backoff: .init(first: .milliseconds(1), longest: .milliseconds(20)))
    let running = loop.spawn { await bus.run() }
    loop.spawn {
      for await event in bus.events {
        switch event {
        case .up(let connection):
          let answer = try? await connection.owner(of: BusName.driver)
          log.note("up, \(answer ?? "silent")")
        case .down(let reason): log.note("down, \(reason.code)")
        }
      }
      log.note("finished")
    }
    try await log.wait(for: 1)
    daemon.stop()
    try await log.wait(for: 2)
    try daemon.start()
    try await log.wait(for: 3)
    #expect(await bus.connection?.isOpen == true)
    running.cancel()
    let events = try await log.wait(for: 4)
    await running.value
    #expect(events == ["up, org.freedesktop.DBus", "down, disconnected", "up, org.freedesktop.DBus", "finished"])
    #expect(await bus.connection == nil)
  }

  @Test func `a bus that is not there at first is waited for`() async throws {
    let daemon = try PrivateBus()
    daemon.stop()
    let loop = EventLoop()
    let thread = Thread { loop.run() }
    thread.start()
    defer { loop.stop() }
    let log = EventLog<String>(loop)
    let bus = Bus(daemon.address, on: loop, backoff: .init(first: .milliseconds(1), longest: .milliseconds(20)))
    let running = loop.spawn { await bus.run() }
    loop.spawn {
      for await event in bus.events {
        switch event {
        case .up: log.note("up")
        case .down(let reason): log.note("down, \(reason.code)")
        }
      }
    }
    try await log.wait(for: 1)
    try daemon.start()
    let events = try await log.wait(for: 2)
    running.cancel()
    await running.value
    #expect(events == ["down, address", "up"])
  }
}
