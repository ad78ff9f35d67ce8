import DBus
import EventLoop
import Support
import Testing

extension Message {
  static func testSignal(_ member: String, from path: ObjectPath = "/test", _ text: String) throws(DBusError) -> Message
  {
    try Message(signal: member, from: path, interface: "org.example.Test") { $0.append(text) }
  }
}

@Suite(.timeLimit(.minutes(5))) struct SignalTests {
  @Test func `signals and answers are seen in the order in which the bus sent them`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await Connection.open(address, on: loop)
      // Each call is answered between two signals.
      await service.export("/test") { call in
        service.assumeIsolated { service in
          try? service.send(.testSignal("Step", "before"))
          service.answer(call, with: .done)
          try? service.send(.testSignal("Step", "after"))
        }
        return .later
      }
      try await service.requestName("org.example.Test")
      try await bus.subscribe(to: MatchRule(sender: "org.example.Test")) { signal in
        var body = signal.reader()
        log.note((try? body.string()) ?? "malformed")
      }
      for _ in 0..<20 {
        try await bus.call(.testCall("Go"))
        log.note("answer")
      }
      return try await log.wait(for: 60)
    }
    #expect(events == Array(repeating: ["before", "answer", "after"], count: 20).flatMap { $0 })
  }

  @Test func `a completion runs between the signals before and after its answer`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await Connection.open(address, on: loop)
      await service.export("/test") { call in
        service.assumeIsolated { service in
          try? service.send(.testSignal("Step", "before"))
          service.answer(call, with: .done)
          try? service.send(.testSignal("Step", "after"))
        }
        return .later
      }
      try await service.requestName("org.example.Test")
      try await bus.subscribe(to: MatchRule(sender: "org.example.Test")) { signal in
        var body = signal.reader()
        log.note((try? body.string()) ?? "malformed")
      }
      for _ in 0..<20 {
        try await bus.call(.testCall("Go")) { _ in log.note("answer") }
      }
      return try await log.wait(for: 60)
    }
    #expect(events == Array(repeating: ["before", "answer", "after"], count: 20).flatMap { $0 })
  }

  @Test(arguments: ["plain", "it's", "'", "''", "a\\b'c,d='", "org.example"])
  func `a rule with any first argument is understood by the bus`(_ argument: String) async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await Connection.open(address, on: loop)
      try await bus.subscribe(to: MatchRule(member: "Step", firstArgument: argument)) { signal in
        var body = signal.reader()
        log.note((try? body.string()) ?? "malformed")
      }
      try await service.send(.testSignal("Step", "something else"))
      try await service.send(.testSignal("Step", argument))
      return try await log.wait(for: 1)
    }
    #expect(events == [argument])
  }

  @Test func `a path namespace covers the object and what is below, no namesake`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await Connection.open(address, on: loop)
      try await bus.subscribe(to: MatchRule(pathNamespace: "/org/bluez")) { log.note($0.path?.text ?? "") }
      // A second rule makes the bus send everything, so that the first is applied on this side too.
      try await bus.subscribe(to: MatchRule(interface: "org.example.Test")) { signal in
        if signal.path == "/end" { log.note("/end") }
      }
      let paths: [ObjectPath] = ["/org", "/org/bluez", "/org/bluezoo", "/org/bluez/hci0/dev_1", "/", "/end"]
      for path in paths { try await service.send(.testSignal("Step", from: path, "x")) }
      return try await log.wait { $0.last == "/end" }
    }
    #expect(events == ["/org/bluez", "/org/bluez/hci0/dev_1", "/end"])
  }

  @Test func `a signal sent straight to this connection by a stranger does not pass for the owner's`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await startService(loop, address) { _ in .done }
      let stranger = try await Connection.open(address, on: loop)
      try await bus.subscribe(to: MatchRule(sender: "org.example.Test", member: "Step")) { signal in
        var body = signal.reader()
        log.note((try? body.string()) ?? "malformed")
      }
      let target = await bus.uniqueName
      try await stranger.send(
        Message(signal: "Step", from: "/test", interface: "org.example.Test", to: target) { $0.append("forged") })
      // The stranger's signal has gone through the bus when its next call is answered.
      _ = try await stranger.owner(of: "org.example.Test")
      try await service.send(.testSignal("Step", "genuine"))
      return try await log.wait(for: 1)
    }
    #expect(events == ["genuine"])
  }

  @Test func `the owner of a name is told at first and at each change, also from one owner to the next`() async throws {
    let (events, first, second) = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      try await bus.watchOwner(of: "org.example.Test") { log.note($0 ?? "nobody") }
      let first = try await Connection.open(address, on: loop)
      let second = try await Connection.open(address, on: loop)
      try await first.requestName("org.example.Test", [])
      let queued = try await second.requestName("org.example.Test", [])
      #expect(queued == .inQueue)
      await first.close()
      try await log.wait(for: 3)
      try await second.releaseName("org.example.Test")
      let events = try await log.wait(for: 4)
      return (events, await first.uniqueName, await second.uniqueName)
    }
    #expect(events == ["nobody", first, second, "nobody"])
  }

  @Test func `signals follow a name from owner to owner`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      try await bus.subscribe(to: MatchRule(sender: "org.example.Test", member: "Step")) { signal in
        var body = signal.reader()
        log.note((try? body.string()) ?? "malformed")
      }
      for text in ["one", "two"] {
        let service = try await startService(loop, address) { _ in .done }
        try await service.send(.testSignal("Step", text))
        try await service.releaseName("org.example.Test")
        try await service.send(.testSignal("Step", "no longer the owner"))
        await service.close()
      }
      return try await log.wait(for: 2)
    }
    #expect(events == ["one", "two"])
  }

  @Test func `an ended subscription is not called again, and a shared rule outlives its first user`() async throws {
    let events = try await withConnection { loop, address, bus in
      let log = EventLog<String>(loop)
      let service = try await startService(loop, address) { _ in .done }
      let rule = MatchRule(sender: "org.example.Test", member: "Step")
      let first = try await bus.subscribe(to: rule) { _ in log.note("first") }
      try await bus.subscribe(to: rule) { _ in log.note("second") }
      try await service.send(.testSignal("Step", "x"))
      try await log.wait(for: 2)
      await bus.unsubscribe(first)
      await bus.unsubscribe(first)
      // The bus has seen the unsubscribing when it answers.
      _ = try await bus.owner(of: BusName.driver)
      try await service.send(.testSignal("Step", "y"))
      return try await log.wait(for: 3)
    }
    #expect(events == ["first", "second", "second"])
  }

  @Test func `a stream of signals ends with the connection`() async throws {
    let texts = try await withConnection { loop, address, bus in
      let service = try await Connection.open(address, on: loop)
      let stream = try await bus.signals(matching: MatchRule(member: "Step"), buffering: .bufferingOldest(10))
      for text in ["one", "two"] { try await service.send(.testSignal("Step", text)) }
      var texts: [String] = []
      for await signal in stream {
        var body = signal.reader()
        texts.append(try body.string())
        if texts.count == 2 { await bus.close() }
      }
      return texts
    }
    #expect(texts == ["one", "two"])
  }

  @Test func `a rule that the bus refuses is an error and leaves nothing behind`() async throws {
    let (error, answer) = try await withConnection { _, _, bus in
      let error = await #expect(throws: DBusError.self) {
        try await bus.subscribe(to: MatchRule(interface: "not an interface")) { _ in }
      }
      return (error, try await bus.owner(of: BusName.driver))
    }
    #expect(error?.name == "org.freedesktop.DBus.Error.MatchRuleInvalid")
    #expect(answer == BusName.driver)
  }
}
