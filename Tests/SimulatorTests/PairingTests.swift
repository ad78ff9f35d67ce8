import DBus
import EventLoop
import Simulator
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct PairingTests {
  /// Finds the headset, so that it can be paired.
  private static func find(_ client: Client) async throws {
    try await client.callAdapter("StartDiscovery")
    try await client.wait(for: "+Device1 \(Sony.object)")
    try await client.callAdapter("StopDiscovery")
    try await client.wait(for: "Discovering=false")
    await client.forgetStory()
  }

  @Test func `a pairing tells Connected, Bonded, its services and Paired, in this order`() async throws {
    let story = try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(await client.set("Pairable") { $0.append(true) } == "ok")
      try await Self.find(client)
      try await client.call("Pair", on: Sony.path)
      #expect(await simulator.keysMatch(Sony.address))
      return await client.story
    }
    let order = [
      "Connected=true", "Bonded=true", "+MediaControl1 \(Sony.object)", "ServicesResolved=true", "Paired=true",
    ]
    #expect(story.filter(order.contains) == order)
  }

  @Test(arguments: [
    (Headset.PairingOutcome.refused, "AuthenticationRejected: Authentication Rejected"),
    (.authenticationFailed, "AuthenticationFailed: Authentication Failed"),
    (.cancelled, "AuthenticationCanceled: Authentication Canceled"),
    (.timedOut, "AuthenticationTimeout: Authentication Timeout"),
    (.vanishes, "AuthenticationCanceled: Authentication Canceled"),
    (.notPairedAfterAll, "Failed: Not paired"),
  ])
  func `a pairing fails as the script says`(_ outcome: Headset.PairingOutcome, _ error: String) async throws {
    let got = try await withSimulator { simulator, address in
      var headset = Sony.headset()
      headset.pairing = outcome
      await simulator.add(headset)
      let client = try await Client.connect(address, on: simulator.loop)
      _ = await client.set("Pairable") { $0.append(true) }
      try await Self.find(client)
      return await client.outcome("Pair", on: Sony.path)
    }
    #expect(got == error)
  }

  @Test func `without pairable adapter the pairing succeeds and no key is stored`() async throws {
    let bonded = try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      try await Self.find(client)
      #expect(await client.outcome("Pair", on: Sony.path) == "ok")
      #expect(await simulator.property("Paired", of: "org.bluez.Device1", at: Sony.path) == .bool(true))
      return await simulator.property("Bonded", of: "org.bluez.Device1", at: Sony.path)
    }
    #expect(bonded == .bool(false))
  }

  @Test func `a headset that left answers no page`() async throws {
    let got = try await withSimulator { simulator, address in
      await simulator.add(Sony.headset())
      let client = try await Client.connect(address, on: simulator.loop)
      try await Self.find(client)
      try await simulator.happen(.vanish(Sony.address))
      return await client.outcome("Pair", on: Sony.path)
    }
    #expect(got == "ConnectionAttemptFailed: Page Timeout")
  }

  @Test func `one not in pairing mode refuses, one that is bonded exists already`() async throws {
    try await withSimulator { simulator, address in
      await simulator.add(known: [Sony.headset(pairing: false)], bonded: false)
      await simulator.add(known: [Headset("94:DB:56:00:00:02", name: "WF-1000XM5")], bonded: true)
      let client = try await Client.connect(address, on: simulator.loop)
      #expect(
        await client.outcome("Pair", on: Sony.path) == "AuthenticationRejected: Authentication Rejected")
      let second: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_02"
      #expect(await client.outcome("Pair", on: second) == "AlreadyExists: Already Exists")
      await simulator.strandKernelKey(of: "94:DB:56:00:00:02")
      #expect(await client.outcome("Pair", on: second) == "AlreadyExists: Already Paired")
      #expect(await client.outcome("CancelPairing", on: second) == "DoesNotExist: Does Not Exist")
    }
  }

  @Test func `CancelPairing ends a pairing, and destroys the kernel's key when there is none`() async throws {
    try await withSimulator { simulator, address in
      var headset = Sony.headset()
      headset.pairing = .silent
      await simulator.add(headset)
      let client = try await Client.connect(address, on: simulator.loop)
      try await Self.find(client)
      let pairing = simulator.loop.spawn { await client.outcome("Pair", on: Sony.path) }
      try await client.wait(for: "Connected=true")
      #expect(await client.outcome("Pair", on: Sony.path) == "InProgress: In Progress")
      #expect(await client.outcome("CancelPairing", on: Sony.path) == "ok")
      #expect(await pairing.value == "AuthenticationCanceled: Authentication Canceled")
      try await client.wait(for: "Connected=false")

      await simulator.add(known: [Headset("94:DB:56:00:00:02", name: "WF-1000XM5")], bonded: true)
      let second: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_02"
      #expect(await client.outcome("CancelPairing", on: second) == "DoesNotExist: Does Not Exist")
      #expect(await simulator.property("Bonded", of: "org.bluez.Device1", at: second) == .bool(true))
      #expect(await client.outcome("Connect", on: second).hasPrefix("Failed: br-connection-"))
    }
  }

  @Test func `a pairing ends with the connection of its caller`() async throws {
    try await withSimulator(timing: .forgetful) { simulator, address in
      var headset = Sony.headset()
      headset.pairing = .silent
      await simulator.add(headset)
      let watcher = try await Client.connect(address, on: simulator.loop)
      let caller = try await Client.connect(address, on: simulator.loop)
      try await Self.find(watcher)
      let pairing = simulator.loop.spawn { await caller.outcome("Pair", on: Sony.path) }
      try await watcher.wait(for: "Connected=true")
      await caller.close()
      #expect(await pairing.value.hasPrefix("Disconnected"))
      try await watcher.wait(for: "Connected=false")
      // Nobody has seen it since, so it goes like any device that was only found.
      try await watcher.wait(for: "-Device1 \(Sony.object)")
    }
  }

  @Test(arguments: [
    (Headset.Capability.displayYesNo, "DisplayYesNo", "RequestConfirmation"),
    (.display, "KeyboardDisplay", "RequestPasskey"), (.keyboard, "DisplayOnly", "DisplayPasskey"),
  ])
  func `the agent is asked what both sides can do`(
    _ there: Headset.Capability, _ here: String, _ question: String
  ) async throws {
    try await withSimulator { simulator, address in
      var headset = Sony.headset()
      headset.capability = there
      await simulator.add(headset)
      let client = try await Client.connect(address, on: simulator.loop)
      let asked = Asked()
      try await client.registerAgent(here) { call in
        asked.add(call.member)
        guard call.member == "RequestPasskey" else { return .done }
        return .reply { $0.append(Simulator.shownPasskey) }
      }
      try await Self.find(client)
      #expect(await client.outcome("Pair", on: Sony.path) == "ok")
      #expect(asked.names.first == question)
    }
  }

  @Test func `an agent that says no fails the pairing, one that is left hanging is cancelled`() async throws {
    try await withSimulator { simulator, address in
      var headset = Sony.headset()
      headset.capability = .displayYesNo
      await simulator.add(headset)
      let client = try await Client.connect(address, on: simulator.loop)
      let asked = Asked()
      let (askedAgain, cancelled) = (Latch(simulator.loop), Latch(simulator.loop))
      try await client.registerAgent("DisplayYesNo") { call in
        asked.add(call.member)
        switch (call.member, asked.names.count) {
        case ("RequestConfirmation", 1): return .error(DBusError(name: "org.bluez.Error.Rejected", message: "no"))
        case ("Cancel", _):
          cancelled.assumeIsolated { $0.open() }
          return .done
        default:
          askedAgain.assumeIsolated { $0.open() }
          return .later
        }
      }
      try await Self.find(client)
      #expect(await client.outcome("Pair", on: Sony.path) == "AuthenticationFailed: Authentication Failed")
      let pairing = simulator.loop.spawn { await client.outcome("Pair", on: Sony.path) }
      try await askedAgain.wait()
      #expect(await client.outcome("CancelPairing", on: Sony.path) == "ok")
      #expect(await pairing.value == "AuthenticationCanceled: Authentication Canceled")
      try await cancelled.wait()
    }
  }
}

/// What an agent has been asked, on the loop's thread.
private final class Asked: @unchecked Sendable {
  private(set) var names: [String] = []
  func add(_ name: String) { names.append(name) }
}
