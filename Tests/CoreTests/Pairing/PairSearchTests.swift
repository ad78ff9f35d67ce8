import Core
import Testing
import Vocabulary

@Suite struct PairSearchTests {
  /// A pairing that is looking for what was named, with these devices known.
  private func searching(_ text: String?, _ devices: Device...) -> Script<PairOperation> {
    var script = Script(PairOperation(text), FakeWorld())
    for device in devices { script.world.known[device.id] = device }
    script.start()
    for request in script.outstanding { script.answer(request) }
    return script
  }

  private func pairs(_ script: Script<PairOperation>, with id: DeviceID) -> Bool {
    var script = script
    if script.outstanding == .stopping { script.answer(.stopDiscovery(.first)) }
    return script.outstanding == [.pair(id)] && script.armed.isEmpty
  }

  @Test func `it registers an agent, holds the adapter pairable and searches, in this order`() {
    let script = PairPhase.preparing.script()
    #expect(script.outstanding == .preparing)
    #expect(script.armed == [.search, .guidance])
    #expect(script.progress == ["Looking for WH-1000XM4"])
  }

  @Test(arguments: ["WH-1000XM4", "wh-1000xm4", "94:DB:56:00:00:01", "94:db:56:00:00:01"])
  func `a device named exactly is paired as soon as it is in sight`(text: String) {
    var script = searching(text)
    #expect(script.outstanding.isEmpty)
    script.appear(.found)
    #expect(pairs(script, with: .headset))
  }

  @Test func `a device in sight before the search is paired once all is prepared`() {
    var script = Script(PairOperation(), FakeWorld(.found))
    script.start()
    script.answer(.startDiscovery(.first))
    script.answer(.registerAgent(.none))
    #expect(script.outstanding == [.holdPairable(.first)])
    script.answer(.holdPairable(.first))
    #expect(pairs(script, with: .headset))
  }

  @Test func `a device that the discovery shows without its signal strength is in sight`() {
    var script = searching("WH-1000XM4", .found.with { $0.rssi = nil })
    #expect(script.outstanding.isEmpty)
    script.change { $0.isShown = true }
    #expect(pairs(script, with: .headset))
  }

  @Test func `a discovery that was not answered is asked for again`() {
    var script = Script(PairOperation("WH-1000XM4"), FakeWorld(.found))
    script.start()
    script.answer(.registerAgent(.none))
    script.answer(.holdPairable(.first))
    script.answer(.startDiscovery(.first), .noReply)
    #expect(script.result == nil && script.armed == [.search, .guidance, .retry])
    script.expire(.retry)
    script.answer(.startDiscovery(.first))
    #expect(pairs(script, with: .headset))
  }

  @Test func `a device that is known but not in sight is waited for`() {
    var script = searching("WH-1000XM4", .found.with { $0.rssi = nil })
    #expect(script.outstanding.isEmpty)
    script.change { $0.rssi = -70 }
    #expect(pairs(script, with: .headset))
  }

  @Test func `a name that comes late is noticed`() {
    var script = searching("WH-1000XM4")
    script.appear(Device(id: .headset, name: nil, rssi: -50))
    #expect(script.outstanding.isEmpty)
    script.appear(.found)
    #expect(pairs(script, with: .headset))
  }

  @Test(arguments: ["xm4", nil]) func `one that was not named exactly is paired when nobody else shows up`(
    text: String?
  ) {
    var script = searching(text)
    script.appear(.found)
    #expect(script.armed == [.search, .guidance, .settle])
    #expect(script.outstanding.isEmpty)
    script.expire(.settle)
    #expect(pairs(script, with: .headset))
  }

  @Test(arguments: ["WH-1000", nil]) func `two that fit alike are ambiguous, and both are told`(text: String?) {
    var script = searching(text)
    script.appear(.otherFound)
    script.appear(.found)
    script.expire(.settle)
    script.answerAll()
    #expect(script.error?.code == .ambiguousDevice)
    #expect(script.error?.candidates == ["94:DB:56:00:00:01 WH-1000XM4", "94:DB:56:00:00:02 WH-1000XM5"])
  }

  @Test func `two of the same name are ambiguous at once`() {
    var script = searching("WH-1000XM4", .found, .found.at(.other))
    script.answerAll()
    #expect(script.error?.code == .ambiguousDevice)
  }

  @Test func `a second that goes away again while settling is not in the way`() {
    var script = searching("WH-1000")
    script.appear(.found)
    script.appear(.otherFound)
    script.remove(.other)
    script.expire(.settle)
    #expect(pairs(script, with: .headset))
  }

  @Test func `an exact one that shows up while settling is taken at once`() {
    var script = searching("WH-1000XM4", .found.at(.other, name: "WH-1000XM4 of Anna"))
    #expect(script.armed.contains(.settle))
    script.appear(.found)
    #expect(pairs(script, with: .headset))
  }

  @Test func `when the only one goes away the search goes on, and the next one settles anew`() {
    var script = searching(nil)
    script.appear(.found)
    script.remove()
    script.expire(.settle)
    #expect(script.armed == [.search, .guidance])
    script.appear(.otherFound)
    #expect(script.armed == [.search, .guidance, .settle])
    script.expire(.settle)
    #expect(pairs(script, with: .other))
  }

  @Test func `one that left and came back in the same instant is in sight`() {
    var script = searching("xm4")
    script.appear(.found)
    script.tell(.deviceRemoved(.headset))
    script.expire(.settle)
    #expect(pairs(script, with: .headset))
  }

  @Test func `without a name only headphones and loudspeakers count`() {
    var script = searching(nil)
    script.appear(Device(id: .other, name: "Keyboard", classOfDevice: 0x002540, rssi: -40))
    script.appear(Device(id: .neighbour, name: nil, rssi: -40))
    #expect(script.armed == [.search, .guidance])
    script.appear(.found)
    #expect(script.armed == [.search, .guidance, .settle])
  }

  @Test func `devices of another adapter do not count`() {
    let elsewhere = Device.found.at(DeviceID(1, on: .second))
    var script = searching("WH-1000XM4", elsewhere)
    script.appear(elsewhere)
    #expect(script.outstanding.isEmpty)
    #expect(script.armed == [.search, .guidance])
  }

  // MARK: Twins

  @Test func `a twin beside its headset is passed over`() {
    var script = searching("WH-1000XM4")
    script.appear(.twinFound)
    #expect(script.armed == [.search, .guidance])
    script.appear(.found)
    #expect(pairs(script, with: .headset))
  }

  @Test func `a twin does not make its headset ambiguous`() {
    var script = searching("xm4", .twinFound, .found)
    script.expire(.settle)
    #expect(pairs(script, with: .headset))
  }

  @Test(arguments: ["WH-1000XM4", nil]) func `a twin alone is never paired, and told of in the end`(text: String?) {
    var script = searching(text)
    script.appear(.twinFound)
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .notFoundInTime)
    #expect(script.error?.evidence?.contains("LE_WH-1000XM4") == true)
  }

  @Test(arguments: ["LE_WH-1000XM4", "le_wh", "94:DB:56:00:00:03"])
  func `a twin that was named is refused with the name of its headset`(text: String) {
    var script = searching(text)
    script.appear(.twinFound)
    script.answerAll()
    #expect(script.error?.code == .lowEnergyTwin)
    #expect(script.error?.hint?.contains("mdrctl pair \"WH-1000XM4\"") == true)
  }

  @Test(arguments: [true, false]) func `a known twin that was named is refused before anything is asked`(bonded: Bool) {
    let twin = Device.twinFound.with {
      $0.rssi = nil
      $0.bonded = bonded
    }
    let script = searching("LE_WH-1000XM4", twin)
    #expect(script.error?.code == .lowEnergyTwin)
    #expect(script.requests.isEmpty)
  }

  @Test func `a twin paired by mistake does not stand in for its headset`() {
    let twin = Device.twinFound.with {
      $0.rssi = nil
      $0.bonded = true
    }
    var script = searching("WH-1000XM4", twin)
    #expect(script.result == nil)
    var unseen = script
    unseen.expire(.search)
    unseen.answerAll()
    #expect(unseen.error?.code == .notFoundInTime)
    #expect(unseen.error?.evidence == nil)
    script.appear(.found)
    #expect(pairs(script, with: .headset))
  }

  @Test func `a headset that its owner calls LE something is no twin`() {
    let script = searching("LE_mine", .found.with { $0.alias = "LE_mine" })
    #expect(pairs(script, with: .headset))
  }

  // MARK: Bonds

  @Test(arguments: ["94:DB:56:00:00:01", "94-db-56-00-00-01"])
  func `what is paired already and named by its address is told before anything is asked`(text: String) {
    let script = searching(text, .own)
    #expect(script.error?.code == .alreadyBonded)
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: ["WH-1000XM4", "xm4"])
  func `what is paired already and named by its name is told when no second one shows up`(text: String) {
    var script = searching(text, .own)
    #expect(script.armed == [.search, .overall])
    #expect(script.progress == ["Looking for \(text), of which one is paired already"])
    script.change { $0.rssi = -40 }
    script.appear(.otherFound)
    #expect(script.result == nil)
    script.expire(.overall)
    script.answerAll()
    #expect(script.error?.code == .alreadyBonded)
    #expect(script.error?.hint?.contains("mdrctl repair 94:DB:56:00:00:01") == true)
    #expect(script.error?.hint?.contains("forget") == false)
  }

  @Test func `the second of a name that is paired once is paired`() {
    var exact = searching("WH-1000XM4", .own)
    exact.appear(.found.at(.other))
    #expect(pairs(exact, with: .other))
    var part = searching("xm4", .own)
    part.appear(.found.at(.other))
    part.expire(.overall)
    #expect(part.result == nil)
    part.expire(.settle)
    #expect(pairs(part, with: .other))
  }

  @Test func `one that fits less than the one that is paired is not meant`() {
    var script = searching("Mine", .own.with { $0.alias = "Mine" })
    script.appear(.found.at(.other, name: "Mine too"))
    #expect(script.armed == [.search, .overall])
    script.expire(.overall)
    script.answerAll()
    #expect(script.error?.code == .alreadyBonded)
  }

  @Test func `without a name a bonded headset is not in the way`() {
    var script = searching(nil, .own.with { $0.rssi = -40 })
    #expect(script.armed == [.search, .guidance])
    script.appear(.otherFound)
    script.expire(.settle)
    #expect(pairs(script, with: .other))
  }

  @Test func `one that is bonded by somebody else meanwhile is the one, and not paired again`() {
    var script = searching("xm4")
    script.appear(.found)
    script.change { $0.bonded = true }
    script.answer(.stopDiscovery(.first))
    #expect(script.outstanding == [.trust(.headset, true)])
    #expect(!script.requests.contains(.pair(.headset)))
  }

  // MARK: The search limit

  @Test(arguments: [1, 60]) func `nobody in time is told with the time and what to do`(seconds: Int64) {
    var script = Script(PairOperation(limit: .seconds(seconds)), FakeWorld())
    script.start()
    #expect(script.actions.contains(.arm(.search, .seconds(seconds))))
    for request in script.outstanding { script.answer(request) }
    script.expire(.search)
    #expect(script.outstanding == .stopping + .closing)
    script.answerAll()
    #expect(script.error?.code == .notFoundInTime)
    #expect(script.error?.message == "WH-1000XM4 was not found within \(seconds) s.")
    #expect(script.error?.hint?.contains("pairing mode") == true)
  }

  @Test func `the limit counts while it is still preparing`() {
    var script = PairPhase.preparing.script()
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .notFoundInTime)
  }

  @Test func `one in sight when the time is up is taken although it was settling`() {
    var script = PairPhase.settling.script()
    script.expire(.search)
    #expect(pairs(script, with: .headset))
  }

  @Test func `two in sight when the time is up are ambiguous`() {
    var script = searching(nil, .found, .otherFound)
    script.expire(.search)
    script.answerAll()
    #expect(script.error?.code == .ambiguousDevice)
  }

  @Test func `one that appears in the instant the time is up is taken`() {
    var script = searching("WH-1000XM4")
    script.world.known[.headset] = .found
    script.expire(.search)
    script.tell(.deviceChanged(.headset))
    #expect(pairs(script, with: .headset))
  }
}
