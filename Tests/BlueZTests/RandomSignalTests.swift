import BlueZ
import DBus
import EventLoop
import Support
import Testing

/// Signals of bluetoothd as chance makes them.
private struct Chance {
  var generator: SeededGenerator

  static let paths: [ObjectPath] = [
    "/", "/org/bluez", adapterPath, headset, "/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1/fd0", "/org/bluez/hci1",
    "/org/bluez/hci0/dev_00_00_00_00_00_02",
  ]
  static let interfaces = [
    BlueZInterface.device, BlueZInterface.adapter, BlueZInterface.battery, BlueZInterface.mediaTransport,
    BlueZInterface.mediaEndpoint, "org.bluez.Bearer.LE1", "org.example.Unknown",
  ]
  static let names = [
    "Address", "Alias", "Name", "Powered", "PowerState", "UUIDs", "Adapter", "Connected", "RSSI", "Modalias", "Class",
    "Percentage", "State", "Volume", "Device", "Codec", "Capabilities", "Unknown",
  ]

  mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }

  mutating func signal() throws(DBusError) -> Message {
    let path = pick(Self.paths)
    let interface = pick(Self.interfaces)
    let removed = [pick(Self.interfaces), pick(Self.names)]
    var chance = self
    defer { generator = SeededGenerator(seed: chance.generator.next()) }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return try .interfacesRemoved(from: path, removed)
    case 1, 2: return try .interfacesAdded(to: path) { $0.interface(interface) { chance.properties(&$0) } }
    case 3:
      // A body of any shape under a name that promises another.
      let member = pick(["InterfacesAdded", "InterfacesRemoved"])
      return try Message(signal: member, from: "/", interface: StandardInterface.objectManager) { chance.value(&$0) }
    case 4:
      return try Message(signal: "PropertiesChanged", from: path, interface: StandardInterface.properties) { body in
        body.append(interface)
        chance.value(&body)
      }
    default:
      return try .propertiesChanged(of: path, interface: interface, invalidated: removed) { chance.properties(&$0) }
    }
  }

  mutating func properties(_ body: inout MessageWriter) {
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      body.dictionaryEntry { entry in
        entry.append(pick(Self.names))
        variant(&entry)
      }
    }
  }

  mutating func variant(_ body: inout MessageWriter) {
    let text = pick(["", "94:DB:56:00:00:02", "on", "active", "x"])
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: body.variant("s") { $0.append(text) }
    case 1: body.variant("b") { $0.append(true) }
    case 2: body.variant("u") { $0.append(UInt32.max) }
    case 3: body.variant("n") { $0.append(Int16.min) }
    case 4: body.variant("y") { $0.append(UInt8(7)) }
    case 5: body.variant("as") { $0.append([text, text]) }
    case 6: body.variant("ay") { $0.append(bytes: []) }
    case 7: body.variant("o") { $0.append(headset) }
    default: body.variant("v") { variant(&$0) }
    }
  }

  mutating func value(_ body: inout MessageWriter) {
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: body.append(UInt64.max)
    case 1: body.structure { $0.append("x") }
    case 2: body.properties { properties(&$0) }
    case 3: body.append(headset)
    default: variant(&body)
    }
  }
}

@Suite(.timeLimit(.minutes(5))) struct RandomSignalTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `whatever bluetoothd signals, the tree lives and its changes add up`(_ seed: UInt64) async throws {
    let (expected, found) = try await withScene { scene in
      var chance = Chance(generator: SeededGenerator(seed: seed))
      let before = await Set(scene.tree.devices.keys)
      for _ in 0..<1500 { try await scene.bluez.emit(chance.signal()) }
      // A last change that is certain to be told.
      let last: ObjectPath = "/org/bluez/hci9"
      try await scene.bluez.emit(
        .interfacesAdded(to: last) { $0.interface(BlueZInterface.adapter) { $0.entry("Address", "00:00:00:00:00:09") } }
      )
      let changes = try await scene.changes.wait { events in
        if case .adapterAdded(let adapter) = events.last { adapter.path == last } else { false }
      }
      var devices = before
      for change in changes {
        switch change {
        case .deviceAdded(let device): devices.insert(device.path)
        case .deviceRemoved(let device): devices.remove(device.path)
        case .deviceChanged(let old, let new) where old == new: Issue.record("a change that changes nothing")
        default: break
        }
      }
      return (devices, await Set(scene.tree.devices.keys))
    }
    #expect(expected == found)
  }
}
