import DBus
import EventLoop
import Foundation
import Simulator
import Support
import Testing
import Varlink

@testable import Flush
import Vocabulary
import enum Interface.Flush

private typealias Wire = Interface.Flush

@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  private let directory: BlueZDirectory
  private let keys = FakeStore()
  private static let all = Wire.LayerName.allCases.map(\.rawValue)

  init() throws {
    directory = try BlueZDirectory()
    try directory.addBond()
    try directory.addCache()
  }

  /// Asks the helper to flush while a simulated bluetoothd knows what `prepare` makes it know.
  private func flush(
    _ layers: [String] = all, prepare: @escaping @Sendable (Simulator) async throws -> Void
  ) async throws -> String? {
    let (directory, keys) = (directory, keys)
    return try await withSimulator(prepare: prepare) { simulator, address in
      try await withHelper(directory, bus: address, keys: keys) { $0.exchange(call(.flush, layers: layers)) }
    }
  }

  private var isUntouched: Bool {
    directory.exists("\(directory.bond)/info") && directory.exists(directory.cacheFile) && !keys.isFlushed
  }

  // MARK: Inspect

  @Test func `every layer is told, and nothing is removed`() async throws {
    let reply = try await withHelper(directory, keys: keys) { $0.exchange(call(.inspect, layers: Self.all)) }
    let found = try #require(try layers(reply))
    #expect(
      found.mapValues(\.before) == [.linkKey: .present, .storedLinkKey: .present, .bond: .present, .cache: .present])
    #expect(found.mapValues(\.after) == found.mapValues(\.before))
    #expect(found[.bond]?.detail == "link key of type 4; files attributes, info")
    #expect(reply?.contains(secret) == false)
    #expect(isUntouched)
  }

  // MARK: Whom bluetoothd keeps track of

  @Test func `the connections whose end bluetoothd waits for are told, by the rules that the bus holds for it`()
    async throws
  {
    let directory = directory
    let reply = try await withEventLoop { loop in
      let bus = try PrivateBus()
      let address = bus.address
      let bluez = try await DBus.Connection.open(address, on: loop)
      let other = try await DBus.Connection.open(address, on: loop)
      try await bluez.requestName("org.bluez")
      // As `gdbus/watch.c` writes them.
      let watch =
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        + "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0="
      for (connection, rule) in [
        (bluez, "\(watch)':1.42'"), (bluez, "\(watch)':1.7'"), (bluez, "\(watch)'org.freedesktop.hostname1'"),
        (bluez, "type='signal',interface='org.freedesktop.DBus.Properties',arg0=':1.9'"), (other, "\(watch)':1.8'"),
      ] {
        try await connection.call(
          Message(call: "AddMatch", on: "/", interface: StandardInterface.driver, to: BusName.driver) {
            $0.append(rule)
          })
      }
      let question = #"{"method":"org.mdrctl.Flush.Clients"}"#
      let reply = try await withHelper(directory, bus: address) { $0.exchange(question) }
      await bluez.close()
      let none = try await withHelper(directory, bus: address) { $0.exchange(question) }
      #expect(none == #"{"parameters":{"names":[]}}"#)
      await other.close()
      withExtendedLifetime(bus) {}
      return reply
    }
    #expect(reply == #"{"parameters":{"names":[":1.42",":1.7"]}}"#)
  }

  @Test func `a bus that does not tell is said`() async throws {
    let reply = try await withHelper(directory) { $0.exchange(#"{"method":"org.mdrctl.Flush.Clients"}"#) }
    #expect(try errorName(reply) == "Refused")
  }

  // MARK: Who holds the device

  @Test func `a device that BlueZ does not know is flushed`() async throws {
    let reply = try await flush { _ in }
    let flushed = try #require(try layers(reply))
    #expect(flushed[.cache]?.before == .present && flushed[.cache]?.after == .absent)
    #expect(flushed[.bond]?.after == .absent)
    #expect(!directory.exists(directory.bond) && !directory.exists(directory.cacheFile) && keys.isFlushed)
    #expect(reply?.contains(secret) == false)
  }

  @Test func `a device that is merely in sight is flushed`() async throws {
    let (directory, keys) = (directory, keys)
    let reply = try await withSimulator { simulator, address in
      await simulator.add(known: [Headset(deviceText, name: "WH-1000XM4")], bonded: false)
      return try await withHelper(directory, bus: address, keys: keys) { $0.exchange(call(.flush, layers: Self.all)) }
    }
    #expect(try layers(reply)?[.cache]?.after == .absent)
    #expect(!directory.exists(directory.bond))
  }

  @Test func `a bonded device is not flushed`() async throws {
    let reply = try await flush { await $0.add(known: [Headset(deviceText, name: "WH-1000XM4")], bonded: true) }
    #expect(try errorName(reply) == "DevicePresent")
    #expect(reply?.contains("Paired is true") == true)
    #expect(isUntouched)
  }

  @Test(arguments: ["Trusted", "Blocked", "Connected", "Bonded", "Paired"])
  func `a device that BlueZ keeps for any reason is not flushed`(property: String) async throws {
    let reply = try await flush { simulator in
      var headset = Headset(deviceText, name: "WH-1000XM4")
      headset.oddProperties = [property: .bool(true)]
      await simulator.add(known: [headset], bonded: false)
    }
    #expect(try errorName(reply) == "DevicePresent")
    #expect(reply?.contains("\(property) is true") == true)
    #expect(isUntouched)
  }

  @Test(arguments: ["Trusted", "Blocked", "Connected", "Bonded", "Paired"])
  func `a device of which BlueZ does not tell enough is not flushed`(property: String) async throws {
    let reply = try await flush { simulator in
      var headset = Headset(deviceText, name: "WH-1000XM4")
      headset.missingProperties = [property]
      await simulator.add(known: [headset], bonded: false)
    }
    #expect(try errorName(reply) == "BlueZUnknown")
    #expect(isUntouched)
  }

  @Test func `while bluetoothd does not run nothing is flushed`() async throws {
    let (directory, keys) = (directory, keys)
    let reply = try await withSimulator { simulator, address in
      await simulator.stop()
      return try await withHelper(directory, bus: address, keys: keys) { $0.exchange(call(.flush, layers: Self.all)) }
    }
    #expect(try errorName(reply) == "BlueZUnknown")
    #expect(isUntouched)
  }

  @Test func `while there is no bus nothing is flushed`() async throws {
    let reply = try await withHelper(directory, keys: keys) { $0.exchange(call(.flush, layers: Self.all)) }
    #expect(try errorName(reply) == "BlueZUnknown")
    #expect(isUntouched)
  }

  @Test func `while BlueZ does not know the adapter yet nothing is flushed`() async throws {
    let reply = try await flush { try await $0.happen(.unplug("hci0")) }
    #expect(try errorName(reply) == "BlueZUnknown")
    #expect(isUntouched)
  }

  @Test func `an adapter that has another address with BlueZ is not the one that is meant`() async throws {
    let reply = try await flush { await $0.add(Controller("hci0", address: "00:1A:7D:DA:71:99")) }
    #expect(try errorName(reply) == "BlueZUnknown")
    #expect(isUntouched)
  }

  @Test func `a device that BlueZ takes up meanwhile keeps its other layers`() async throws {
    let (directory, keys) = (directory, keys)
    let reply = try await withSimulator { simulator, address in
      // The second question about the device finds it bonded.
      await simulator.inject(
        Fault(
          "GetAll", on: deviceText,
          .error(DBusError(name: "org.freedesktop.DBus.Error.UnknownObject", message: "")), times: 1))
      await simulator.add(known: [Headset(deviceText, name: "WH-1000XM4")], bonded: true)
      return try await withHelper(directory, bus: address, keys: keys) {
        $0.exchange(call(.flush, layers: ["linkKey", "cache", "bond"]))
      }
    }
    let flushed = try #require(try layers(reply))
    #expect(flushed[.linkKey]?.after == .absent)
    for layer in [Wire.LayerName.cache, .bond] {
      #expect(flushed[layer]?.after == .present)
      #expect(flushed[layer]?.reason?.contains("Paired is true") == true)
    }
    #expect(directory.exists(directory.cacheFile) && directory.exists(directory.bond))
  }

  // MARK: Links

  @Test func `a link is ended, once, and nothing else is touched`() async throws {
    let kernel = FakeKernel()
    let before = try directory.everything()
    let reply = try await withHelper(directory, keys: keys, kernel: kernel) { $0.exchange(disconnectCall()) }
    #expect(reply == #"{"parameters":{}}"#)
    #expect(kernel.subjects == [subject])
    #expect(try directory.everything() == before)
    #expect(isUntouched)
  }

  @Test(
    arguments: [
      (.notConnected, "NotConnected"), (.disconnected, "NotConnected"), (.permissionDenied, "Refused"),
      (.init(rawValue: 0x0A), "Refused"),
    ] as [(Management.Status, String)])
  func `a link that the kernel does not end is told`(status: Management.Status, name: String) async throws {
    let reply = try await withHelper(directory, kernel: FakeKernel(status)) { $0.exchange(disconnectCall()) }
    #expect(try errorName(reply) == name)
  }

  @Test(arguments: [
    disconnectCall(device: "../../etc/passwd"), disconnectCall(device: "FF:FF:FF:FF:FF:FF"),
    disconnectCall(adapter: "00:00:00:00:00:00"),
  ])
  func `the kernel is asked to end no link of what is no device`(message: String) async throws {
    let kernel = FakeKernel()
    let reply = try await withHelper(directory, kernel: kernel) { $0.exchange(message) }
    #expect(try errorName(reply) == "InvalidInput")
    #expect(kernel.subjects.isEmpty)
  }

  // MARK: Input

  @Test(arguments: [
    call(.flush, device: "../../etc/passwd", layers: ["cache"]), call(.flush, layers: []),
    call(.flush, layers: ["cache", "cache"]), call(.inspect, layers: ["keys"]),
    call(.inspect, adapter: "00:00:00:00:00:00", layers: ["cache"]),
    call(.flush, device: "FF:FF:FF:FF:FF:FF", layers: ["cache"]),
  ])
  func `input that is not acceptable is refused`(message: String) async throws {
    let reply = try await withHelper(directory, keys: keys) { $0.exchange(message) }
    #expect(try errorName(reply) == "InvalidInput")
    #expect(isUntouched)
  }

  @Test func `a parameter that the interface does not know is refused`() async throws {
    let message = call(.flush, layers: ["cache"]).replacingOccurrences(of: #""layers""#, with: #""root":"/","layers""#)
    let reply = try await withHelper(directory, keys: keys) { $0.exchange(message) }
    #expect(reply == #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"root"}}"#)
    #expect(isUntouched)
  }

  @Test func `an adapter that is not there is an error of its own`() async throws {
    let message = call(.inspect, adapter: "00:1A:7D:DA:71:14", layers: ["cache"])
    let reply = try await withHelper(directory) { $0.exchange(message) }
    #expect(try errorName(reply) == "NoAdapter")
  }

  @Test func `a watch needs more`() async throws {
    let message =
      #"{"method":"org.mdrctl.Flush.Watch","parameters":{"adapter":"\#(adapterText)","device":"\#(deviceText)"}}"#
    let reply = try await withHelper(directory) { $0.exchange(message) }
    #expect(try errorName(reply) == "ExpectedMore")
  }

  // MARK: Who may ask

  @Test(arguments: Wire.Method.allCases, [0, 1000, 65534] as [UInt32])
  private func `another user than the daemon's is refused, root too`(method: Wire.Method, user: UInt32) async throws {
    let more = call(method, layers: ["cache"]).dropLast() + #","more":true}"#
    let reply = try await withHelper(directory, keys: keys, as: user, onlyFor: 999) { $0.exchange(String(more)) }
    #expect(try errorName(reply) == "PermissionDenied")
    #expect(isUntouched)
  }

  @Test func `the helper serves one connection and ends with it`() async throws {
    let served = try await withHelper(directory) { peer in
      peer.exchange(call(.inspect, layers: ["cache"])) != nil && peer.exchange(call(.inspect, layers: ["bond"])) != nil
    }
    #expect(served)
  }
}
