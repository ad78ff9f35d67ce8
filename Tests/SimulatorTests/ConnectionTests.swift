import DBus
import EventLoop
import Simulator
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  private static func bonded(_ change: (inout Headset) -> Void = { _ in }) -> Headset {
    var headset = Sony.headset(pairing: false)
    change(&headset)
    return headset
  }

  @Test(arguments: [
    (BluezVersion.v5_66, "Failed: br-connection-unknown"), (.v5_82, "Failed: br-connection-refused"),
    (.v5_87, "Failed: br-connection-key-missing"),
  ])
  func `a headset that was reset shows as each version shows it, and the bond stays`(
    _ version: BluezVersion, _ error: String
  ) async throws {
    try await withSimulator(version: version, prepare: { await $0.add(known: [Self.bonded()], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      try await simulator.happen(.wipe(Sony.address))
      await client.forgetStory()
      #expect(await client.outcome("Connect", on: Sony.path) == error)
      try await client.wait(for: "Connected=false")
      #expect(await client.story.first == "Connected=true")
      #expect(await client.story.contains("Disconnected org.bluez.Reason.Authentication") == (version == .v5_87))
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
    }
  }

  /// (version, it hangs up over a key that it does not have, the error, how often it is called in all)
  @Test(arguments: [
    (BluezVersion.v5_66, false, "Failed: br-connection-canceled", 3),
    (.v5_66, true, "Failed: br-connection-canceled", 3),
    (.v5_82, false, "Failed: br-connection-canceled", 3), (.v5_82, true, "Failed: br-connection-canceled", 2),
    (.v5_87, false, "Failed: br-connection-key-missing", 1), (.v5_87, true, "Failed: br-connection-key-missing", 1),
  ])
  func `a headset that hangs up over the key is called again by the older versions`(
    _ version: BluezVersion, _ isWiped: Bool, _ error: String, _ count: Int
  ) async throws {
    try await withSimulator(version: version, prepare: { await $0.add(known: [Self.bonded()], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let news = EventLog<LinkNews>(simulator.loop)
      _ = await simulator.listen(to: Sony.address, on: "00:1A:7D:DA:71:13") { news.note($0) }
      await simulator.change(Sony.address) { $0.dropsWithoutKey = true }
      try await simulator.happen(isWiped ? .wipe(Sony.address) : .changeKey(Sony.address))
      #expect(await client.outcome("Connect", on: Sony.path) == error)
      let story = try await news.wait { $0.count { if case .disconnected = $0 { true } else { false } } == count }
      let first: [LinkNews] = [
        .connected, .keyRefused(isWiped ? 6 : 5), .authenticationFailed(5), .disconnected(isWiped ? 4 : 0),
      ]
      #expect(Array(story.prefix(4)) == first)
      #expect(story.count == 4 * count)
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
      guard version == .v5_87 else { return }
      try await client.wait(for: "Connected=false")
      #expect(await client.story.contains("Disconnected org.bluez.Reason.\(isWiped ? "Authentication" : "Unknown")"))
    }
  }

  @Test(arguments: [
    (
      BluezVersion.v5_66, "Failed: br-connection-profile-unavailable", "NotAvailable: br-connection-profile-unavailable"
    ),
    (.v5_82, "Failed: br-connection-profile-unavailable", "NotAvailable: br-connection-profile-unavailable"),
    (.v5_87, "Failed: br-connection-unknown", "BREDR.ProfileUnavailable: No more profiles to connect to"),
  ])
  func `no profile to connect has three faces`(
    _ version: BluezVersion, _ noSound: String, _ nothing: String
  ) async throws {
    try await withSimulator(version: version, prepare: { await $0.add(known: [Self.bonded()], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await simulator.setSoundServer(.none)
      #expect(await client.outcome("Connect", on: Sony.path) == noSound)
      await simulator.change(Sony.address) { $0.services = [] }
      #expect(await client.outcome("Connect", on: Sony.path) == nothing)
    }
  }

  @Test func `a connection brings services, battery, endpoint and transport, and takes them away`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Self.bonded()], bonded: true) }) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await client.forgetStory()
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      let up = await client.story
      #expect(up.first == "Connected=true")
      #expect(Set(["ServicesResolved=true", "+Battery1 \(Sony.object)", "+MediaTransport1 fd0"]).isSubset(of: up))
      await client.forgetStory()
      #expect(await client.outcome("Disconnect", on: Sony.path) == "ok")
      let down = await client.story
      #expect(down.first == "-MediaTransport1 fd0")
      #expect(down.contains("Connected=false"))
      #expect(await client.outcome("Disconnect", on: Sony.path) == "ok")
    }
  }

  @Test func `a transport may come after the answer, and only for as many as the sound server serves`() async throws {
    try await withSimulator(prepare: { simulator in
      await simulator.add(known: [Self.bonded { $0.transportDelay = .seconds(5) }], bonded: true)
      await simulator.add(known: [Headset("94:DB:56:00:00:02", name: "WF-1000XM5")], bonded: true)
      var server = SoundServer()
      server.streams = 1
      await simulator.setSoundServer(server)
    }) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await client.story.contains("+MediaTransport1 fd0") == false)
      try await client.wait(for: "+MediaTransport1 fd0")
      await client.forgetStory()
      #expect(await client.outcome("Connect", on: "/org/bluez/hci0/dev_94_DB_56_00_00_02") == "ok")
      #expect(await client.story.contains("+MediaTransport1 fd0") == false)
    }
  }

  @Test func `an attempt ends with Disconnect, a second one is refused meanwhile`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Self.bonded()], bonded: true) }) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      _ = await simulator.hold("Connect")
      let attempt = simulator.loop.spawn { await client.outcome("Connect", on: Sony.path) }
      try await simulator.waitForCall("Connect")
      #expect(await client.outcome("Connect", on: Sony.path) == "InProgress: br-connection-busy")
      #expect(await client.outcome("Disconnect", on: Sony.path) == "ok")
      #expect(await attempt.value == "Failed: br-connection-canceled")
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `RemoveDevice keeps a dual-mode device in the old version only`(_ version: BluezVersion) async throws {
    try await withSimulator(
      version: version, timing: .forgetful,
      prepare: { await $0.add(known: [Self.bonded { $0.bearer = .dual }], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await client.outcomeOfAdapter("RemoveDevice") { $0.append(Sony.path) } == "ok")
      #expect(await client.story.contains("Connected=false"))
      if version == .v5_66 {
        #expect(await client.outcome("Pair", on: Sony.path) == "AlreadyExists: Already Exists")
      }
      try await client.wait(for: "-Device1 \(Sony.object)")
      #expect(
        await client.outcomeOfAdapter("RemoveDevice") { $0.append(Sony.path) } == "DoesNotExist: Does Not Exist")
    }
  }

  @Test func `a headset connects by itself if it is trusted, or the default agent lets it`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Self.bonded()], bonded: true, trusted: false) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      try await simulator.happen(.connectFromHeadset(Sony.address))
      try await client.wait(for: "Connected=false")
      #expect(await simulator.property("Percentage", of: "org.bluez.Battery1", at: Sony.path) == nil)
      #expect(await client.set("Trusted", of: "org.bluez.Device1", on: Sony.path) { $0.append(true) } == "ok")
      try await simulator.happen(.connectFromHeadset(Sony.address))
      #expect(await simulator.property("Percentage", of: "org.bluez.Battery1", at: Sony.path) == .byte(80))
    }
  }
}
