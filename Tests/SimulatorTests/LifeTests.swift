import DBus
import EventLoop
import Simulator
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct LifeTests {
  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.headset(pairing: false)], bonded: true)
  }

  @Test func `bluetoothd stops object by object, and comes back with its bonds`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
      await client.forgetStory()
      try await simulator.restart()
      try await client.wait(for: "+Device1 \(Sony.object)")
      let order = [
        "PowerState=on-disabling", "Connected=false", "-MediaTransport1 fd0", "-MediaEndpoint1 sep1", "Powered=false",
        "-Device1 \(Sony.object)",
        "-Adapter1 hci0", "-bluez", "+bluez", "+Adapter1 hci0", "+Device1 \(Sony.object)",
      ]
      let story = await client.story.filter(order.contains)
      #expect(story == order)
      #expect(await client.outcome("Connect", on: Sony.path) == "ok")
    }
  }

  @Test func `bluetoothd that is killed says nothing but that it is gone`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      _ = await simulator.hold("Connect")
      let attempt = simulator.loop.spawn { await client.outcome("Connect", on: Sony.path) }
      try await simulator.waitForCall("Connect")
      await client.forgetStory()
      await simulator.kill()
      try await client.wait(for: "-bluez")
      #expect(await client.story == ["-bluez"])
      #expect(await attempt.value.hasPrefix("NoReply"))
      let later = await client.outcome("Connect", on: Sony.path)
      #expect(later.hasPrefix("NameHasNoOwner"))
    }
  }

  @Test func `what waits in a bluetoothd that ends is not done by the next one`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let held = await simulator.hold("Set Pairable")
      let attempt = simulator.loop.spawn { await client.set("Pairable") { $0.append(true) } }
      try await simulator.waitForCall("Set Pairable")
      try await simulator.restart(gracefully: false)
      #expect(await attempt.value.hasPrefix("NoReply"))
      await held.open()
      // It is answered after whatever of the above was still done.
      #expect(await client.outcomeOfAdapter("StopDiscovery") != "ok")
      #expect(await simulator.controller("hci0")?.isPairable == false)
    }
  }

  @Test func `a controller is pulled out and put in again`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      _ = await simulator.hold("Connect")
      let attempt = simulator.loop.spawn { await client.outcome("Connect", on: Sony.path) }
      try await simulator.waitForCall("Connect")
      try await simulator.happen(.unplug("hci0"))
      #expect(await attempt.value == "Failed: br-connection-aborted-by-local")
      try await simulator.happen(.plug("hci0"))
      try await client.wait(for: "+Device1 \(Sony.object)")
      let order = ["Powered=false", "-Device1 \(Sony.object)", "-Adapter1 hci0", "+Adapter1 hci0"]
      #expect(await client.story.filter(order.contains) == order)
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
    }
  }

  @Test func `what nobody understands is refused in bluetoothd's words`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      let properties = "org.freedesktop.DBus.Properties"
      #expect(
        await client.outcome("Fly", on: Sony.path)
          == "UnknownMethod: Method \"Fly\" with signature \"\" on interface \"org.bluez.Device1\" doesn't exist\n")
      #expect(await client.outcome("Connect", on: "/org/bluez/hci7").hasPrefix("UnknownObject"))
      #expect(await client.outcome("Connect", on: Sony.path) { $0.append("x") }.hasPrefix("UnknownMethod"))
      #expect(
        await client.outcome("Get", of: properties, on: Sony.path) { body in
          body.append("org.bluez.Device1")
          body.append("Colour")
        } == "InvalidArgs: No such property 'Colour'")
      #expect(await client.set("Colour") { $0.append(true) } == "UnknownProperty: No such property 'Colour'")
      #expect(
        await client.set("Address", "s") { $0.append("x") } == "PropertyReadOnly: Property 'Address' is not writable")
      #expect(
        await client.set("Powered", "s") { $0.append("yes") } == "InvalidSignature: Invalid signature for 'Powered'")
    }
  }

  /// A mode is the kernel's: the answer is out before the change. The rest bluetoothd changes itself, and says so first.
  @Test func `a change of a mode is told after the answer, any other before it`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.set("Pairable") { $0.append(true) } == "ok")
      #expect(await client.story.contains("Pairable=true") == false)
      try await client.wait(for: "Pairable=true")
      #expect(await client.set("Alias", "s", of: "org.bluez.Device1", on: Sony.path) { $0.append("Mine") } == "ok")
      #expect(await client.story.contains("Alias=Mine"))
    }
  }

  @Test func `ten thousand devices are served, and stop`() async throws {
    try await withSimulator(prepare: { await $0.addCrowd(10_000) }) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(try await client.objectCount() == 10_002)
      await simulator.stop()
      try await client.wait(for: "-bluez")
      #expect(await client.story.count { $0.hasPrefix("-Device1") } == 10_000)
    }
  }

  @Test func `calls fail, wait, and answer nonsense as they are told`() async throws {
    try await withSimulator(prepare: Self.prepare) { simulator, address in
      let client = try await Client.connect(address, on: simulator.loop)
      await simulator.fail("StartDiscovery", with: BluezError.busy, times: 1)
      #expect(await client.outcomeOfAdapter("StartDiscovery") == "Busy")
      #expect(await client.outcomeOfAdapter("StartDiscovery") == "ok")
      await simulator.inject(Fault("GetManagedObjects", .reply([.string("nonsense")])))
      await #expect(throws: DBusError.self) { try await client.objectCount() }
      let hold = await simulator.hold("Connect", on: Sony.address, then: .error(BluezError.failed("too late")))
      let attempt = simulator.loop.spawn { await client.outcome("Connect", on: Sony.path) }
      try await simulator.waitForCall("Connect")
      await hold.open()
      #expect(await attempt.value == "Failed: too late")
    }
  }
}
