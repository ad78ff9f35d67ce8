import BlueZ
import DBus
import EventLoop
import Support
import Testing
import Vocabulary

@Suite(.timeLimit(.minutes(5))) struct CallTests {
  @Test func `each call reaches its object with the right arguments`() async throws {
    let calls = try await withScene { scene in
      let tree = scene.tree
      try await tree.setPowered(true, adapter: adapterPath)
      try await tree.setPairable(true, adapter: adapterPath)
      try await tree.setAlias("name", adapter: adapterPath)
      try await tree.setDiscoveryFilter(.classic, adapter: adapterPath)
      try await tree.startDiscovery(adapter: adapterPath)
      try await tree.stopDiscovery(adapter: adapterPath)
      try await tree.removeDevice(headset, adapter: adapterPath)
      try await tree.connect(device: headset)
      try await tree.disconnect(device: headset)
      try await tree.connectProfile(AudioService.a2dpSink.uuid, device: headset)
      try await tree.pair(device: headset)
      try await tree.cancelPairing(device: headset)
      try await tree.setTrusted(true, device: headset)
      try await tree.setBlocked(false, device: headset)
      try await tree.setAlias("name", device: headset)
      return await scene.bluez.calls.events
    }
    #expect(
      calls == [
        "Set \(adapterPath) ssv", "Set \(adapterPath) ssv", "Set \(adapterPath) ssv",
        "SetDiscoveryFilter \(adapterPath) a{sv}", "StartDiscovery \(adapterPath) ", "StopDiscovery \(adapterPath) ",
        "RemoveDevice \(adapterPath) o", "Connect \(headset) ", "Disconnect \(headset) ", "ConnectProfile \(headset) s",
        "Pair \(headset) ", "CancelPairing \(headset) ", "Set \(headset) ssv",
        "Set \(headset) ssv", "Set \(headset) ssv",
      ])
  }

  @Test func `BlueZ's refusal comes back as it was said`() async throws {
    let error = try await withScene { scene in
      await scene.bluez.answer(
        "Connect", with: .error(DBusError(name: "org.bluez.Error.Failed", message: "br-connection-page-timeout")))
      return await #expect(throws: BlueZError.self) { try await scene.tree.connect(device: headset) }
    }
    #expect(error?.code == .failed)
    #expect(error?.reason == .pageTimeout)
    #expect(error?.description == "org.bluez.Error.Failed: br-connection-page-timeout")
  }

  @Test(arguments: [
    "", "a2dp-sink", "0x110b", "0000110b-0000-1000-8000-00805f9b34f", "x000110b-0000-1000-8000-00805f9b34fb",
  ])
  func `a profile that is no full UUID is never sent`(_ text: String) async throws {
    let (connect, calls) = try await withScene { scene in
      let connect = await #expect(throws: BlueZError.self) {
        try await scene.tree.connectProfile(text, device: headset)
      }
      return (connect, await scene.bluez.calls.events)
    }
    #expect(connect?.code == .invalidArguments)
    #expect(calls.isEmpty)
  }

  @Test(arguments: [
    // With a sound server an unknown failure stays one; 5.82 names the missing server itself.
    (true, "usb:v1D6Bp0246d0554", BlueZError.Code.failed), (false, "usb:v1D6Bp0246d0554", .profileUnavailable),
    (false, "usb:v1D6Bp0246d0552", .failed), (false, "usb:v1234p0001d0100", .profileUnavailable),
  ])
  func `an unknown failure without a sound server means no profile since 5_84`(
    _ sound: Bool, _ modalias: String, _ expected: BlueZError.Code
  ) async throws {
    let error = try await withScene { scene in
      await scene.bluez.answer(
        "Connect", with: .error(DBusError(name: "org.bluez.Error.Failed", message: "br-connection-unknown")))
      try await scene.bluez.emit(
        .propertiesChanged(of: adapterPath, interface: BlueZInterface.adapter) { properties in
          properties.entry("UUIDs", sound ? [AudioService.a2dpSource.uuid] : [AudioService.remoteControl.uuid])
          properties.entry("Modalias", modalias)
          properties.entry("Alias", "changed")
        })
      try await scene.changes.wait(for: 1)
      return await #expect(throws: BlueZError.self) { try await scene.tree.connect(device: headset) }
    }
    #expect(error?.code == expected)
    #expect(error?.message == "br-connection-unknown")
  }

  @Test func `a call that bluetoothd's end interrupts says so`() async throws {
    let error = try await withScene { scene in
      await scene.bluez.answer("Pair", with: .later)
      let pairing = Task(executorPreference: scene.loop) {
        await #expect(throws: BlueZError.self) { try await scene.tree.pair(device: headset) }
      }
      try await scene.bluez.calls.wait(for: 1)
      await scene.bluez.stop()
      return await pairing.value
    }
    #expect(error?.code == .bluezGone)
  }

  @Test func `without bluetoothd or without a bus every call says that BlueZ is gone`() async throws {
    let (without, never) = try await withConnection { loop, _, bus in
      let tree = ObjectTree(on: loop)
      let never = await #expect(throws: BlueZError.self) { try await tree.connect(device: headset) }
      try await tree.follow(bus)
      let without = await #expect(throws: BlueZError.self) { try await tree.connect(device: headset) }
      return (without, never)
    }
    #expect(without?.code == .bluezGone)
    #expect(never?.code == .bluezGone)
  }
}
