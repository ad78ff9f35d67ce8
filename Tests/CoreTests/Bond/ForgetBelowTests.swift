import Core
import Testing
import Vocabulary

/// What a removal does before and after BlueZ: the journal, the layers below, and the power cycle.
@Suite struct ForgetBelowTests {
  private static let headsetRecord = JournalEntry(
    purpose: .forget, device: .headset, name: "WH-1000XM4", trusted: true)

  private func started(
    _ options: ForgetOperation.Options = .init(), _ devices: Device...
  ) -> Script<ForgetOperation> {
    var script = Script(ForgetOperation(.headset, options), FakeWorld())
    for device in devices { script.world.known[device.id] = device }
    script.start()
    return script
  }

  // MARK: The journal

  @Test func `what is to be removed is recorded before anything is done`() {
    let own = Device.own.with { $0.alias = "Mine" }
    let script = started(.init(resetCache: true), own, .twinFound)
    #expect(
      script.requests == [
        .record(
          JournalEntry(
            purpose: .forget, device: .headset, twins: [.twin], name: "WH-1000XM4", alias: "Mine", trusted: true,
            resetsCache: true))
      ])
  }

  @Test func `what cannot be recorded is not begun`() {
    var script = BelowPhase.recording.script()
    script.answer(.record(script.recordAsked), .other)
    #expect(script.error?.code == .notRecorded)
    #expect(script.toBlueZ.isEmpty)
  }

  @Test(arguments: Trouble.allCases) func `what is not begun is not remembered`(trouble: Trouble) {
    var script = BelowPhase.recording.script()
    script.happen(trouble)
    script.answerAll()
    #expect(script.error?.code == trouble.code)
    #expect(script.world.journal.isEmpty)
    #expect(script.toBlueZ.isEmpty)
  }

  @Test func `a removal that BlueZ refuses at once is not remembered`() {
    var script = started(.init(), .own)
    script.answerNext()
    script.answer(.remove(.headset), .notAuthorized)
    script.answerAll()
    #expect(script.error?.code == .failed)
    #expect(script.world.journal.isEmpty)
  }

  @Test(arguments: [Refusal.Kind.noReply, .bluezGone]) func `a removal that BlueZ may do yet is remembered`(
    kind: Refusal.Kind
  ) {
    var script = started(.init(), .own)
    script.answerNext()
    script.answer(.remove(.headset), kind)
    #expect(script.world.journal[.headset] == Self.headsetRecord)
    #expect(script.error?.hint?.contains("mdrctld finishes it") == true)
  }

  @Test(arguments: Trouble.allCases) func `what has begun stays in the journal, and the hint says so`(trouble: Trouble)
  {
    var script = BelowPhase.flushing.script()
    script.happen(trouble)
    #expect(script.error?.code == trouble.code)
    #expect(script.error?.hint?.contains("mdrctld finishes it") == true)
    #expect(script.world.journal[.headset]?.phase == .removing)
  }

  @Test func `a journal that cannot be told of the end is an error, and a danger`() {
    var script = BelowPhase.erasing.script()
    script.answer(.erase(.headset), .other)
    #expect(script.error?.code == .notRecorded)
    #expect(script.error?.hint?.contains("before it is paired again: mdrctl forget 94:DB:56:00:00:01") == true)
  }

  @Test func `a repair that is given up is forgotten by its device, though BlueZ has it no more`() {
    var script = Script(ForgetOperation(.headset), FakeWorld())
    script.world.journal[.headset] = JournalEntry(
      purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4")
    script.start()
    script.answerAll()
    #expect(script.outcome?.device == .headset)
    #expect(script.world.journal.isEmpty)
  }

  // MARK: The layers

  @Test func `a plain removal verifies that no key is left`() {
    var script = started(.init(), .own)
    script.answerNext()
    script.remove()
    script.answer(.remove(.headset))
    #expect(script.outstanding == [.flush(.headset, [.bond, .linkKey])])
    script.answerAll()
    #expect(script.outcome?.layers.map(\.layer) == [.bluez, .bond, .linkKey])
    #expect(script.outcome?.layers.first?.done == .removed)
    #expect(script.world.journal.isEmpty)
  }

  @Test func `the inquiry cache is emptied by one discovery, before the cache file is removed`() {
    let twin = Device.twinFound.with { $0.rssi = nil }
    var script = started(.init(resetCache: true), .own, twin)
    script.answerNext()
    script.remove()
    script.answer(.remove(.headset))
    script.remove(.twin)
    script.answerAll()
    #expect(
      script.requests.dropFirst(5) == [
        .startDiscovery(.first), .stopDiscovery(.first), .flush(.headset, BelowPhase.helper),
        .flush(.twin, BelowPhase.helper), .erase(.headset),
      ])
    let report = script.outcome?.layers.first { $0.layer == .inquiryCache }
    #expect(report?.done == .removed)
    #expect(report?.after == .absent)
    #expect(report?.reason == "A discovery was begun, with which the kernel empties it.")
  }

  @Test func `the discovery of another program is left to empty it`() {
    var script = BelowPhase.startingDiscovery.script()
    script.answer(.startDiscovery(.first), .inProgress)
    #expect(script.outstanding == [.flush(.headset, BelowPhase.helper)])
    #expect(!script.requests.contains(.stopDiscovery(.first)))
    script.world.adapters[.first]?.powered = true
    script.answer(.flush(.headset, BelowPhase.helper))
    script.answerNext()
    script.answer(.power(.first, false))
    script.happen(.switchedOff)
    script.switchOn()
    script.answerAll()
    let report = script.outcome?.layers.first { $0.layer == .inquiryCache }
    #expect(report?.after == .unknown)
    #expect(report?.reason?.contains("another program") == true)
  }

  @Test func `a discovery that was started is stopped, whatever happens`() {
    var script = BelowPhase.startingDiscovery.script()
    script.cancel()
    script.answer(.startDiscovery(.first))
    #expect(script.outstanding == [.stopDiscovery(.first)])
    script.answerAll()
    #expect(script.error?.code == .cancelled)
    #expect(script.world.journal[.headset] != nil)
  }

  @Test func `a discovery that BlueZ does not stop at once is stopped later`() {
    var script = BelowPhase.stoppingDiscovery.script()
    script.answer(.stopDiscovery(.first), .inProgress)
    #expect(script.armed == [.retry])
    script.expire(.retry)
    #expect(script.outstanding == [.stopDiscovery(.first)])
    script.answer(.stopDiscovery(.first), .inProgress)
    #expect(script.outstanding == [.flush(.headset, BelowPhase.helper)])
  }

  @Test(arguments: [(false, [HostLayer.bond, .linkKey]), (true, [.bond, .linkKey, .storedLinkKey, .cache])])
  func `without the helper it goes on, and says what is not known, and what was left of what was asked for`(
    resetCache: Bool, layers: [HostLayer]
  ) {
    var script = started(.init(resetCache: resetCache), .own)
    script.answerNext()
    script.remove()
    script.answer(.remove(.headset))
    if resetCache {
      script.answer(.startDiscovery(.first))
      script.answer(.stopDiscovery(.first))
    }
    script.answer(.flush(.headset, layers), layers: .unavailable("It is not installed."))
    script.answerAll()
    let below = script.outcome?.layers.filter { layers.contains($0.layer) } ?? []
    #expect(below.map(\.layer) == layers)
    #expect(below.allSatisfy { $0.after == .unknown && $0.reason == "It is not installed." })
    #expect(below.allSatisfy { $0.done == (resetCache ? .left : .nothing) })
    #expect(script.world.journal.isEmpty)
  }

  @Test func `of a twin only what was something is told`() {
    var script = started(.init(), .own, .twinFound)
    script.answerNext()
    script.remove()
    script.answer(.remove(.headset))
    script.remove(.twin)
    script.answer(.remove(.twin))
    script.answerAll()
    #expect(script.outcome?.layers.filter { $0.device == .twin }.map(\.layer) == [.bluez])
  }

  // MARK: What was there before

  private func looking(_ device: Device = .own) -> Script<ForgetOperation> {
    var script = Script(ForgetOperation(.headset, .init(resetCache: true)), FakeWorld(device))
    script.answersLooks = false
    script.start()
    script.answerNext()
    return script
  }

  private static let looked: [LayerReport] = [
    LayerReport(.headset, .bond, before: .present, done: .nothing, after: .present, detail: "link key of type 4"),
    LayerReport(.headset, .linkKey, before: .unknown, done: .nothing, after: .unknown, reason: "Nobody tells."),
    LayerReport(.headset, .storedLinkKey, before: .absent, done: .nothing, after: .absent),
    LayerReport(.headset, .cache, before: .present, done: .nothing, after: .present),
  ]

  @Test func `the layers are looked at before anything is removed`() {
    var script = looking()
    #expect(script.outstanding == [.inspect(.headset, BelowPhase.helper)])
    script.answer(.inspect(.headset, BelowPhase.helper), layers: .reports(Self.looked))
    script.remove()
    script.answer(.remove(.headset))
    script.answerAll()
    let told = script.outcome?.layers.map { "\($0.layer): \($0.before), \($0.done), \($0.after)" }
    #expect(
      told == [
        "bluez: present, removed, absent", "bond: present, removed, absent", "linkKey: unknown, nothing, absent",
        "storedLinkKey: absent, nothing, absent", "inquiryCache: unknown, removed, absent",
        "cache: present, removed, absent",
      ])
    #expect(script.outcome?.layers.first { $0.layer == .bond }?.detail == "link key of type 4")
    #expect(script.outcome?.layers.first { $0.layer == .linkKey }?.reason == "Nobody tells.")
  }

  @Test(arguments: [false, true]) func `the helper looks while the link falls`(isLate: Bool) {
    let look = Request.inspect(.headset, BelowPhase.helper)
    var script = looking(.own.with { $0.connected = true })
    script.answer(.endLink(.headset))
    #expect(script.outstanding == [look])
    if !isLate { script.answer(look, layers: .reports(Self.looked)) }
    script.change { $0.connected = false }
    #expect(script.requests.contains(.remove(.headset)) == !isLate)
    if isLate { script.answer(look, layers: .unavailable("It hangs.")) }
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test(arguments: [false, true]) func `the helper looks while BlueZ disconnects`(isLate: Bool) {
    let look = Request.inspect(.headset, BelowPhase.helper)
    var script = looking(.own.with { $0.connected = true })
    script.answer(.endLink(.headset), .other)
    #expect(script.outstanding == [look, .disconnect(.headset)])
    if !isLate { script.answer(look, layers: .reports(Self.looked)) }
    script.answer(.disconnect(.headset))
    script.change { $0.connected = false }
    #expect(script.requests.contains(.remove(.headset)) == !isLate)
    if isLate { script.answer(look, layers: .unavailable("It hangs.")) }
    #expect(script.outstanding == [.remove(.headset)])
  }

  @Test func `without the helper it is not known what was there`() {
    var script = looking()
    script.answer(.inspect(.headset, BelowPhase.helper), layers: .unavailable("It hangs."))
    script.remove()
    script.answer(.remove(.headset))
    script.answerAll()
    let told = script.outcome?.layers.first { $0.layer == .bond }
    #expect(told?.before == .unknown)
    #expect(told?.reason == "It hangs.")
  }

  @Test(arguments: [nil] + Trouble.allCases) func `what ends the look ends it with nothing removed`(trouble: Trouble?) {
    var script = looking()
    if let trouble { script.happen(trouble) } else { script.cancel() }
    script.answerAll()
    #expect(script.error?.code == trouble?.code ?? .cancelled)
    #expect(script.toBlueZ.isEmpty)
    #expect(script.world.journal.isEmpty)
  }

  // MARK: A plan

  @Test func `a plan only looks, and says what would be done in which order`() {
    let options = ForgetOperation.Options(resetCache: true, powerCycle: true, isDryRun: true)
    var script = started(options, .own.with { $0.connected = true })
    #expect(script.requests == [.inspect(.headset, BelowPhase.helper)])
    let reports = [
      LayerReport(.headset, .bond, before: .present, done: .nothing, after: .present),
      LayerReport(.headset, .linkKey, before: .absent, done: .nothing, after: .absent),
    ]
    script.answer(.inspect(.headset, BelowPhase.helper), layers: .reports(reports))
    #expect(script.requests.count == 1)
    #expect(script.outcome?.plan.map { $0.prefix(8) } == ["Disconne", "Remove W", "Start an", "Remove w", "Switch h"])
    #expect(script.outcome?.layers.map(\.done) == [.planned, .planned, .nothing, .planned])
    #expect(script.outcome?.removed.isEmpty == true)
  }

  // MARK: The power cycle

  private static let mouse = Device(id: .neighbour, name: "Mouse", bonded: true, connected: true)

  @Test func `an adapter that others use is not switched off unless that is wanted`() {
    let script = started(.init(powerCycle: true), .own, Self.mouse)
    #expect(script.error?.code == .devicesConnected)
    #expect(script.error?.message.contains("Mouse") == true)
    #expect(script.requests.isEmpty)
    #expect(started(.init(powerCycle: true, force: true), .own, Self.mouse).result == nil)
  }

  @Test func `the device itself and its twins do not keep the adapter on`() {
    let connected = { (device: Device) in device.with { $0.connected = true } }
    #expect(started(.init(powerCycle: true), connected(.own), connected(.twinFound)).result == nil)
  }

  @Test func `the adapter is seen to go off and to come back`() {
    var script = BelowPhase.erasing.script()
    script.answerAll()
    #expect(script.requests.filter { if case .bluez(.power) = $0 { true } else { false } }.count == 2)
    #expect(script.outcome?.removed == [.own])
    #expect(script.world.journal.isEmpty)
  }

  @Test func `an adapter that does not go off or come back is told of`() {
    for phase in [BelowPhase.awaitingOff, .awaitingOn] {
      var script = phase.script()
      script.expire(.powering)
      #expect(script.error?.code == .timedOut)
      #expect(script.world.journal[.headset]?.phase == .powerCycling)
    }
  }

  @Test(arguments: [BelowPhase.switchingOn, .awaitingOn]) func `a blocked adapter is told, and that all is forgotten`(
    phase: BelowPhase
  ) {
    var script = phase.script()
    script.world.adapters[.first]?.blocked = true
    script.tell(.worldChanged)
    if phase == .switchingOn { script.answer(.power(.first, true), .blocked) }
    #expect(script.error?.code == .adapterBlocked)
    #expect(script.error?.message.hasPrefix("WH-1000XM4 is forgotten, but: ") == true)
    #expect(script.error?.hint?.contains("mdrctl adapter power on --unblock") == true)
    #expect(script.world.journal[.headset]?.phase == .powerCycling)
  }

  @Test(arguments: BelowPhase.powering, [Trouble.unplugged, .bluezGone])
  func `an adapter that goes away meanwhile is switched on later`(phase: BelowPhase, trouble: Trouble) {
    var script = phase.script()
    script.happen(trouble)
    #expect(script.error?.code == trouble.code)
    #expect(script.error?.hint?.contains("switches hci0 on again") == true)
  }

  @Test(arguments: BelowPhase.powering) func `a cancelled power cycle does not leave the adapter off`(phase: BelowPhase)
  {
    var script = phase.script()
    script.cancel()
    script.answerAll()
    #expect(script.requests.last == .power(.first, true))
    #expect(script.error?.code == .cancelled)
    #expect(script.world.journal[.headset]?.phase == .powerCycling)
  }

  // MARK: Resuming

  @Test func `what was switched off is switched on, and not off again`() {
    var entry = Self.headsetRecord
    (entry.phase, entry.powerCycles) = (.powerCycling, true)
    var script = Script(ForgetOperation(resuming: entry), FakeWorld())
    script.world.journal[.headset] = entry
    script.world.adapters[.first]?.powered = false
    script.start()
    #expect(script.outstanding == [.power(.first, true)])
    script.switchOn()
    script.answerAll()
    #expect(script.requests == [.power(.first, true), .erase(.headset)])
    #expect(script.outcome != nil)
  }

  @Test func `a power cycle that may not have begun is done`() {
    var entry = Self.headsetRecord
    (entry.phase, entry.powerCycles) = (.powerCycling, true)
    var script = Script(ForgetOperation(resuming: entry), FakeWorld())
    script.world.journal[.headset] = entry
    script.start()
    script.answer(.power(.first, false))
    script.happen(.switchedOff)
    script.switchOn()
    script.answerAll()
    #expect(script.requests == [.power(.first, false), .power(.first, true), .erase(.headset)])
    #expect(script.outcome != nil)
  }

  @Test(arguments: [JournalEntry.Phase.removing, .powerCycling])
  func `a power cycle is left out when others have been connected since`(phase: JournalEntry.Phase) {
    var entry = Self.headsetRecord
    (entry.phase, entry.powerCycles) = (phase, true)
    var script = Script(ForgetOperation(resuming: entry), FakeWorld(Self.mouse))
    script.world.journal[.headset] = entry
    script.start()
    script.answerAll()
    #expect(script.outcome != nil)
    #expect(!script.requests.contains(.power(.first, false)))
    #expect(script.progress.contains("hci0 stays on: Mouse is connected"))
  }

  // MARK: Looking

  @Test func `looking at the layers changes nothing`() {
    var script = Script(InspectOperation(.headset), FakeWorld(.own))
    script.start()
    #expect(script.requests == [.inspect(.headset, BelowPhase.helper)])
    script.answerAll()
    #expect(script.outcome?.layers.map(\.layer) == HostLayer.allCases)
    #expect(script.outcome?.layers.first?.before == .present)
    #expect(script.outcome?.layers.allSatisfy { $0.done == .nothing } == true)
  }

  @Test func `without the helper only BlueZ's object is known`() {
    var script = Script(InspectOperation(.headset), FakeWorld())
    script.start()
    script.answer(.inspect(.headset, BelowPhase.helper), layers: .unavailable("It is not installed."))
    #expect(script.outcome?.layers.map(\.before) == [.absent] + Array(repeating: .unknown, count: 5))
  }
}

extension Script {
  /// The entry that is to be recorded.
  fileprivate var recordAsked: JournalEntry {
    for request in outstanding { if case .journal(.record(let entry)) = request { return entry } }
    return JournalEntry(purpose: .forget, device: .neighbour)
  }
}
