import Core
import Vocabulary

/// How far a removal with everything has come, before and after the device is removed from BlueZ.
enum BelowPhase: CaseIterable, Sendable {
  case recording, startingDiscovery, stoppingDiscovery, flushing, recordingPowerCycle, switchingOff, awaitingOff,
    switchingOn, awaitingOn, erasing

  /// The phases in which there is nothing left but to switch the adapter on.
  static let powering: [Self] = [.switchingOff, .awaitingOff, .switchingOn, .awaitingOn]

  static let helper: [HostLayer] = [.bond, .linkKey, .storedLinkKey, .cache]

  func script() -> Script<ForgetOperation> {
    let options = ForgetOperation.Options(resetCache: true, powerCycle: true)
    var script = Script(ForgetOperation(.headset, options), FakeWorld(.own))
    script.label = "forget, \(self)"
    script.start()
    if self == .recording { return script }
    script.answerNext()
    script.remove()
    script.answer(.remove(.headset))
    if self == .startingDiscovery { return script }
    script.answer(.startDiscovery(.first))
    if self == .stoppingDiscovery { return script }
    script.answer(.stopDiscovery(.first))
    if self == .flushing { return script }
    script.answer(.flush(.headset, Self.helper))
    if self == .recordingPowerCycle { return script }
    script.answerNext()
    if self == .switchingOff { return script }
    script.answer(.power(.first, false))
    if self == .awaitingOff { return script }
    script.happen(.switchedOff)
    if self == .switchingOn { return script }
    script.answer(.power(.first, true))
    if self == .awaitingOn { return script }
    script.switchOn()
    return script
  }
}

/// How far a repair has come.
enum RepairPhase: CaseIterable, Sendable {
  case recording, removing, flushing, recordingPairing, searching, pairing, naming, connecting, disconnecting,
    reconnecting, erasing
  case restoring

  static let beforePairing: [Self] = [.removing, .flushing, .recordingPairing]

  func script() -> Script<RepairOperation> {
    let own = Device.own.with { $0.alias = "Mine" }
    var script = Script(RepairOperation(.headset), FakeWorld(own))
    script.label = "repair, \(self)"
    if self == .restoring {
      script.world = FakeWorld(.own)
      script.world.journal[.headset] = JournalEntry(
        purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4", alias: "Mine", trusted: true)
    }
    script.start()
    if self == .recording || self == .restoring { return script }
    script.answerNext()
    if self == .removing { return script }
    script.remove()
    script.answer(.remove(.headset))
    if self == .flushing { return script }
    script.answer(.flush(.headset, BelowPhase.helper))
    if self == .recordingPairing { return script }
    script.answerNext()
    for request in [Request].preparing { script.answer(request) }
    if self == .searching { return script }
    script.appear(.found)
    script.answer(.stopDiscovery(.first))
    if self == .pairing { return script }
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    script.change { $0.trusted = true }
    script.answer(.trust(.headset, true))
    if self == .naming { return script }
    script.change { $0.alias = "Mine" }
    script.answer(.rename(.headset, "Mine"))
    if self == .connecting { return script }
    script.connect()
    for request in [Request].closing { script.answer(request) }
    if self == .disconnecting { return script }
    script.world.streams[.headset] = nil
    script.change { ($0.connected, $0.servicesResolved) = (false, false) }
    script.answer(.disconnect(.headset))
    script.answer(.watch(.headset))
    if self == .reconnecting { return script }
    script.connect()
    return script
  }
}

extension Script {
  /// Answers the only request that is outstanding.
  mutating func answerNext() {
    if let next = outstanding.first { answer(next) }
  }

  mutating func switchOn() {
    world.adapters[.first]?.powered = true
    tell(.worldChanged)
  }

  fileprivate mutating func connect() {
    change { ($0.connected, $0.servicesResolved) = (true, true) }
    addTransport()
    answer(.connect(.headset))
  }
}
