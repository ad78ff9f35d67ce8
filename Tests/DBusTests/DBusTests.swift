import DBus
import EventLoop
import Support
import Testing

/// Runs `body` with a fresh loop and a connection to a bus of its own.
func withConnection<Value: Sendable>(
  _ body: @escaping @Sendable (EventLoop, BusAddress, Connection) async throws -> Value
) async throws -> Value {
  let bus = try PrivateBus()
  defer { bus.stop() }
  let address = bus.address
  return try await withEventLoop { loop in
    let connection = try await Connection.open(address, on: loop)
    let result: Result<Value, any Error>
    do { result = .success(try await body(loop, address, connection)) } catch { result = .failure(error) }
    await connection.close()
    return try result.get()
  }
}

extension Message {
  /// A call of the test service "org.example.Test" at "/test".
  static func testCall(
    _ member: String, _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) -> Message {
    try Message(call: member, on: "/test", interface: "org.example.Test", to: "org.example.Test", arguments)
  }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  @Test func `a connection gets a unique name and the bus driver answers`() async throws {
    let (name, owner) = try await withConnection { _, _, bus in
      (await bus.uniqueName, try await bus.owner(of: BusName.driver))
    }
    #expect(name.hasPrefix(":"))
    #expect(owner == BusName.driver)
  }

  @Test func `a service on a second connection answers with what the caller sent, and knows who called`() async throws {
    let (echo, sender, caller) = try await withConnection { loop, address, bus in
      let service = try await Connection.open(address, on: loop)
      await service.export("/test") { call in
        guard call.matches("org.example.Test", "Echo") else { return .unknownMethod }
        return .reply { results in
          var body = call.reader()
          results.append((try? body.string()) ?? "malformed")
          results.append(call.sender)
        }
      }
      let request = try await service.requestName("org.example.Test")
      #expect(request == .primaryOwner)
      var body = try await bus.call(.testCall("Echo") { $0.append("grüße") }).reader()
      let result = (try body.string(), try body.string(), await bus.uniqueName)
      await service.close()
      return result
    }
    #expect(echo == "grüße")
    #expect(sender == caller)
  }

  @Test func `an error comes back with the name and the text that the service gave`() async throws {
    let error = try await withConnection { loop, address, bus in
      let service = try await Connection.open(address, on: loop)
      await service.export("/test") { _ in
        .error(DBusError(name: "org.example.Error.Odd", message: "no such thing"))
      }
      try await service.requestName("org.example.Test")
      return await #expect(throws: DBusError.self) { try await bus.call(.testCall("Anything")) }
    }
    #expect(error == DBusError(name: "org.example.Error.Odd", message: "no such thing"))
  }

  @Test func `a call that nobody answers ends at its deadline`() async throws {
    let (error, waited) = try await withConnection { loop, address, bus in
      let service = try await Connection.open(address, on: loop)
      await service.export("/test") { _ in .later }
      try await service.requestName("org.example.Test")
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
}
