import DBus
import EventLoop
import Foundation
import Support
import Testing

extension Message {
  /// A call of the test service "org.example.Test" at "/test".
  static func testCall(
    _ member: String, _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) -> Message {
    try Message(call: member, on: "/test", interface: "org.example.Test", to: "org.example.Test", arguments)
  }
}

/// A second connection that owns the test service's name and answers at "/test".
func startService(
  _ loop: EventLoop, _ address: BusAddress, _ handler: @escaping MethodHandler
) async throws(DBusError) -> Connection {
  let service = try await Connection.open(address, on: loop)
  await service.export("/test", handler)
  try await service.requestName("org.example.Test")
  return service
}

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  @Test func `a connection gets a unique name and the bus driver answers`() async throws {
    let (name, owner) = try await withConnection { _, _, bus in
      (await bus.uniqueName, try await bus.owner(of: BusName.driver))
    }
    #expect(name.hasPrefix(":"))
    #expect(owner == BusName.driver)
  }

  @Test func `a service on a second connection answers with what the caller sent, and knows who called`() async throws {
    let (echo, sender, caller) = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { call in
        guard call.matches("org.example.Test", "Echo") else { return .unknownMethod }
        return .reply { results in
          var body = call.reader()
          results.append((try? body.string()) ?? "malformed")
          results.append(call.sender)
        }
      }
      var body = try await bus.call(.testCall("Echo") { $0.append("grüße") }).reader()
      return (try body.string(), try body.string(), await bus.uniqueName)
    }
    #expect(echo == "grüße")
    #expect(sender == caller)
  }

  @Test func `an error comes back with the name and the text that the service gave`() async throws {
    let error = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { _ in
        .error(DBusError(name: "org.example.Error.Odd", message: "no such thing"))
      }
      return await #expect(throws: DBusError.self) { try await bus.call(.testCall("Anything")) }
    }
    #expect(error == DBusError(name: "org.example.Error.Odd", message: "no such thing"))
  }

  @Test func `a call that nobody answers ends at its deadline`() async throws {
    let (error, waited) = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { _ in .later }
      let start = ContinuousClock.now
      let error = await #expect(throws: DBusError.self) {
        try await bus.call(.testCall("Hang"), timeout: .milliseconds(20))
      }
      return (error, ContinuousClock.now - start)
    }
    #expect(error?.code == .timedOut)
    #expect(error?.name == ErrorName.noReply)
    #expect(waited >= .milliseconds(20))
  }

  @Test func `a cancelled call ends at once, and its late answer disturbs nobody`() async throws {
    let (error, after) = try await withConnection { loop, address, bus in
      let calls = EventLog<MethodCall>(loop)
      let service = try await startService(loop, address) { call in
        guard call.member == "Hang" else { return .reply { $0.append("fine") } }
        calls.note(call)
        return .later
      }
      let task = Task(executorPreference: loop) {
        await #expect(throws: DBusError.self) { try await bus.call(.testCall("Hang"), timeout: nil) }
      }
      let call = try await calls.wait(for: 1)[0]
      task.cancel()
      let error = await task.value
      await service.answer(call, with: .done)
      var body = try await bus.call(.testCall("Next")).reader()
      return (error, try body.string())
    }
    #expect(error?.code == .cancelled)
    #expect(after == "fine")
  }

  @Test func `a call to a name that nobody owns fails with the bus's own words`() async throws {
    let error = try await withConnection { _, _, bus in
      await #expect(throws: DBusError.self) { try await bus.call(.testCall("Anything")) }
    }
    #expect(error?.code == .remote)
    #expect(error?.name == ErrorName.serviceUnknown || error?.name == ErrorName.nameHasNoOwner)
    #expect(error?.message.contains("org.example.Test") == true)
  }

  @Test func `a service that goes away leaves its caller with NoReply`() async throws {
    let error = try await withConnection { loop, address, bus in
      let calls = EventLog<MethodCall>(loop)
      let service = try await startService(loop, address) { call in
        calls.note(call)
        return .later
      }
      let task = Task(executorPreference: loop) {
        await #expect(throws: DBusError.self) { try await bus.call(.testCall("Hang"), timeout: nil) }
      }
      try await calls.wait(for: 1)
      await service.close()
      return await task.value
    }
    #expect(error?.isNoReply == true)
    #expect(error?.code == .remote)
  }

  @Test func `a bus that dies fails the waiting call and tells that the connection has ended`() async throws {
    let bus = try PrivateBus()
    let address = bus.address
    let (loop, calls) = (EventLoop(), 3)
    let thread = Thread { loop.run() }
    thread.start()
    defer { loop.stop() }
    let log = EventLog<String>(loop)
    let connection = try await loop.spawn { await Result(open: address, on: loop) }.value.get()
    await connection.onEnd { log.note("ended: \($0.code)") }
    let service = try await loop.spawn { await Result(service: address, on: loop, log) }.value.get()
    for _ in 0..<calls {
      loop.spawn {
        do throws(DBusError) {
          try await connection.call(.testCall("Hang"), timeout: nil)
          log.note("answered")
        } catch { log.note("failed: \(error.code)") }
      }
    }
    try await log.wait { $0.count(where: { $0 == "called" }) == calls }
    await log.clear()
    bus.stop()
    let events = try await log.wait(for: calls + 1)
    #expect(events.sorted() == ["ended: disconnected"] + Array(repeating: "failed: disconnected", count: calls))
    #expect(await connection.isOpen == false)
    let later = await #expect(throws: DBusError.self) { try await connection.call(.testCall("Late")) }
    #expect(later?.code == .disconnected)
    await service.close()
  }

  @Test func `an address where nobody listens is an error that names it`() async throws {
    let error = try await withEventLoop { loop in
      await #expect(throws: DBusError.self) {
        try await Connection.open(BusAddress("unix:path=/nonexistent/bus"), on: loop)
      }
    }
    #expect(error?.code == .address)
    #expect(error?.message.contains("/nonexistent/bus") == true)
  }

  @Test(arguments: ["", "tcp:host=localhost", "unixexec:path=/bin/true", "unix:path=/a;autolaunch:"])
  func `an address that would block the loop is refused`(_ text: String) async throws {
    let error = try await withEventLoop { loop in
      await #expect(throws: DBusError.self) { try await Connection.open(BusAddress(text), on: loop) }
    }
    #expect(error?.code == .address)
  }

  @Test func `everything runs on the loop's thread`() async throws {
    let foreign = try await withConnection { loop, address, bus in
      let log = EventLog<Bool>(loop)
      let service = try await startService(loop, address) { call in
        log.note(loop.isCurrent)
        return .task {
          await Task.yield()
          log.note(loop.isCurrent)
          return .done
        }
      }
      let rule = MatchRule(sender: "org.example.Test", member: "Ping")
      try await bus.subscribe(to: rule) { _ in log.note(loop.isCurrent) }
      for _ in 0..<50 {
        try await bus.call(.testCall("Work"))
        log.note(loop.isCurrent)
        try await service.send(Message(signal: "Ping", from: "/test", interface: "org.example.Test"))
      }
      return try await log.wait(for: 200).count { !$0 }
    }
    #expect(foreign == 0)
  }
}

extension Result where Success == Connection, Failure == DBusError {
  fileprivate init(open address: BusAddress, on loop: EventLoop) async {
    do throws(DBusError) { self = .success(try await Connection.open(address, on: loop)) } catch {
      self = .failure(error)
    }
  }
  fileprivate init(service address: BusAddress, on loop: EventLoop, _ log: EventLog<String>) async {
    do throws(DBusError) {
      self = .success(
        try await startService(loop, address) { _ in
          log.note("called")
          return .later
        })
    } catch { self = .failure(error) }
  }
}
