import Core
import Testing
import Vocabulary

@Suite struct ForgetOperationTests {
  private static let connected = Device.own.with { $0.connected = true }
  private static let twin = Device.twinFound.with { $0.rssi = nil }

  /// A removal that has begun, of the headset.
  private func started(_ devices: Device...) -> Script<ForgetOperation> {
    var script = Script(ForgetOperation(.headset), FakeWorld())
    for device in devices { script.world.known[device.id] = device }
    script.start()
    if let record = script.outstanding.first { script.answer(record) }
    return script
  }

  /// How far the removal of a connected headset from BlueZ has come.
  enum Phase: CaseIterable, Sendable {
    /// By the helper.
    case endingLink, falling
    /// By BlueZ, because the helper does not.
    case disconnecting, dropping
    case removing, verifying

    func script() -> Script<ForgetOperation> {
      var script = Script(ForgetOperation(.headset), FakeWorld(ForgetOperationTests.connected))
      script.label = "forget, \(self)"
      script.start()
      if let record = script.outstanding.first { script.answer(record) }
      if self == .endingLink { return script }
      script.answer(.endLink(.headset), self == .falling ? nil : .other)
      if [.falling, .disconnecting].contains(self) { return script }
      script.answer(.disconnect(.headset))
      if self == .dropping { return script }
      script.change { $0.connected = false }
      if self == .removing { return script }
      script.answer(.remove(.headset))
      return script
    }
  }

  @Test(arguments: Trouble.allCases) func `nothing is asked where there is trouble already`(trouble: Trouble) {
    var script = Script(ForgetOperation(.headset), FakeWorld(.own))
    trouble.befall(&script.world)
    script.start()
    #expect(script.error?.code == trouble.code)
    #expect(script.requests.isEmpty)
  }

  @Test func `a device that BlueZ does not know is not found`() {
    #expect(started().error?.code == .deviceNotFound)
  }

  @Test func `a device that is not connected is removed and seen to be gone`() {
    var script = started(.own)
    #expect(script.outstanding == [.remove(.headset)])
    script.answer(.remove(.headset))
    #expect(script.armed == [.verifying])
    script.remove()
    script.answerAll()
    script.answerBelow()
    #expect(script.outcome?.device == .headset)
    script.answerBelow()
    #expect(script.outcome?.removed == [.own])
  }

  @Test func `a device that is gone before RemoveDevice answers needs no waiting`() {
    var script = started(.own)
    script.remove()
    #expect(script.result == nil)
    script.answer(.remove(.headset))
    script.answerBelow()
    #expect(script.outcome?.removed == [.own])
  }

  /// The removal of a headset that is to forget this computer, which is recorded.
  private func startedOnBothSides() -> Script<ForgetOperation> {
    var script = Script(ForgetOperation(.headset, .init(bothSides: true)), FakeWorld(Self.connected))
    script.start()
    if let record = script.outstanding.first { script.answer(record) }
    return script
  }

  @Test func `a headset that is to forget this computer is told so first, when the removal is recorded`() {
    var script = startedOnBothSides()
    #expect(script.outstanding == [.leaveHeadset(.headset)])
    #expect(script.toBlueZ.isEmpty)
    // It ends the link by itself, which is no news.
    script.change { $0.connected = false }
    #expect(script.outstanding == [.leaveHeadset(.headset)])
    script.answer(.leaveHeadset(.headset))
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test func `one that does not forget this computer is not forgotten here, and nothing is left to finish`() {
    var script = startedOnBothSides()
    script.answer(.leaveHeadset(.headset), .other)
    #expect(script.outstanding == [.erase(.headset)])
    script.answer(.erase(.headset))
    #expect(script.error?.code == .notChanged)
    #expect(script.toBlueZ.isEmpty && script.world.journal.isEmpty)
  }

  @Test func `a connected device is disconnected first, by the helper, and its link and its stream waited for`() {
    var script = Phase.endingLink.script()
    #expect(script.outstanding == [.endLink(.headset)])
    script.world.streams[.headset] = [Transport(profile: .a2dp)]
    script.answer(.endLink(.headset))
    #expect(script.armed == [.disconnecting])
    script.change { $0.connected = false }
    #expect(script.outstanding.isEmpty)
    script.world.streams[.headset] = nil
    script.tell(.deviceChanged(.headset))
    #expect(script.outstanding == [.remove(.headset)])
    #expect(script.toBlueZ == [.remove(.headset)])
    #expect(script.armed.isEmpty)
  }

  @Test(arguments: Refusal.Kind.allCases) func `a link that the helper does not end is BlueZ's to end`(
    kind: Refusal.Kind
  ) {
    var script = Phase.endingLink.script()
    script.answer(.endLink(.headset), kind)
    #expect(script.outstanding == [.disconnect(.headset)])
  }

  @Test func `a link that does not fall by the helper is BlueZ's to end`() {
    var script = Phase.falling.script()
    script.expire(.disconnecting)
    #expect(script.outstanding == [.disconnect(.headset)])
  }

  @Test func `what BlueZ keeps because a profile has not noticed the link's end is removed a second time soon`() {
    var script = Phase.falling.script()
    script.change { $0.connected = false }
    script.answer(.remove(.headset))
    #expect(script.actions.contains(.arm(.verifying, .milliseconds(500))))
    script.expire(.verifying)
    #expect(script.outstanding == [.remove(.headset)])
    script.remove()
    script.answer(.remove(.headset), .doesNotExist)
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset])
  }

  @Test func `a device whose link the helper does not end is disconnected by BlueZ, and its link waited for`() {
    var script = Phase.dropping.script()
    #expect(script.toBlueZ == [.disconnect(.headset)])
    #expect(script.armed == [.disconnecting])
    script.change { $0.connected = false }
    #expect(script.outstanding == [.remove(.headset)])
    #expect(script.armed.isEmpty)
    #expect(script.stages == [.disconnecting, .removing])
  }

  @Test func `a link that is down when Disconnect answers needs no waiting`() {
    var script = Phase.disconnecting.script()
    script.change { $0.connected = false }
    script.answer(.disconnect(.headset))
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test(arguments: Refusal.Kind.allCases) func `a refused Disconnect does not keep it from removing`(kind: Refusal.Kind)
  {
    var script = Phase.disconnecting.script()
    script.answer(.disconnect(.headset), kind)
    script.expire(.disconnecting)
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test func `a link that does not go down is left to RemoveDevice`() {
    var script = Phase.dropping.script()
    script.expire(.disconnecting)
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test(arguments: Phase.allCases) func `a device that disappears by itself is forgotten`(phase: Phase) {
    var script = phase.script()
    script.remove()
    script.answerBelow()
    while let next = script.outstanding.first(where: \.isOfBlueZ) { script.answer(next, .doesNotExist) }
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset])
  }

  @Test(
    arguments: [
      (.notReady, .adapterOff), (.blocked, .adapterBlocked), (.inProgress, .busy), (.noReply, .failed),
      (.notAuthorized, .failed), (.bluezGone, .bluezMissing), (.other, .failed),
    ] as [(Refusal.Kind, OperationError.Code)])
  func `a refused RemoveDevice says why`(kind: Refusal.Kind, code: OperationError.Code) {
    var script = started(.own)
    script.answer(.remove(.headset), kind)
    script.answerBelow()
    #expect(script.error?.code == code)
  }

  @Test(arguments: Refusal.Kind.allCases) func `however RemoveDevice answered, a device that is gone is forgotten`(
    kind: Refusal.Kind
  ) {
    var script = started(.own)
    script.remove()
    script.answer(.remove(.headset), kind)
    script.answerBelow()
    #expect(script.outcome?.removed == [.own])
  }

  @Test func `a device that is still there is removed a second time`() {
    var script = Phase.verifying.script()
    script.change { $0.connected = true }
    script.expire(.verifying)
    #expect(script.outstanding == [.disconnect(.headset)])
    script.change { $0.connected = false }
    script.answer(.disconnect(.headset))
    script.answer(.remove(.headset))
    script.remove()
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset])
  }

  @Test func `a device that is still there after two removals is told of`() {
    var script = Phase.verifying.script()
    script.expire(.verifying)
    script.answer(.remove(.headset))
    script.expire(.verifying)
    #expect(script.error?.code == .notRemoved)
    #expect(script.requests.count(where: { $0 == .remove(.headset) }) == 2)
  }

  @Test func `a device that goes in the instant the time is up is gone`() {
    var script = Phase.verifying.script()
    script.world.known[.headset] = nil
    script.expire(.verifying)
    script.tell(.deviceRemoved(.headset))
    script.answerBelow()
    #expect(script.outcome != nil)
    #expect(script.requests.count(where: { $0 == .remove(.headset) }) == 1)
  }

  @Test func `a device that a discovery makes anew has been forgotten`() {
    var script = Phase.verifying.script()
    script.world.known[.headset] = .found
    script.tell(.deviceRemoved(.headset))
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset])
  }

  @Test func `a device that a discovery made anew before RemoveDevice answered has been forgotten`() {
    var script = Phase.removing.script()
    script.remove()
    script.appear(.found)
    script.answer(.remove(.headset))
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset])
  }

  @Test func `a device that was never seen to go is still there, bonded or not`() {
    var script = Phase.verifying.script()
    script.change { $0.bonded = false }
    #expect(script.result == nil)
  }

  @Test func `a device that is bonded again is not forgotten`() {
    var script = Phase.verifying.script()
    script.tell(.deviceRemoved(.headset))
    #expect(script.result == nil)
  }

  // MARK: Twins

  @Test func `its twin is removed with it`() {
    var script = started(.own, Self.twin)
    script.answer(.remove(.headset))
    script.remove()
    #expect(script.outstanding == [.remove(.twin)])
    script.answer(.remove(.twin))
    script.remove(.twin)
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset, .twin])
  }

  @Test func `a connected twin is disconnected first, and removed twice if need be`() {
    var script = started(.own, Self.twin.with { $0.connected = true })
    script.remove()
    script.answer(.remove(.headset))
    script.answer(.endLink(.twin), .other)
    #expect(script.outstanding == [.disconnect(.twin)])
    script.change(.twin) { $0.connected = false }
    script.answer(.disconnect(.twin))
    script.answer(.remove(.twin))
    script.expire(.verifying)
    script.remove(.twin)
    script.answerAll()
    script.answerBelow()
    #expect(script.outcome?.removed.map(\.id) == [.headset, .twin])
  }

  @Test func `a twin that went by itself is not said to have been removed`() {
    var script = started(.own, Self.twin)
    script.remove(.twin)
    script.remove()
    script.answer(.remove(.headset))
    script.answerBelow()
    #expect(script.outcome?.removed == [.own])
    #expect(script.toBlueZ == [.remove(.headset)])
  }

  @Test func `a twin can be forgotten by itself`() {
    var script = Script(ForgetOperation(.twin), FakeWorld(.own, Self.twin))
    script.start()
    script.answerBelow()
    script.remove(.twin)
    script.answerAll()
    script.answerBelow()
    #expect(script.outcome?.removed == [Self.twin])
  }

  @Test func `a twin that may belong to another headset of that name stays`() {
    var script = started(.own, Self.twin, .own.at(.other))
    script.remove()
    script.answerAll()
    script.answerBelow()
    #expect(script.outcome?.removed == [.own])
  }

  // MARK: Endings from outside

  @Test(arguments: Phase.allCases, Trouble.allCases)
  func `trouble with the adapter or BlueZ ends it and says so`(phase: Phase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    script.answerBelow()
    #expect(script.error?.code == trouble.code)
  }

  @Test(arguments: Phase.allCases) func `a cancelled removal ends as soon as nothing is asked any more`(phase: Phase) {
    var script = phase.script()
    script.cancel()
    #expect((script.result == nil) == (phase != .verifying))
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.error?.evidence?.contains("WH-1000XM4 may still be known") == true)
  }

  @Test func `a removal that is cancelled before all is flushed stays in the journal`() {
    var script = Phase.removing.script()
    script.cancel()
    script.remove()
    script.answer(.remove(.headset))
    #expect(script.error?.code == .cancelled)
    #expect(script.error?.evidence == "WH-1000XM4 was removed.")
    #expect(script.world.journal[.headset]?.phase == .removing)
  }

  @Test func `a cancelled removal leaves the twin, and says what was removed`() {
    var script = started(.own, Self.twin)
    script.cancel()
    script.remove()
    script.answer(.remove(.headset))
    #expect(script.error?.code == .cancelled)
    #expect(script.error?.evidence?.hasPrefix("WH-1000XM4 was removed.") == true)
    #expect(script.toBlueZ == [.remove(.headset)])
  }

  @Test(arguments: Phase.allCases) func `what happens to others, and what is no news, is ignored`(phase: Phase) {
    var script = phase.script()
    let before = script.actions
    for event: Event in [
      .worldChanged, .deviceChanged(.headset), .deviceChanged(.other), .deviceRemoved(.other),
      .answered(.remove(.other), nil), .answered(.disconnect(.other), nil), .unanswered("PIN"),
    ] { script.tell(event) }
    #expect(script.actions == before)
  }

  @Test func `after the finish nothing is done`() {
    var script = started(.own)
    script.remove()
    script.answerAll()
    let before = script.actions
    script.appear(.found)
    script.cancel()
    script.tell(.expired(.verifying))
    #expect(script.actions == before)
  }
}
