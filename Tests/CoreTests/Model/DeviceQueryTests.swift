import Core
import Testing
import Vocabulary

@Suite struct DeviceQueryTests {
  private let own = Device.own
  private let renamed = Device.own.with { $0.alias = "Kopfhörer von Jürgen" }

  private func resolve(_ text: String, _ devices: Device...) -> Result<DeviceID, OperationError> {
    Result { () throws(OperationError) in
      guard let query = DeviceQuery(text) else { throw .deviceNotFound(text) }
      return try query.resolve(among: devices.shuffled()).id
    }
  }
  private func code(_ result: Result<DeviceID, OperationError>) -> OperationError.Code? {
    if case .failure(let error) = result { error.code } else { nil }
  }

  @Test(arguments: ["", " ", "\t\n ", "\u{a0}"]) func `blank text names nothing`(text: String) {
    #expect(DeviceQuery(text) == nil)
  }

  @Test func `blanks around a name do not count`() {
    #expect(DeviceQuery("  WH 1000 \n")?.text == "WH 1000")
    #expect(DeviceQuery(" 94:db:56:00:00:01 ")?.address == DeviceID.headset.address)
    #expect(DeviceQuery("x")?.text == "x")
  }

  @Test(
    arguments: [
      ("94:DB:56:00:00:01", .address), ("94:db:56:00:00:01", .address), ("WH-1000XM4", .name), ("wh-1000xm4", .name),
      ("1000xm", .part), ("KOPFHÖRER VON JÜRGEN", .name), ("jürgen", .part), ("ju\u{308}rgen", .part), ("juergen", nil),
      ("94:DB:56:00:00:02", nil), ("94:DB", nil), ("XM5", nil),
    ] as [(String, DeviceQuery.Fit?)])
  func `a device fits by address, by alias or name, or by a part of one, in either case`(
    text: String, fit: DeviceQuery.Fit?
  ) throws {
    #expect(try #require(DeviceQuery(text)).fit(renamed) == fit)
  }

  @Test func `someone who writes an address means no name`() throws {
    let liar = own.at(.other, name: "94:DB:56:00:00:01")
    #expect(try #require(DeviceQuery("94:DB:56:00:00:01")).fit(liar) == nil)
  }

  @Test func `a device without a name fits by what BlueZ calls it`() throws {
    let nameless = Device(id: .headset, name: nil, alias: "94-DB-56-00-00-01")
    #expect(try #require(DeviceQuery("94-db-56-00-00-01")).fit(nameless) == .address)
    #expect(try #require(DeviceQuery("94-db-56")).fit(nameless) == .part)
  }

  @Test func `only those that fit best count, in order of address`() throws {
    let query = try #require(DeviceQuery("wh-1000xm4"))
    let part = own.at(.neighbour, name: "WH-1000XM4 of Anna")
    #expect(query.best(of: [part, own.at(.other), own]).map(\.id) == [.headset, .other])
    #expect(query.best(of: [part]).map(\.id) == [.neighbour])
    #expect(query.best(of: []).isEmpty)
  }

  // MARK: Which one is meant, on several adapters

  @Test func `of the bonds of a headset the connected one is meant, then the only one, then the selected adapter's`() {
    let elsewhere = own.at(DeviceID(1, on: .second))
    let seen = Device.found.at(DeviceID(1, on: .second))
    func meant(_ devices: Device..., selected: AdapterID = .first, by text: String = "xm4") -> DeviceID? {
      try? DeviceQuery(text)?.resolve(among: devices.shuffled(), selected: selected).id
    }
    #expect(meant(own, elsewhere.with { $0.connected = true }) == elsewhere.id)
    #expect(meant(own.with { $0.connected = true }, elsewhere.with { $0.connected = true }) == own.id)
    #expect(meant(.found, elsewhere) == elsewhere.id)
    #expect(meant(own, seen, selected: .second) == own.id)
    #expect(meant(own, elsewhere, selected: .second) == elsewhere.id)
    #expect(meant(.found, seen, selected: .second) == seen.id)
    #expect(meant(.otherFound, seen) == seen.id)
    let names = [own.at(.other, name: "WH"), own.at(DeviceID(4, on: .second), name: "WH").with { $0.connected = true }]
    #expect(meant(names[0], names[1], by: "WH") == names[1].id)
    #expect(meant(own, elsewhere, selected: AdapterID("hci2")) == nil)
  }

  @Test func `bonds that no choice decides are told with their adapters`() {
    let elsewhere = own.at(DeviceID(1, on: .second))
    let other = own.at(DeviceID(2, on: .second))
    func refused(_ devices: Device...) -> OperationError? {
      do throws(OperationError) {
        _ = try DeviceQuery("xm4")?.resolve(among: devices, selected: AdapterID("hci2"))
        return nil
      } catch { return error }
    }
    #expect(refused(own, elsewhere)?.hint == "Say which is meant: --adapter hci0 or --adapter hci1.")
    #expect(
      refused(own, other)?.candidates == [
        "94:DB:56:00:00:01 WH-1000XM4 on hci0", "94:DB:56:00:00:02 WH-1000XM4 on hci1",
      ])
  }

  @Test func `two headsets are never taken for one where a bond would be lost`() throws {
    let query = try #require(DeviceQuery("xm4"))
    let elsewhere = own.at(DeviceID(1, on: .second))
    #expect(throws: Never.self) { try query.mustMeanOne(of: [own, elsewhere, .otherFound]) }
    #expect(throws: OperationError.self) { try query.mustMeanOne(of: [own, own.at(DeviceID(2, on: .second))]) }
  }

  @Test func `without a name the connected headset is meant, else the only one that is paired`() {
    func meant(_ devices: Device..., selected: AdapterID = .first) -> DeviceID? {
      try? DeviceChoice.unnamed(among: devices.shuffled(), selected: selected).id
    }
    let elsewhere = own.at(DeviceID(1, on: .second))
    #expect(meant(own, .otherFound) == own.id)
    #expect(meant(own, own.at(.other)) == nil)
    #expect(meant(own, own.at(.other).with { $0.connected = true }) == .other)
    #expect(meant(own, elsewhere, selected: .second) == elsewhere.id)
    #expect(meant(own, elsewhere.with { $0.connected = true }) == elsewhere.id)
    #expect(meant(.found, Device(id: .other, name: "Keyboard", bonded: true, connected: true)) == nil)
  }

  // MARK: Which one is meant

  @Test func `the only one that fits is meant`() {
    #expect(resolve("xm4", own, .otherFound) == .success(.headset))
    #expect(resolve("94:db:56:00:00:02", own, .otherFound) == .success(.other))
  }

  @Test func `what fits nothing is not found`() {
    #expect(code(resolve("Bose", own, .otherFound)) == .deviceNotFound)
    #expect(code(resolve("Bose")) == .deviceNotFound)
  }

  @Test func `an exact name is meant before a part of one`() {
    #expect(resolve("WH-1000XM4", .found, own.at(.other, name: "WH-1000XM4 of Anna")) == .success(.headset))
  }

  @Test func `two that fit alike are ambiguous, and all are told in order`() {
    guard case .failure(let error) = resolve("WH", .otherFound, .found) else {
      Issue.record("one was chosen")
      return
    }
    #expect(error.code == .ambiguousDevice)
    #expect(error.candidates == ["94:DB:56:00:00:01 WH-1000XM4", "94:DB:56:00:00:02 WH-1000XM5"])
  }

  @Test func `a bonded or connected device is meant before one in sight`() {
    #expect(resolve("WH", own, .otherFound) == .success(.headset))
    #expect(resolve("WH", .found, .otherFound.with { $0.connected = true }) == .success(.other))
    #expect(code(resolve("WH", own, own.at(.other))) == .ambiguousDevice)
  }

  @Test func `a headset is meant before its twin, even a bonded one`() {
    let twin = Device.twinFound
    #expect(resolve("xm4", own, twin) == .success(.headset))
    #expect(resolve("xm4", .found, twin.with { $0.bonded = true }) == .success(.headset))
    #expect(resolve("WH", own, .otherFound, twin.with { $0.bonded = true }) == .success(.headset))
  }

  @Test func `two headsets are not decided by a bonded twin`() {
    #expect(code(resolve("WH", .found, .otherFound, .twinFound.with { $0.bonded = true })) == .ambiguousDevice)
  }

  @Test func `a twin is meant when only twins fit`() {
    #expect(resolve("LE_WH", own, .twinFound) == .success(.twin))
    #expect(resolve("xm4", .twinFound) == .success(.twin))
    let bonded = Device.twinFound.at(.neighbour).with { $0.bonded = true }
    #expect(resolve("LE_WH", .twinFound, bonded) == .success(.neighbour))
  }
}
