import DBus
import EventLoop
import Simulator
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct DiscoveryTests {
  @Test func `a device is found, has a signal while somebody looks, and vanishes later`() async throws {
    let story = try await withSimulator(timing: .forgetful) { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await simulator.property("RSSI", of: "org.bluez.Device1", at: Sony.path) == .int16(-58))
      try await client.callAdapter("StopDiscovery")
      try await client.wait(for: "RSSI gone")
      try await client.wait(for: "-Device1 \(Sony.object)")
      return await client.story
    }
    let order = ["Discovering=true", "Discovering=false", "RSSI gone", "-Device1 \(Sony.object)"]
    #expect(story.filter(order.contains) == order)
  }

  @Test func `a discovery belongs to its client and ends with it`() async throws {
    try await withSimulator { simulator, address in
      let first = try await Client.connect(address, on: simulator.loop)
      let second = try await Client.connect(address, on: simulator.loop)
      #expect(await first.outcomeOfAdapter("StopDiscovery") == "Failed: No discovery started")
      #expect(await first.outcomeOfAdapter("StartDiscovery") == "ok")
      #expect(await first.outcomeOfAdapter("StartDiscovery") == "InProgress: Operation already in progress")
      #expect(await second.outcomeOfAdapter("StartDiscovery") == "ok")
      #expect(await first.outcomeOfAdapter("StopDiscovery") == "ok")
      #expect(await simulator.discoveryCount() == 1)
      #expect(await first.story.contains("Discovering=false") == false)
      await second.close()
      try await first.wait(for: "Discovering=false")
      #expect(await simulator.discoveryCount() == 0)
    }
  }

  @Test func `the inquiry of a bluetoothd that died keeps the next one from looking`() async throws {
    try await withSimulator { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      try await client.callAdapter("StartDiscovery")
      try await simulator.restart(gracefully: false)
      try await client.wait(for: "+Adapter1 hci0")
      #expect(await client.outcomeOfAdapter("StartDiscovery") == "InProgress: Operation already in progress")
      // Until it has ended.
      while await client.outcomeOfAdapter("StartDiscovery") != "ok" {}
      #expect(await simulator.discoveryCount() == 1)
    }
  }

  @Test func `a filter keeps the low-energy twin out`() async throws {
    try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      await simulator.add(Headset.twin(of: Sony.headset(), address: "5C:3A:90:11:22:33"))
      let client = try await Client.connect(address, on: simulator.loop)
      try await client.callAdapter("SetDiscoveryFilter") { body in
        body.properties { $0.entry("Transport", "bredr") }
      }
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await simulator.knownDevices == [Sony.address])
      #expect(
        await client.outcomeOfAdapter("SetDiscoveryFilter") { $0.properties { $0.entry("Transport", "wire") } }
          == "InvalidArguments: Invalid arguments in method call")
      // Without a filter everything is wanted.
      #expect(await client.outcomeOfAdapter("StopDiscovery") == "ok")
      #expect(await client.outcomeOfAdapter("SetDiscoveryFilter") { $0.properties() } == "ok")
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 dev_5C_3A_90_11_22_33")
    }
  }

  /// real-behaviour A11; the empty pattern was seen to admit everything on 5.66 and 5.82.
  @Test(arguments: [BluezVersion.v5_66, .v5_82, .v5_87])
  func `a pattern hides what does not fit it, until another client's admits it`(_ version: BluezVersion) async throws {
    try await withSimulator(version: version) { simulator, address in
      let picky = try await Client.connect(address, on: simulator.loop)
      try await picky.callAdapter("SetDiscoveryFilter") { body in body.properties { $0.entry("Pattern", "Nobody") } }
      try await picky.callAdapter("StartDiscovery")
      await simulator.add(Sony.headset())
      let open = try await Client.connect(address, on: simulator.loop)
      if version == .v5_82 {
        try await picky.wait(for: "+Device1 \(Sony.object)")
        #expect(await simulator.property("RSSI", of: "org.bluez.Device1", at: Sony.path) == nil)
      }
      try await open.callAdapter("SetDiscoveryFilter") { body in body.properties { $0.entry("Pattern", "") } }
      try await open.callAdapter("StartDiscovery")
      try await picky.wait(for: "+Device1 \(Sony.object)")
      if version != .v5_82 {
        #expect(await simulator.property("RSSI", of: "org.bluez.Device1", at: Sony.path) != nil)
      }
    }
  }

  @Test func `a discovery that is being started cannot be stopped`() async throws {
    try await withSimulator { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let held = await simulator.hold("StartDiscovery")
      let start = simulator.loop.spawn { await client.outcomeOfAdapter("StartDiscovery") }
      try await simulator.waitForCall("StartDiscovery")
      #expect(await client.outcomeOfAdapter("StopDiscovery") == "InProgress: Operation already in progress")
      await held.open()
      #expect(await start.value == "ok")
      #expect(await client.outcomeOfAdapter("StopDiscovery") == "ok")
    }
  }

  @Test func `a removed device is found again by a discovery that runs`() async throws {
    try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 \(Sony.object)")
      await client.forgetStory()
      #expect(await client.outcomeOfAdapter("RemoveDevice") { $0.append(Sony.path) } == "ok")
      try await client.wait(for: "+Device1 \(Sony.object)")
      let story = await client.story.filter { $0.hasSuffix("Device1 \(Sony.object)") }
      #expect(story == ["-Device1 \(Sony.object)", "+Device1 \(Sony.object)"])
    }
  }

  @Test func `nothing is looked for while the adapter is off, and what was found goes`() async throws {
    try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      try await client.callAdapter("StartDiscovery")
      try await client.wait(for: "+Device1 \(Sony.object)")
      #expect(await client.set("Powered") { $0.append(false) } == "ok")
      try await client.wait(for: "Powered=false")
      let order = ["-Device1 \(Sony.object)", "PowerState=on-disabling", "Discovering=false", "Powered=false"]
      let story = await client.story
      #expect(Set(order).isSubset(of: story))
      #expect(await client.outcomeOfAdapter("StartDiscovery") == "NotReady: Resource Not Ready")
      #expect(
        await client.outcomeOfAdapter("RemoveDevice") { $0.append(Sony.path) } == "NotReady: Resource Not Ready")
      try await simulator.happen(.block("hci0"))
      #expect(await client.set("Powered") { $0.append(true) } == "Blocked: Blocked through rfkill")
    }
  }
}
