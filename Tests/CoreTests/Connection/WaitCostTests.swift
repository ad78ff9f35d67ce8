import Core
import Testing
import Vocabulary

/// A world that counts the devices that somebody looks at.
private struct Observed: World {
  final class Count {
    var devices = 0
  }

  var world: FakeWorld
  let count = Count()

  var hasBlueZ: Bool { world.hasBlueZ }
  func device(_ id: DeviceID) -> Device? {
    count.devices += 1
    return world.device(id)
  }
  func devices(of adapter: AdapterID) -> [Device] {
    let devices = world.devices(of: adapter)
    count.devices += devices.count
    return devices
  }
  var allAdapters: [Adapter] { world.allAdapters }
  func adapter(_ id: AdapterID) -> Adapter? { world.adapter(id) }
  func isGoingOff(_ id: AdapterID) -> Bool { false }
  func transports(of device: DeviceID) -> [Transport] {
    count.devices += 1
    return world.transports(of: device)
  }
  func bondContext(of device: DeviceID) -> BondContext { world.bondContext(of: device) }
  func unfinished(_ device: DeviceID) -> JournalEntry? { nil }
  var sound: AudioSession? { nil }
  func wish(of device: DeviceID) -> AudioWish { AudioWish() }
}

@Suite struct WaitCostTests {
  /// A thousand devices, the first of which is the headset.
  private static var crowd: FakeWorld {
    var world = FakeWorld(.found)
    for number in 1...1_000 {
      let id = DeviceID(.first, Address(bits: 0x0011_2200_0000 + UInt64(number)))
      world.known[id] = Device(id: id, name: "Crowd \(number)")
    }
    return world
  }

  private static func waiting(for state: WaitOperation.State, in world: Observed) throws -> WaitOperation {
    let query = try #require(DeviceQuery("WH-1000XM4"))
    var wait = WaitOperation(query, on: { [.first] }, state: state, limit: nil)
    #expect(wait.start(in: world).count == 1)
    return wait
  }

  @Test(arguments: [WaitOperation.State.connected, .paired, .a2dp])
  func `it looks at the device that changed, and at no other`(state: WaitOperation.State) throws {
    let world = Observed(world: Self.crowd)
    var wait = try Self.waiting(for: state, in: world)
    world.count.devices = 0
    for id in world.world.known.keys { #expect(wait.handle(.deviceChanged(id), in: world).isEmpty) }
    #expect(world.count.devices <= (state == .paired ? 1_001 : 2))
    world.count.devices = 0
    #expect(wait.handle(.soundChanged, in: world).isEmpty)
    #expect(!wait.isConcerned(by: .deviceChanged(DeviceID(1, on: .second))))
    #expect(world.count.devices == 0)
  }

  @Test func `a better device that gets another name lets a lesser one be the one`() throws {
    var world = Observed(world: Self.crowd)
    world.world.known[.other] = .own.at(.other, name: "WH-1000XM4 of Anna")
    var wait = try Self.waiting(for: .paired, in: world)
    world.world.known[.headset]?.name = "Mine"
    world.world.known[.headset]?.alias = "Mine"
    let actions = wait.handle(.deviceChanged(.headset), in: world)
    #expect(actions.contains(.finish(.success(Outcome(device: .other)))))
  }

  @Test func `a device that is removed is a candidate no more`() throws {
    var world = Observed(world: Self.crowd)
    world.world.known[.other] = .own.at(.other, name: "WH-1000XM4 of Anna")
    var wait = try Self.waiting(for: .paired, in: world)
    world.world.known[.headset] = nil
    let actions = wait.handle(.deviceRemoved(.headset), in: world)
    #expect(actions.contains(.finish(.success(Outcome(device: .other)))))
  }
}
