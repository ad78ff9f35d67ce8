import Core
import Testing
import Vocabulary

/// What a removal that has not begun leaves behind, and one that begins where an earlier one left something.
@Suite struct ForgetAgainTests {
  private static let mouse = Device(id: .neighbour, name: "Mouse", bonded: true, connected: true)

  private static func earlier(
    _ phase: JournalEntry.Phase, _ purpose: JournalEntry.Purpose = .repair
  ) -> JournalEntry {
    JournalEntry(
      purpose: purpose, phase: phase, device: .headset, twins: [.twin], name: "WH-1000XM4", alias: "Mine",
      trusted: false, resetsCache: true)
  }

  private func started(
    _ operation: ForgetOperation, after earlier: JournalEntry? = nil, _ devices: Device...
  ) -> Script<ForgetOperation> {
    var script = Script(operation, FakeWorld())
    for device in devices { script.world.known[device.id] = device }
    script.world.journal[.headset] = earlier
    script.start()
    return script
  }

  // MARK: Not begun

  @Test(arguments: [ForgetOperationTests.Phase.endingLink, .falling, .disconnecting, .dropping])
  func `a bond that was only disconnected is not remembered as being removed`(phase: ForgetOperationTests.Phase) {
    var script = phase.script()
    script.cancel()
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.world.journal.isEmpty)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `a repair that is cancelled while it disconnects leaves the bond as it was`() {
    var script = Script(RepairOperation(.headset), FakeWorld(.own.with { $0.connected = true }))
    script.start()
    script.answerNext()
    #expect(script.outstanding == [.endLink(.headset)])
    script.cancel()
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.world.journal.isEmpty)
  }

  @Test(arguments: JournalEntry.Phase.allCases)
  func `a removal that BlueZ refuses leaves in the journal what an earlier one left`(phase: JournalEntry.Phase) {
    let earlier = Self.earlier(phase)
    var script = started(ForgetOperation(.headset), after: earlier, .own)
    script.answerNext()
    script.answer(.remove(.headset), .notAuthorized)
    script.answerAll()
    #expect(script.error?.code == .failed)
    #expect(script.world.journal[.headset] == earlier)
  }

  @Test func `what an earlier removal left is removed too`() {
    let script = started(ForgetOperation(.headset), after: Self.earlier(.removing), .own)
    var entry = JournalEntry(purpose: .forget, device: .headset, name: "WH-1000XM4", trusted: true)
    (entry.twins, entry.resetsCache) = ([.twin], true)
    #expect(script.outstanding == [.record(entry)])
  }

  // MARK: Paired in between

  private func paired(over earlier: JournalEntry) -> Script<PairOperation> {
    var script = PairPhase.pairing.script()
    script.world.journal[.headset] = earlier
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    return script
  }

  @Test func `a new bond is not left to be removed`() {
    var script = paired(over: Self.earlier(.removing, .forget))
    #expect(script.outstanding == [.erase(.headset)])
    script.answer(.erase(.headset))
    #expect(script.world.journal.isEmpty)
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `a pairing completes a repair whose removal was broken off`() {
    var script = paired(over: Self.earlier(.removing))
    #expect(script.outstanding == [.erase(.headset)])
    script.answer(.erase(.headset))
    #expect(script.outstanding == [.rename(.headset, "Mine")])
  }

  @Test func `a new bond and a power cycle that is left to do are nothing to each other`() {
    var script = paired(over: Self.earlier(.powerCycling, .forget))
    script.answerAll()
    #expect(script.world.journal[.headset]?.phase == .powerCycling)
  }

  // MARK: What BlueZ does not know

  private static func unknown(force: Bool = false) -> ForgetOperation {
    ForgetOperation(.headset, .init(resetCache: true, powerCycle: true, force: force), mayBeUnknown: true)
  }

  @Test func `what lies below is recorded before it is flushed`() {
    var script = started(Self.unknown())
    #expect(
      script.outstanding == [
        .record(JournalEntry(purpose: .forget, device: .headset, resetsCache: true, powerCycles: true))
      ])
    script.answerNext()
    script.answer(.startDiscovery(.first))
    script.answer(.stopDiscovery(.first))
    #expect(script.outstanding == [.flush(.headset, BelowPhase.helper)])
    script.cancel()
    script.answerAll()
    #expect(script.error?.hint?.contains("The removal has begun") == true)
    #expect(script.world.journal[.headset]?.phase == .removing)
  }

  @Test(arguments: Trouble.allCases) func `what cannot be begun is not said to have begun`(trouble: Trouble) {
    var script = Script(Self.unknown(), FakeWorld())
    trouble.befall(&script.world)
    script.start()
    #expect(script.error?.code == trouble.code)
    #expect(script.error?.hint?.contains("has begun") != true)
    #expect(script.requests.isEmpty)
  }

  @Test func `an interrupted repair that is given up is to be forgotten, and no repair any more`() {
    let script = started(ForgetOperation(.headset), after: Self.earlier(.pairing))
    var entry = Self.earlier(.removing, .forget)
    entry.resetsCache = false
    #expect(script.outstanding == [.record(entry)])
  }

  @Test func `for a device that BlueZ does not know others are not switched off either, unless by force`() {
    let refused = started(Self.unknown(), Self.mouse)
    #expect(refused.error?.code == .devicesConnected)
    #expect(refused.requests.isEmpty)
    var forced = started(Self.unknown(force: true), Self.mouse)
    while let next = forced.outstanding.first, next != .power(.first, false) { forced.answer(next) }
    #expect(forced.outstanding == [.power(.first, false)])
  }

  // MARK: The power cycle

  @Test(arguments: [BelowPhase.flushing, .recordingPowerCycle])
  func `an adapter stays on for whoever has been connected meanwhile, and that is said`(phase: BelowPhase) {
    var script = phase.script()
    script.appear(Self.mouse)
    script.answerAll()
    #expect(!script.requests.contains(.power(.first, false)))
    #expect(script.error?.code == .devicesConnected)
    #expect(script.error?.message.hasPrefix("WH-1000XM4 is forgotten, but: ") == true)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `an adapter that takes its time is waited for, though BlueZ does not answer`() {
    var script = BelowPhase.switchingOff.script()
    script.answer(.power(.first, false), .noReply)
    #expect(script.armed == [.powering])
    script.happen(.switchedOff)
    script.answer(.power(.first, true), .noReply)
    #expect(script.armed == [.powering])
    script.switchOn()
    script.answerAll()
    #expect(script.outcome != nil)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `an adapter that has come on has been switched off and on, whoever did it`() {
    let entry = Self.earlier(.powerCycling, .forget)
    var script = started(ForgetOperation(resuming: entry, hasComeOn: true), after: entry, Self.mouse)
    script.answerAll()
    #expect(script.requests == [.erase(.headset)])
    #expect(script.outcome != nil)
  }

  @Test func `one that has come and is off is switched on`() {
    let entry = Self.earlier(.powerCycling, .forget)
    var script = Script(ForgetOperation(resuming: entry, hasComeOn: true), FakeWorld())
    script.world.journal[.headset] = entry
    script.world.adapters[.first]?.powered = false
    script.start()
    #expect(script.outstanding == [.power(.first, true)])
  }
}
