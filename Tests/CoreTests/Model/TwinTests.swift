import Core
import Testing

@Suite struct TwinTests {
  @Test(
    arguments: [
      ("LE_WH-1000XM4", nil, "WH-1000XM4"), ("LE_WH-1000XM4", "Mine", "WH-1000XM4"),
      (nil, "LE_WH-1000XM4", "WH-1000XM4"),
      ("WH-1000XM4", "LE_mine", nil), ("WH-1000XM4", nil, nil), ("LE_", nil, nil), ("le_x", nil, nil),
      ("xLE_y", nil, nil), (nil, nil, nil), ("", "LE_x", nil),
    ] as [(String?, String?, String?)])
  func `a twin is known by the name it gives itself`(name: String?, alias: String?, original: String?) {
    #expect(Twin.original(of: Device(id: .twin, name: name, alias: alias)) == original)
  }

  @Test func `the twins of a headset are those of its name`() {
    let world = FakeWorld(.own, .twinFound, .twinFound.at(.neighbour), .otherFound)
    #expect(Set(Twin.twins(of: .own, in: world).map(\.id)) == [.twin, .neighbour])
    #expect(Twin.twins(of: .otherFound, in: world).isEmpty)
  }

  @Test func `an alias does not matter for whose twin it is`() {
    let renamed = Device.own.with { $0.alias = "Mine" }
    #expect(Twin.twins(of: renamed, in: FakeWorld(renamed, .twinFound)).map(\.id) == [.twin])
  }

  @Test func `with two headsets of one name nobody can say whose the twin is`() {
    let world = FakeWorld(.own, .own.at(.other), .twinFound)
    #expect(Twin.twins(of: .own, in: world).isEmpty)
  }

  @Test func `a twin has no twins, nor has a device without a name`() {
    let nameless = Device(id: .headset, name: nil)
    let world = FakeWorld(nameless, .twinFound, .twinFound.at(.neighbour))
    #expect(Twin.twins(of: .twinFound, in: world).isEmpty)
    #expect(Twin.twins(of: nameless, in: world).isEmpty)
  }

  @Test func `a twin on another adapter is another computer's matter`() {
    let world = FakeWorld(.own, .twinFound.at(DeviceID(3, on: .second)))
    #expect(Twin.twins(of: .own, in: world).isEmpty)
  }
}
