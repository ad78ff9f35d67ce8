import DBus
import EventLoop
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct ExportTests {
  private static func error(of message: Message, on bus: Connection) async -> DBusError? {
    await #expect(throws: DBusError.self) { try await bus.call(message) }
  }
  private static func call(_ interface: String, _ member: String, on path: ObjectPath) throws(DBusError) -> Message {
    try Message(call: member, on: path, interface: interface, to: "org.example.Test")
  }

  @Test func `what is not there is answered with the standard errors`() async throws {
    let errors = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { call in
        call.matches("org.example.Test", "Known") ? .done : .unknownMethod
      }
      try await bus.call(.testCall("Known"))
      return [
        await Self.error(of: try .testCall("Unknown"), on: bus)?.name,
        await Self.error(of: try Self.call("org.example.Other", "Known", on: "/test"), on: bus)?.name,
        await Self.error(of: try Self.call("org.example.Test", "Known", on: "/nothing"), on: bus)?.name,
      ]
    }
    #expect(errors == [ErrorName.unknownMethod, ErrorName.unknownMethod, ErrorName.unknownObject])
  }

  @Test func `every object answers a ping and describes itself`() async throws {
    let (root, test) = try await withConnection { loop, address, bus in
      let service = try await startService(loop, address) { _ in .unknownMethod }
      await service.export("/test/a/b", subtree: true) { _ in .unknownMethod }
      try await bus.call(Self.call(StandardInterface.peer, "Ping", on: "/nothing"))
      var documents: [String] = []
      for path: ObjectPath in ["/", "/test"] {
        var body = try await bus.call(Self.call(StandardInterface.introspectable, "Introspect", on: path)).reader()
        documents.append(try body.string())
      }
      return (documents[0], documents[1])
    }
    #expect(root.contains(#"<node name="test"/>"#))
    #expect(test.contains(#"<node name="a"/>"#))
    #expect(test.contains("org.freedesktop.DBus.Introspectable"))
  }

  @Test func `the closest handler answers: the object's own, then the nearest subtree`() async throws {
    let answers = try await withConnection { loop, address, bus in
      let service = try await startService(loop, address) { _ in .reply { $0.append("object") } }
      await service.export("/", subtree: true) { _ in .reply { $0.append("root") } }
      await service.export("/test", subtree: true) { call in .reply { $0.append("below \(call.path)") } }
      var answers: [String] = []
      for path: ObjectPath in ["/test", "/test/x/y", "/testing", "/"] {
        var body = try await bus.call(Self.call("org.example.Test", "Who", on: path)).reader()
        answers.append(try body.string())
      }
      await service.unexport("/test")
      var body = try await bus.call(Self.call("org.example.Test", "Who", on: "/test")).reader()
      return answers + [try body.string()]
    }
    #expect(answers == ["object", "below /test/x/y", "root", "root", "root"])
  }

  @Test func `an answer may come later from a task, while other calls go on`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let gate = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
      _ = try await startService(loop, address) { call in
        guard call.member == "Slow" else { return .done }
        return .task {
          for await _ in gate.stream { break }
          return .error(DBusError(name: "org.example.Error.Late", message: "after all"))
        }
      }
      try await bus.call(.testCall("Slow")) { result in
        if case .failure(let error) = result { log.note("slow: \(error.message)") }
      }
      try await bus.call(.testCall("Fast"))
      log.note("fast")
      gate.continuation.yield()
      return try await log.wait(for: 2)
    }
    #expect(events == ["fast", "slow: after all"])
  }

  @Test func `properties calls are taken apart, wrong ones are errors`() async throws {
    let (seen, error) = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      _ = try await startService(loop, address) { call in
        do throws(DBusError) {
          switch try PropertiesCall(call) {
          case .get(let interface, let property): log.note("get \(interface) \(property)")
          case .getAll(let interface): log.note("all \(interface)")
          case .set(let interface, let property, var value):
            log.note("set \(interface) \(property) \(try value.bool())")
          case nil: return .unknownMethod
          }
          return .done
        } catch { return .error(.invalidArguments(error.message)) }
      }
      let name = "org.example.Test"
      let get = try Message(call: "Get", on: "/test", interface: StandardInterface.properties, to: name) {
        $0.append(name)
        $0.append("Powered")
      }
      let all = try Message(call: "GetAll", on: "/test", interface: StandardInterface.properties, to: name) {
        $0.append(name)
      }
      try await bus.call(get)
      try await bus.call(all)
      try await bus.call(.setProperty("Powered", of: "/test", interface: name, at: name, "b") { $0.append(true) })
      let wrong = try Message.setProperty("Powered", of: "/test", interface: name, at: name, "s") { $0.append("on") }
      return (await log.events, await Self.error(of: wrong, on: bus))
    }
    #expect(seen == ["get org.example.Test Powered", "all org.example.Test", "set org.example.Test Powered true"])
    #expect(error?.name == ErrorName.invalidArgs)
  }

  @Test func `the object manager's and the properties' signals have their standard shape`() throws {
    let changed = try Message.propertiesChanged(of: "/a", interface: "org.example.Test", invalidated: ["RSSI"]) {
      $0.entry("Powered", true)
    }
    let added = try Message.interfacesAdded(to: "/a") { $0.interface("org.example.Test") { $0.entry("Name", "x") } }
    let removed = try Message.interfacesRemoved(from: "/a", ["org.example.Test"])
    #expect(changed.isSignal(StandardInterface.properties, "PropertiesChanged"))
    #expect(changed.signature == "sa{sv}as")
    #expect(added.isSignal(StandardInterface.objectManager, "InterfacesAdded"))
    #expect(added.signature == "oa{sa{sv}}")
    #expect(added.path == "/")
    #expect(removed.isSignal(StandardInterface.objectManager, "InterfacesRemoved"))
    #expect(removed.signature == "oas")
  }

  @Test func `a call that wants no answer gets none`() async throws {
    let members = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      _ = try await startService(loop, address) { call in
        log.note(call.member)
        return .done
      }
      try await bus.send(
        Message(call: "Tell", on: "/test", interface: "org.example.Test", to: "org.example.Test", wantsReply: false))
      try await bus.call(.testCall("Ask"))
      return await log.events
    }
    #expect(members == ["Tell", "Ask"])
  }

  @Test func `a name is had by one connection at a time`() async throws {
    let (second, third) = try await withConnection { loop, address, bus in
      let service = try await startService(loop, address) { _ in .done }
      let second = try await bus.requestName("org.example.Test")
      try await service.releaseName("org.example.Test")
      return (second, try await bus.requestName("org.example.Test"))
    }
    #expect(second == .exists)
    #expect(third == .primaryOwner)
  }
}
