import BlueZ
import DBus
import EventLoop
import Support
import Testing
import Vocabulary

@Suite(.timeLimit(.minutes(5))) struct ObjectTreeTests {
  @Test func `the tree holds what BlueZ told, with typed values`() async throws {
    let (snapshot, version) = try await withScene { scene in
      (await scene.tree.snapshot(), await scene.tree.version)
    }
    #expect(snapshot.isReady)
    let adapter = try #require(snapshot.adapters.first)
    #expect(adapter.path == adapterPath)
    #expect(adapter.address == Address("00:1A:7D:DA:71:01"))
    #expect(adapter.name == "laptop")
    #expect(adapter.powered && adapter.pairable && !adapter.discoverable && !adapter.discovering)
    #expect(adapter.powerState == .on)
    #expect(adapter.hasSoundServer)
    #expect(version == BlueZVersion(5, 82))
    let device = try #require(snapshot.devices.first)
    #expect(device.address == Address("94:DB:56:00:00:01"))
    #expect(device.adapter == adapterPath)
    #expect(device.name == "WH-1000XM4")
    #expect(device.icon == "audio-headset")
    #expect(device.deviceClass == 0x24_0404)
    #expect(device.paired && device.bonded && device.trusted && device.connected && device.servicesResolved)
    #expect(!device.blocked)
    #expect(device.uuids == [AudioService.a2dpSink.uuid, AudioService.handsFree.uuid])
    #expect(device.rssi == nil)
    #expect(device.battery == 80)
    let transport = try #require(snapshot.transports.first)
    #expect(transport.device == headset)
    #expect(transport.uuid == AudioService.a2dpSource.uuid)
    #expect(transport.state == .idle)
    #expect(transport.volume == 64)
    let endpoint = try #require(snapshot.endpoints.first)
    #expect(endpoint.codec == 0)
    #expect(endpoint.capabilities == [255, 255, 2, 53])
  }

  @Test func `a change patches the tree and tells old and new, in bus order`() async throws {
    let (changes, device) = try await withScene { scene in
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Connected", false) })
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.battery) { $0.entry("Percentage", UInt8(70)) })
      try await scene.bluez.emit(
        .propertiesChanged(of: adapterPath, interface: BlueZInterface.adapter) { $0.entry("Powered", false) })
      let changes = try await scene.changes.wait(for: 3)
      return (changes, await scene.tree.devices[headset])
    }
    guard case .deviceChanged(let old, let middle) = changes[0], case .deviceChanged(_, let new) = changes[1],
      case .adapterChanged(_, let adapter) = changes[2]
    else {
      Issue.record("unexpected changes: \(changes)")
      return
    }
    #expect(old.connected && !middle.connected)
    #expect(middle.battery == 80 && new.battery == 70)
    #expect(!adapter.powered)
    #expect(device == new)
  }

  @Test func `an odd type keeps the old value and an unknown property does no harm`() async throws {
    let changes = try await withScene { scene in
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { properties in
          properties.entry("Connected", "yes")
          properties.entry("Alias", UInt32(7))
          properties.entry("UUIDs", true)
          properties.entry("FromTheFuture", "a(sv)") { $0.array(of: "(sv)") }
        })
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Alias", "mine") })
      return try await scene.changes.wait(for: 1)
    }
    guard case .deviceChanged(let old, let new) = changes[0] else {
      Issue.record("unexpected changes: \(changes)")
      return
    }
    #expect(old.connected && new.connected)
    #expect(old.alias == "WH-1000XM4" && new.alias == "mine")
    #expect(new.uuids == old.uuids)
  }

  @Test func `an optional property that goes away is gone`() async throws {
    let changes = try await withScene { scene in
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("RSSI", Int16(-60)) })
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device, invalidated: ["RSSI", "Name"]))
      try await scene.bluez.emit(.interfacesRemoved(from: headset, [BlueZInterface.battery]))
      return try await scene.changes.wait(for: 3)
    }
    let devices = changes.compactMap { change -> Device? in
      guard case .deviceChanged(_, let new) = change else { return nil }
      return new
    }
    #expect(devices.map(\.rssi) == [-60, nil, nil])
    #expect(devices.map(\.name) == ["WH-1000XM4", nil, nil])
    #expect(devices.map(\.battery) == [80, 80, nil])
  }

  @Test func `objects come and go`() async throws {
    let second: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_02"
    let (changes, paths) = try await withScene { scene in
      try await scene.bluez.emit(
        .interfacesAdded(to: second) { interfaces in
          interfaces.interface(BlueZInterface.device) { properties in
            properties.entry("Address", "94:DB:56:00:00:02")
            properties.entry("Adapter", adapterPath)
          }
        })
      try await scene.bluez.emit(
        .interfacesAdded(to: second) { $0.interface(BlueZInterface.battery) { $0.entry("Percentage", UInt8(5)) } })
      try await scene.bluez.emit(
        .interfacesRemoved(from: second, [BlueZInterface.device, BlueZInterface.battery, "org.bluez.MediaControl1"]))
      try await scene.bluez.emit(
        .interfacesRemoved(
          from: "/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1/fd0", [BlueZInterface.mediaTransport]))
      let changes = try await scene.changes.wait(for: 4)
      return (changes, await Array(scene.tree.devices.keys))
    }
    guard case .deviceAdded(let added) = changes[0], case .deviceChanged(_, let charged) = changes[1],
      case .deviceRemoved(let removed) = changes[2], case .transportRemoved = changes[3]
    else {
      Issue.record("unexpected changes: \(changes)")
      return
    }
    #expect(added.path == second && added.battery == nil)
    #expect(charged.battery == 5)
    #expect(removed == charged)
    #expect(paths == [headset])
  }

  @Test func `a disconnection tells its reason before the change`() async throws {
    let changes = try await withScene { scene in
      try await scene.bluez.emit(
        Message(signal: "Disconnected", from: headset, interface: BlueZInterface.device) { body in
          body.append("org.bluez.Reason.Authentication")
          body.append("Connection terminated due to authentication failure")
        })
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Connected", false) })
      return try await scene.changes.wait(for: 2)
    }
    guard case .deviceDisconnected(let device, .authentication) = changes[0], case .deviceChanged = changes[1] else {
      Issue.record("unexpected changes: \(changes)")
      return
    }
    #expect(device.path == headset)
  }

  @Test func `bluetoothd's end empties the tree, its return fills it anew`() async throws {
    let (changes, gone, back) = try await withScene { scene in
      await scene.bluez.stop()
      try await scene.changes.wait { $0.contains(.bluezVanished) }
      let gone = await scene.tree.snapshot()
      _ = try await FakeBlueZ.start(scene.loop, scene.address)
      let changes = try await scene.changes.wait { $0.contains(.bluezReady) }
      return (changes, gone, await scene.tree.snapshot())
    }
    #expect(!gone.isReady && gone.adapters.isEmpty && gone.devices.isEmpty && gone.transports.isEmpty)
    #expect(gone.endpoints.isEmpty)
    #expect(back.isReady && back.devices.count == 1)
    #expect(changes.first == .bluezVanished)
    #expect(changes.dropFirst().first == .bluezAppeared)
    #expect(changes.last == .bluezReady)
    #expect(changes.count == 7)
  }

  @Test func `the end of the bus connection empties the tree, and the next one fills it`() async throws {
    let (gone, back) = try await withScene { scene in
      await scene.bus.close()
      try await scene.changes.wait { $0.contains(.bluezVanished) }
      let gone = await scene.tree.snapshot()
      let next = try await Connection.open(scene.address, on: scene.loop)
      try await scene.tree.follow(next)
      try await scene.changes.wait { $0.contains(.bluezReady) }
      let back = await scene.tree.snapshot()
      await next.close()
      return (gone, back)
    }
    #expect(gone.devices.isEmpty && !gone.isReady)
    #expect(back.devices.count == 1 && back.isReady)
  }

  @Test func `what BlueZ signals before its answer is not applied to the answer`() async throws {
    let aliases = try await withConnection { loop, address, bus in
      // The signal is older than the answer, which holds the later alias.
      let bluez = try await FakeBlueZ.start(loop, address)
      await bluez.connection.export("/") { call in
        bluez.connection.assumeIsolated { connection in
          try? connection.send(
            .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Alias", "older") })
          connection.answer(call, with: .reply(FakeBlueZ.world))
          try? connection.send(
            .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Alias", "newer") })
        }
        return .later
      }
      let tree = ObjectTree(on: loop)
      let aliases = EventLog<String>(loop)
      await tree.observe { change in
        switch change {
        case .deviceAdded(let device): aliases.note(device.alias)
        case .deviceChanged(_, let device): aliases.note(device.alias)
        default: break
        }
      }
      try await tree.follow(bus)
      return try await aliases.wait(for: 2)
    }
    #expect(aliases == ["WH-1000XM4", "newer"])
  }

  @Test func `a stranger's signals change nothing`() async throws {
    let aliases = try await withScene { scene in
      let stranger = try await Connection.open(scene.address, on: scene.loop)
      let target = await scene.bus.uniqueName
      let forged = try Message(
        signal: "PropertiesChanged", from: headset, interface: StandardInterface.properties, to: target
      ) { body in
        body.append(BlueZInterface.device)
        body.properties { $0.entry("Alias", "forged") }
        body.append([String]())
      }
      try await stranger.send(forged)
      _ = try await stranger.owner(of: BlueZName.service)
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Alias", "genuine") })
      try await scene.changes.wait(for: 1)
      return await scene.changes.events.map { change -> String in
        guard case .deviceChanged(_, let new) = change else { return "something else" }
        return new.alias
      }
    }
    #expect(aliases == ["genuine"])
  }

  @Test func `objects without a proper address are left out`() async throws {
    let snapshot = try await withScene(objects: { body in
      body.objects { objects in
        objects.object("/org/bluez/hci0") { $0.interface(BlueZInterface.adapter) { $0.entry("Address", "no address") } }
        objects.object("/org/bluez/hci0/dev_1") { $0.interface(BlueZInterface.device) { $0.entry("Alias", "x") } }
        objects.object("/org/bluez/hci0/dev_2") { $0.interface(BlueZInterface.device) { $0.entry("Address", true) } }
        objects.object(headset) { $0.interface(BlueZInterface.device, FakeBlueZ.device) }
      }
    }) { await $0.tree.snapshot() }
    #expect(snapshot.isReady)
    #expect(snapshot.adapters.isEmpty)
    #expect(snapshot.devices.map(\.path) == [headset])
  }

  @Test func `an answer of another shape is told, and the tree stays unready`() async throws {
    let (changes, isReady) = try await withConnection { loop, address, bus in
      _ = try await FakeBlueZ.start(loop, address, objects: { $0.append("nonsense") })
      let tree = ObjectTree(on: loop)
      let changes = EventLog<TreeChange>(loop)
      await tree.observe { changes.note($0) }
      try await tree.follow(bus)
      let told = try await changes.wait { events in
        events.contains { if case .bluezUnreadable = $0 { true } else { false } }
      }
      return (told, await tree.isReady)
    }
    guard case .bluezUnreadable(let error) = changes.last else { return }
    #expect(error.code == .malformed)
    #expect(!isReady)
  }

  @Test func `an answer that cannot be used is taken back whole, and asked for again`() async throws {
    let (told, after, absence) = try await withConnection { loop, address, bus in
      let bluez = try await FakeBlueZ.start(loop, address, objects: { $0.append("nonsense") })
      let tree = ObjectTree(on: loop)
      let changes = EventLog<TreeChange>(loop)
      await tree.observe { changes.note($0) }
      try await tree.follow(bus)
      let told = try await changes.wait { events in
        events.contains { if case .bluezUnreadable = $0 { true } else { false } }
      }
      let after = await tree.snapshot()
      let absence = await tree.absence
      await bluez.set(objects: FakeBlueZ.world)
      try await changes.wait { $0.contains(.bluezReady) }
      return (told, after, absence)
    }
    #expect(told.dropLast() == [.bluezAppeared, .bluezVanished])
    #expect(after.adapters.isEmpty && after.devices.isEmpty && !after.isReady)
    guard case .unreadable = absence else {
      Issue.record("\(String(describing: absence))")
      return
    }
  }

  @Test func `the tree knows why it is empty`() async throws {
    let absences = try await withConnection { loop, address, bus in
      let tree = ObjectTree(on: loop)
      var absences = [await tree.absence]
      try await tree.follow(bus)
      absences.append(await tree.absence)
      let bluez = try await FakeBlueZ.start(loop, address)
      let changes = EventLog<TreeChange>(loop)
      await tree.observe { changes.note($0) }
      if await !tree.isReady { try await changes.wait { $0.contains(.bluezReady) } }
      absences.append(await tree.absence)
      await bluez.stop()
      try await changes.wait { $0.contains(.bluezVanished) }
      absences.append(await tree.absence)
      await bus.close()
      absences.append(await tree.absence)
      return absences
    }
    #expect(absences.prefix(4) == [.noBus(nil), .notRunning, nil, .notRunning])
    guard case .noBus(_?)? = absences.last else {
      Issue.record("\(absences)")
      return
    }
  }

  @Test func `what a discovery shows is in sight, with or without its signal strength`() async throws {
    let other: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_02"
    let (before, during, known, after) = try await withScene { scene in
      func discovering(_ on: Bool) async throws {
        try await scene.bluez.emit(
          .propertiesChanged(of: adapterPath, interface: BlueZInterface.adapter) { $0.entry("Discovering", on) })
      }
      func appear(_ path: ObjectPath, _ address: String) async throws {
        try await scene.bluez.emit(
          .interfacesAdded(to: path) { interfaces in
            interfaces.interface(BlueZInterface.device) { $0.entry("Address", address) }
          })
      }
      try await appear(other, "94:DB:56:00:00:02")
      try await discovering(true)
      try await appear("/org/bluez/hci0/dev_94_DB_56_00_00_03", "94:DB:56:00:00:03")
      try await scene.changes.wait(for: 3)
      let before = await scene.tree.devices[other]?.isShown
      let during = await scene.tree.devices["/org/bluez/hci0/dev_94_DB_56_00_00_03"]?.isShown
      try await scene.bluez.emit(
        .propertiesChanged(of: other, interface: BlueZInterface.device) { $0.entry("Name", "WH-1000XM5") })
      try await scene.changes.wait(for: 4)
      let known = await scene.tree.devices[other]?.isShown
      try await discovering(false)
      try await scene.changes.wait(for: 7)
      return (before, during, known, await scene.tree.devices.values.contains { $0.isShown })
    }
    #expect(before == false && during == true && known == true)
    #expect(!after)
  }

  @Test func `without BlueZ the tree waits, and one that comes later is found`() async throws {
    let changes = try await withConnection { loop, address, bus in
      let tree = ObjectTree(on: loop)
      let changes = EventLog<TreeChange>(loop)
      await tree.observe { changes.note($0) }
      try await tree.follow(bus)
      let before = await changes.events
      #expect(before.isEmpty)
      _ = try await FakeBlueZ.start(loop, address)
      return try await changes.wait { $0.contains(.bluezReady) }
    }
    #expect(changes.first == .bluezAppeared)
    #expect(changes.count == 6)
  }

  @Test func `the interfaces of single bearers are noticed`() async throws {
    let (before, after) = try await withScene { scene in
      let before = await scene.tree.hasBearers
      try await scene.bluez.emit(.interfacesAdded(to: headset) { $0.interface("org.bluez.Bearer.BREDR1") })
      try await scene.bluez.emit(
        .propertiesChanged(of: headset, interface: BlueZInterface.device) { $0.entry("Alias", "done") })
      try await scene.changes.wait(for: 1)
      return (before, await scene.tree.hasBearers)
    }
    #expect(!before && after)
  }
}
