import DBus
import EventLoop
import Simulator
import Support
import Testing

/// What stays of a device where bluetoothd's objects do not show it.
@Suite(.timeLimit(.minutes(5))) struct RemnantTests {
  private static let remove: @Sendable (Client) async -> String = { client in
    await client.outcomeOfAdapter("RemoveDevice") { $0.append(Sony.path) }
  }

  @Test(arguments: [
    (BluezVersion.v5_66, ["General", "Endpoints"]), (.v5_82, ["General"]), (.v5_87, ["General"]),
  ])
  func `RemoveDevice takes the key and the directory, and leaves some of the cache file`(
    _ version: BluezVersion, _ left: [String]
  ) async throws {
    try await withSimulator(
      version: version, prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await simulator.remnants(of: Sony.address) == [.linkKey, .inquiryCache, .bond, .cache])
      #expect(await Self.remove(client) == "ok")
      try await client.wait(for: "-Device1 \(Sony.object)")
      #expect(await simulator.remnants(of: Sony.address) == [.inquiryCache, .cache])
      #expect(await simulator.cacheGroups(of: Sony.address) == left)
      #expect(await simulator.headset(Sony.address)?.keys.isEmpty == false)
    }
  }

  @Test func `a key that only the kernel holds outlives RemoveDevice, and goes with CancelPairing`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Sony.headset()], bonded: false) }) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await simulator.plant(.linkKey, of: Sony.headset())
      #expect(await client.outcome("Pair", on: Sony.path) == "AlreadyExists: Already Paired")
      #expect(await Self.remove(client) == "ok")
      try await client.wait(for: "-Device1 \(Sony.object)")
      #expect(await simulator.holds(.linkKey, of: Sony.address))
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await client.outcome("Pair", on: Sony.path) == "AlreadyExists: Already Paired")
      #expect(await client.outcome("CancelPairing", on: Sony.path) == "DoesNotExist: Does Not Exist")
      #expect(await simulator.holds(.linkKey, of: Sony.address) == false)
      #expect(await client.outcome("Pair", on: Sony.path) == "ok")
    }
  }

  @Test func `a power cycle empties the inquiry cache and the controller's memory, and nothing else`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await simulator.plant(.storedLinkKey, of: Sony.headset())
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await simulator.remnants(of: Sony.address) == Set(Remnant.allCases))
      #expect(await client.set("Powered") { $0.append(false) } == "ok")
      try await client.wait(for: "Powered=false")
      #expect(await client.story.contains("Connected=false"))
      #expect(await simulator.remnants(of: Sony.address) == [.linkKey, .storedLinkKey, .bond, .cache])
      #expect(await client.set("Powered") { $0.append(true) } == "ok")
      try await client.wait(for: "Powered=true")
      #expect(await simulator.remnants(of: Sony.address) == [.linkKey, .bond, .cache])
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
    }
  }

  @Test func `a directory that was left over becomes a bond when bluetoothd starts, a kernel's key goes then`()
    async throws
  {
    try await withSimulator { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await simulator.plant(.bond, of: Sony.headset())
      let other = Headset("94:DB:56:00:00:02", name: "WF-1000XM5")
      await simulator.plant(.linkKey, of: other)
      #expect(await simulator.object(of: Sony.address) == nil)
      try await simulator.restart()
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
      #expect(await simulator.remnants(of: other.address).isEmpty)
    }
  }

  @Test func `a bond belongs to the address of the controller`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      try await simulator.happen(.unplug("hci0"))
      try await client.wait(for: "-Adapter1 hci0")
      await simulator.add(Controller("hci0", address: "00:1A:7D:DA:71:99"))
      try await client.wait(for: "+Adapter1 hci0")
      #expect(await simulator.object(of: Sony.address) == nil)
      #expect(await simulator.remnants(of: Sony.address).isEmpty)
    }
  }

  @Test(arguments: Repairing.allCases)
  func `a headset that was reset calls and wants to pair: the bond shows nothing of it`(
    _ repairing: Repairing
  ) async throws {
    try await withSimulator(
      version: .v5_87, prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let news = EventLog<LinkNews>(simulator.loop)
      _ = await simulator.listen(to: Sony.address, on: "00:1A:7D:DA:71:13") { news.note($0) }
      await simulator.setRepairing(repairing)
      #expect(await client.set("Pairable") { $0.append(true) } == "ok")
      try await client.wait(for: "Pairable=true")
      try await simulator.happen(.wipe(Sony.address))
      await client.forgetStory()
      try await simulator.happen(.connectFromHeadset(Sony.address))
      try await client.wait(for: "Connected=true")
      #expect(await client.story.first == "Connected=true")
      #expect(await simulator.keysMatch(Sony.address) == (repairing == .always))
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
      guard repairing != .always else { return }
      try await client.wait(for: "Connected=false")
      #expect(await client.story.contains("Disconnected org.bluez.Reason.Local"))
      #expect(try await news.wait(for: 3) == [.connected, .authenticationFailed(5), .disconnected(2)])
    }
  }

  @Test func `a headset that the computer has forgotten is not answered unless the computer can be found`() async throws
  {
    try await withSimulator(
      timing: .forgetful, prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await Self.remove(client) == "ok")
      try await client.wait(for: "-Device1 \(Sony.object)")
      await client.forgetStory()
      try await simulator.happen(.connectFromHeadset(Sony.address))
      #expect(await client.story.isEmpty)
      #expect(await client.set("Discoverable") { $0.append(true) } == "ok")
      try await simulator.happen(.connectFromHeadset(Sony.address))
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(false))
      try await client.wait(for: "-Device1 \(Sony.object)")
    }
  }

  @Test(arguments: BluezVersion.allCases)
  func `endpoints that are spoilt keep stereo away, in the old version even over a new pairing`(
    _ version: BluezVersion
  ) async throws {
    try await withSimulator(
      version: version, prepare: { await $0.add(known: [Sony.headset()], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let stereo = "+MediaTransport1 fd0"
      await simulator.spoilEndpoints(of: Sony.address)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await client.story.contains(stereo) == false)
      #expect(await Self.remove(client) == "ok")
      try await client.wait(for: "-Device1 \(Sony.object)")
      #expect(await client.set("Pairable") { $0.append(true) } == "ok")
      try await client.callAdapter("StartDiscovery")
      await client.forgetStory()
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await client.outcome("Pair", on: Sony.path) == "ok")
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      #expect(await client.story.contains(stereo) == (version != .v5_66))
    }
  }

  @Test func `after a link was lost bluetoothd calls by itself, and meets a headset without its key`() async throws {
    try await withSimulator(
      version: .v5_87, prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }
    ) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      try await simulator.happen(.vanish(Sony.address))
      try await client.wait(for: "Disconnected org.bluez.Reason.Timeout")
      try await simulator.happen(.wipe(Sony.address))
      try await simulator.happen(.appear(Sony.address))
      try await client.wait(for: "Disconnected org.bluez.Reason.Authentication")
      #expect(await simulator.calls("Connect").count == 1)
    }
  }

  @Test func `the kernel tells how each attempt ends`() async throws {
    try await withSimulator(prepare: { await $0.add(known: [Sony.headset(pairing: false)], bonded: true) }) {
      simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let news = EventLog<LinkNews>(simulator.loop)
      let number = await simulator.listen(to: Sony.address, on: "00:1A:7D:DA:71:13") { news.note($0) }
      _ = await client.outcome("Connect", on: Sony.path)
      _ = await client.outcome("Disconnect", on: Sony.path)
      #expect(await news.events == [.connected, .disconnected(2)])
      await news.clear()
      try await simulator.happen(.vanish(Sony.address))
      _ = await client.outcome("Connect", on: Sony.path)
      #expect(await news.events == [.connectFailed(4)])
      await news.clear()
      try await simulator.happen(.appear(Sony.address))
      try await simulator.happen(.changeKey(Sony.address))
      _ = await client.outcome("Connect", on: Sony.path)
      #expect(try await news.wait(for: 4) == [.connected, .keyRefused(5), .authenticationFailed(5), .disconnected(0)])
      await simulator.endListening(number)
    }
  }
}
