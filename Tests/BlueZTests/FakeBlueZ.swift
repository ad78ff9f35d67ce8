import BlueZ
import DBus
import EventLoop
import Support
import Vocabulary

/// As much of bluetoothd as these tests need: objects that are written down, answers by method, signals on demand.
actor FakeBlueZ: LoopActor {
  nonisolated let loop: EventLoop
  nonisolated let connection: Connection
  /// The calls that came in, without those for objects: "RemoveDevice /org/bluez/hci0 o".
  nonisolated let calls: EventLog<String>
  /// Writes the answer to GetManagedObjects.
  private var objects: @Sendable (inout MessageWriter) -> Void = { _ in }
  private var answers: [String: Answer] = [:]

  private init(_ connection: Connection) {
    self.connection = connection
    loop = connection.loop
    calls = EventLog(connection.loop)
  }

  /// Starts one on a bus; it owns BlueZ's name when this returns.
  static func start(
    _ loop: EventLoop, _ address: BusAddress, objects: @escaping @Sendable (inout MessageWriter) -> Void = world
  ) async throws(DBusError) -> FakeBlueZ {
    let fake = FakeBlueZ(try await Connection.open(address, on: loop))
    await fake.set(objects: objects)
    await fake.connection.export("/", subtree: true) { call in fake.assumeIsolated { $0.answer(call) } }
    try await fake.connection.requestName(BlueZName.service)
    return fake
  }

  func set(objects: @escaping @Sendable (inout MessageWriter) -> Void) { self.objects = objects }
  func answer(_ member: String, with answer: Answer) { answers[member] = answer }
  func emit(_ signal: Message) async throws(DBusError) { try await connection.send(signal) }
  func stop() async { await connection.close() }

  /// The usual objects: one adapter, one headset with a battery, a transport and an endpoint.
  static let world: @Sendable (inout MessageWriter) -> Void = { body in
    body.objects { objects in
      objects.object("/org/bluez") { $0.interface("org.bluez.AgentManager1") }
      objects.object("/org/bluez/hci0") { interfaces in
        interfaces.interface("org.freedesktop.DBus.Introspectable")
        interfaces.interface(BlueZInterface.adapter, FakeBlueZ.adapter)
      }
      objects.object(headset) { interfaces in
        interfaces.interface(BlueZInterface.battery) { $0.entry("Percentage", UInt8(80)) }
        interfaces.interface(BlueZInterface.device, FakeBlueZ.device)
      }
      objects.object("/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1") { interfaces in
        interfaces.interface(BlueZInterface.mediaEndpoint) { properties in
          properties.entry("UUID", AudioService.a2dpSink.uuid)
          properties.entry("Codec", UInt8(0))
          properties.entry("Capabilities", "ay") { $0.append(bytes: [255, 255, 2, 53]) }
          properties.entry("Device", headset)
        }
      }
      objects.object("/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1/fd0") { interfaces in
        interfaces.interface(BlueZInterface.mediaTransport, FakeBlueZ.transport)
      }
    }
  }

  static func adapter(_ properties: inout MessageWriter) {
    properties.entry("Address", "00:1A:7D:DA:71:01")
    properties.entry("AddressType", "public")
    properties.entry("Name", "laptop")
    properties.entry("Alias", "laptop")
    properties.entry("Class", UInt32(0x6c_010c))
    properties.entry("Powered", true)
    properties.entry("PowerState", "on")
    properties.entry("Discoverable", false)
    properties.entry("Pairable", true)
    properties.entry("Discovering", false)
    properties.entry("UUIDs", [AudioService.a2dpSource.uuid])
    properties.entry("Modalias", "usb:v1D6Bp0246d0552")
    properties.entry("Roles", ["central", "peripheral"])
  }

  static func device(_ properties: inout MessageWriter) {
    properties.entry("Address", "94:DB:56:00:00:01")
    properties.entry("AddressType", "public")
    properties.entry("Name", "WH-1000XM4")
    properties.entry("Alias", "WH-1000XM4")
    properties.entry("Icon", "audio-headset")
    properties.entry("Class", UInt32(0x24_0404))
    properties.entry("Paired", true)
    properties.entry("Bonded", true)
    properties.entry("Trusted", true)
    properties.entry("Blocked", false)
    properties.entry("LegacyPairing", false)
    properties.entry("Connected", true)
    properties.entry("UUIDs", [AudioService.a2dpSink.uuid, AudioService.handsFree.uuid])
    properties.entry("Modalias", "usb:v054Cp0D58d0106")
    properties.entry("ManufacturerData", "a{qv}") { $0.array(of: "{qv}") }
    properties.entry("Adapter", "/org/bluez/hci0" as ObjectPath)
    properties.entry("ServicesResolved", true)
  }

  static func transport(_ properties: inout MessageWriter) {
    properties.entry("Device", headset)
    // As BlueALSA 4.0 spells it.
    properties.entry("UUID", AudioService.a2dpSource.uuid.uppercased())
    properties.entry("Codec", UInt8(0))
    properties.entry("State", "idle")
    properties.entry("Volume", UInt16(64))
  }

  private func answer(_ call: MethodCall) -> Answer {
    if call.matches(StandardInterface.objectManager, "GetManagedObjects") { return .reply(objects) }
    calls.note("\(call.member) \(call.path) \(call.message.signature)")
    return answers[call.member] ?? .done
  }
}

/// The headset of ``FakeBlueZ/world``.
let headset: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_01"
let adapterPath: ObjectPath = "/org/bluez/hci0"

/// A fake BlueZ, the tree that mirrors it, and what the tree told.
struct Scene: Sendable {
  let loop: EventLoop
  let address: BusAddress
  let bus: Connection
  let bluez: FakeBlueZ
  let tree: ObjectTree
  let changes: EventLog<TreeChange>
}

/// Runs `body` when the tree is full; `changes` then holds nothing yet.
func withScene<Value: Sendable>(
  objects: @escaping @Sendable (inout MessageWriter) -> Void = FakeBlueZ.world,
  _ body: @escaping @Sendable (Scene) async throws -> Value
) async throws -> Value {
  try await withConnection { loop, address, bus in
    let bluez = try await FakeBlueZ.start(loop, address, objects: objects)
    let tree = ObjectTree(on: loop)
    let changes = EventLog<TreeChange>(loop)
    await tree.observe { changes.note($0) }
    try await tree.follow(bus)
    try await changes.wait { $0.contains(.bluezReady) }
    await changes.clear()
    return try await body(
      Scene(loop: loop, address: address, bus: bus, bluez: bluez, tree: tree, changes: changes))
  }
}

/// Everything in a tree at one moment, in no particular order.
struct TreeSnapshot: Sendable {
  /// Whether BlueZ was there and its objects complete.
  var isReady = false
  var adapters: [Adapter] = []
  var devices: [Device] = []
  var transports: [MediaTransport] = []
  var endpoints: [MediaEndpoint] = []
}

extension ObjectTree {
  func snapshot() -> TreeSnapshot {
    TreeSnapshot(
      isReady: isReady, adapters: Array(adapters.values), devices: Array(devices.values),
      transports: Array(transports.values), endpoints: Array(endpoints.values))
  }
}
