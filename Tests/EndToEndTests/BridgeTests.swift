import Foundation
import Interface
import Simulator
import Support
import Testing

/// `mdrctl-bridge` between mdrctld and a real broker, seen by the broker's other clients.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BridgeTests {
  private static let discovery = "homeassistant/device/mdrctl_desk_ac800a2e0002/config"
  private static let state = "mdrctl/desk/ac800a2e0002/state"
  private static let availability = "mdrctl/desk/availability"

  private func withBroker(
    _ bridge: String = "", headset change: @escaping @Sendable (inout Headset) -> Void = { _ in },
    _ body: (Programs, Broker) async throws -> Void
  ) async throws {
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds(change)], bonded: true) }) { programs in
      let broker = try Broker(programs)
      try await broker.start()
      try programs.configure(broker, bridge)
      try await body(programs, broker)
      await broker.stop()
    }
  }

  @Test func `a headset is offered to Home Assistant, and its state follows it`() async throws {
    try await withBroker { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.discovery) 0 {"))
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(await listener.wait(for: #""connected":"ON""#))
      #expect(await listener.wait(for: #""codec":"SBC""#))
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      #expect(await listener.wait(for: #""connected":"OFF""#))
      // Whoever comes later is told what the broker holds.
      let late = try await broker.listen()
      #expect(await late.wait(for: "\(Self.discovery) 1 {"))
      bridge.signal(15)
      #expect(try await bridge.result().status == 0)
      #expect(await listener.wait(for: "\(Self.availability) 0 offline"))
    }
  }

  @Test func `a name with quotes, lines and markup arrives as valid JSON`() async throws {
    try await withBroker(headset: { $0.name = "a \"quoted\"\\\n<b>{{ name }}</b>" }) { programs, broker in
      let listener = try await broker.listen("-F", "%p", topic: Self.discovery)
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "cmps"))
      let discovery: Discovery = try listener.last()
      #expect(discovery.dev.name == "a \"quoted\"\\ <b>{{ name }}</b> (desk)")
      bridge.signal(15)
    }
  }

  private struct Discovery: Decodable {
    struct Device: Decodable { let name: String }
    let dev: Device
  }

  @Test func `commands are carried out where they are allowed`() async throws {
    try await withBroker("[Control]\nCommands=true\n") { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/connect", "PRESS")
      #expect(await listener.wait(for: #""result":"Done.""#))
      #expect(try await programs.expect(.ok, "show", Sony.bonded).output.contains(#""connected":true"#))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/profile", "stereo")
      #expect(await listener.wait(for: #""profile":"stereo""#))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/autoconnect", "OFF")
      #expect(await listener.wait(for: #""autoconnect":"OFF""#))
      // What is wished elsewhere is seen here, too.
      try await programs.expect(.ok, "autoconnect", Sony.bonded, "on")
      #expect(await listener.wait(for: #""autoconnect":"ON""#))
      try await programs.expect(.ok, "profile", Sony.bonded, "auto")
      #expect(await listener.wait(for: #""profile":"auto""#))
      bridge.signal(15)
    }
  }

  @Test func `what went wrong with a command is told`() async throws {
    try await withBroker("[Control]\nCommands=true\n") { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/yield", "PRESS")
      #expect(await listener.wait(for: #""result":"Done.""#))
      try await programs.expect(.ok, "block", Sony.bonded)
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/connect", "PRESS")
      #expect(await listener.wait(for: "is blocked"))
      bridge.signal(15)
    }
  }

  @Test func `a command that the broker holds, and one that was not offered, are not carried out`() async throws {
    try await withBroker("[Control]\nCommands=true\n") { programs, broker in
      let listener = try await broker.listen()
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/connect", "PRESS", "-r")
      let bridge = try programs.startBridge()
      #expect(await bridge.wait(for: "is not carried out"))
      for (key, payload) in [("repair", "PRESS"), ("forget", "PRESS"), ("connect", "yes"), ("profile", "loud")] {
        try await broker.publish("mdrctl/desk/ac800a2e0002/set/\(key)", payload)
      }
      // Commands are taken in order: behind this one those before it have been turned down.
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/yield", "PRESS")
      #expect(await listener.wait(for: #""result":"Done.""#))
      #expect(try await programs.expect(.ok, "show", Sony.bonded).output.contains(#""connected":false"#))
    }
  }

  @Test func `without Commands=true no command is even heard`() async throws {
    try await withBroker { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/connect", "PRESS")
      // It is answered behind the command.
      try await broker.publish("homeassistant/status", "online")
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      #expect(try await programs.expect(.ok, "show", Sony.bonded).output.contains(#""connected":false"#))
      bridge.signal(15)
    }
  }

  @Test func `everything is published again when Home Assistant starts`() async throws {
    try await withBroker { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await broker.publish("homeassistant/status", "online")
      #expect(await listener.wait(for: "\(Self.discovery) 0 {"))
      #expect(await listener.wait(for: "\(Self.state) 0 {"))
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      bridge.signal(15)
    }
  }

  @Test func `a broker that was away is told how things are now, and nothing of what was meanwhile`() async throws {
    try await withBroker { programs, broker in
      let bridge = try programs.startBridge()
      #expect(await bridge.wait(for: "let us in"))
      await broker.kill()
      #expect(await bridge.wait(for: "No connection with the broker"))
      for name in ["One", "Two"] { try await programs.expect(.ok, "rename", Sony.bonded, name) }
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await broker.start()
      let listener = try await broker.listen()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      let states = listener.lines.filter { $0.hasPrefix(Self.state) }
      #expect(states.count == 1 && states[0].contains(#""connected":"ON""#), "\(states)")
    }
  }

  @Test func `headsets are unavailable while mdrctld or the bridge is away`() async throws {
    try await withBroker { programs, broker in
      let listener = try await broker.listen()
      let bridge = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try await programs.killDaemon()
      #expect(await listener.wait(for: "\(Self.availability) 0 offline"))
      try await programs.startDaemon()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      // Nobody says a word then: it is the broker that does.
      bridge.signal(9)
      #expect(await listener.wait(for: "\(Self.availability) 0 offline"))
    }
  }

  @Test func `computers share a broker, and one that is away takes nothing of another's along`() async throws {
    try await withBroker("[Control]\nCommands=true\n") { programs, broker in
      let listener = try await broker.listen()
      let desk = try programs.startBridge()
      #expect(await listener.wait(for: "\(Self.availability) 0 online"))
      try programs.configure(broker, "", name: "shelf")
      let shelf = try programs.startBridge()
      #expect(await listener.wait(for: "homeassistant/device/mdrctl_shelf_ac800a2e0002/config 0 {"))
      #expect(await listener.wait(for: "mdrctl/shelf/availability 0 online"))
      let absences = { listener.lines.filter { $0 == "\(Self.availability) 0 offline" }.count }
      let before = absences()
      shelf.signal(9)
      #expect(await listener.wait(for: "mdrctl/shelf/availability 0 offline"))
      try await broker.publish("mdrctl/desk/ac800a2e0002/set/connect", "PRESS")
      #expect(await listener.wait(for: #""result":"Done.""#))
      #expect(listener.lines.last?.hasPrefix(Self.state) == true)
      #expect(absences() == before)
      desk.signal(15)
    }
  }

  // MARK: Brokers that do not let us in

  @Test func `a wrong password is told as such`() async throws {
    try await withBroker { programs, broker in
      try programs.configure(broker, "", user: "anna", password: "wrong")
      await broker.kill()
      try await broker.start(password: "secret")
      let bridge = try programs.startBridge()
      #expect(await bridge.wait(for: "It refuses the user name or the password."))
    }
  }

  @Test func `an encrypted broker is checked by its certificate`() async throws {
    try await withBroker { programs, broker in
      await broker.kill()
      try await broker.start(encrypted: true)
      try programs.configure(broker, "", authority: broker.authority)
      let trusting = try programs.startBridge()
      #expect(await trusting.wait(for: "let us in"))
      trusting.signal(15)
      try programs.configure(broker, "", authority: broker.otherAuthority)
      let doubting = try programs.startBridge()
      #expect(await doubting.wait(for: "certificate verify failed"))
      doubting.signal(15)
      // By a name that the certificate does not have.
      try programs.configure(broker, "", host: "127.0.0.1", authority: broker.authority)
      let strict = try programs.startBridge()
      #expect(await strict.wait(for: "host name verification failed"))
    }
  }

  @Test func `a dead broker, one that is none, and a wrong configuration are told, and nothing hangs`() async throws {
    try await withBroker { programs, broker in
      await broker.kill()
      let bridge = try programs.startBridge()
      #expect(await bridge.wait(for: "Connection refused"))
      bridge.signal(15)
      #expect(try await bridge.result().status == 0)
      try programs.configure(broker, "Colour=green\n")
      let result = try await programs.startBridge().result()
      #expect(result.status == 1 && result.output.contains("bridge.conf:6: There is no key Colour"), "\(result.output)")
    }
  }
}
