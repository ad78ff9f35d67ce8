import Core
import Testing
import Vocabulary

/// What a connection tells of the bond, and what it waits for to know.
@Suite struct ConnectDiagnosisTests {
  private func script(
    _ minor: Int = 82, isWatched: Bool = true, _ device: Device = .own, before: Bool = false
  ) -> Script<ConnectOperation> {
    var script = Script(ConnectOperation(.headset), FakeWorld(device))
    script.world.backgrounds[.headset] = BondContext(bluezMajor: 5, bluezMinor: minor, workedBefore: before)
    script.start()
    script.answer(.watch(.headset), isWatched ? nil : .other)
    return script
  }

  private func cause(_ script: Script<ConnectOperation>) -> Verdict.Cause? { script.verdicts[.headset]??.cause }

  private func isCleared(_ script: Script<ConnectOperation>) -> Bool {
    script.verdicts[.headset].map { $0 == nil } ?? false
  }

  // MARK: The kernel is listened to

  @Test func `the kernel is listened to from before the connection to its end`() {
    var script = script()
    script.answer(.connect(.headset), .pageTimeout)
    #expect(script.requests == [.watch(.headset), .connect(.headset), .unwatch(.headset)])
  }

  @Test func `without the helper nothing is waited for, and nothing is given up`() {
    var script = script(isWatched: false)
    script.answer(.connect(.headset), .pageTimeout)
    #expect(script.requests == [.watch(.headset), .connect(.headset)])
    #expect(script.error?.code == .pageTimeout)
  }

  @Test func `a helper that takes too long to start is not waited for, and is heard when it is there`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.start()
    #expect(script.requests == [.watch(.headset)])
    script.expire(.settle)
    #expect(script.outstanding.contains(.connect(.headset)))
    script.answer(.watch(.headset))
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    script.tell(.link(.headset, .disconnected(.authentication)))
    #expect(script.verdicts[.headset]??.certainty == .certain)
    #expect(script.requests.last == .unwatch(.headset))
  }

  @Test func `cancelling before the kernel is listened to asks BlueZ for nothing`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.start()
    script.cancel()
    #expect(script.error?.code == .cancelled)
    #expect(script.requests == [.watch(.headset), .unwatch(.headset)])
  }

  @Test(arguments: [Deadline.overall, .settle]) func `a device that went while the helper was started is not connected`(
    deadline: Deadline
  ) {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.start()
    script.remove()
    script.expire(deadline)
    #expect(script.error?.code == (deadline == .overall ? .timedOut : .failed))
    #expect(script.requests == [.watch(.headset), .unwatch(.headset)])
  }

  // MARK: What the laboratory saw

  @Test func `a headset that was reset, as BlueZ 5.82 shows it`() {
    var script = script()
    script.tell(.link(.headset, .connected))
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.answer(.connect(.headset), .profilesRefused)
    #expect(script.result == nil)
    script.tell(.link(.headset, .disconnected(.authentication)))
    #expect(cause(script) == .headsetLostKey)
    #expect(script.error?.code == .staleBond)
    #expect(script.error?.message == "WH-1000XM4 no longer holds the key of its pairing with this computer.")
    #expect(script.error?.hint?.contains("mdrctl repair 94:DB:56:00:00:01") == true)
    #expect(script.error?.evidence?.contains("org.bluez.Error: profilesRefused") == true)
  }

  @Test func `a headset with another key, as BlueZ 5.82 shows it`() {
    var script = script()
    script.tell(.link(.headset, .connected))
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.tell(.link(.headset, .disconnected(.unspecified)))
    script.answer(.connect(.headset), .profilesRefused)
    #expect(cause(script) == .headsetOtherKey)
    #expect(script.error?.code == .staleBond)
  }

  @Test func `a headset with another key, as BlueZ 5.87 shows it without the helper`() {
    // Connect answers before the link is seen.
    var script = script(87, isWatched: false)
    script.answer(.connect(.headset), .keyMissing)
    script.change { $0.connected = true }
    #expect(script.result == nil)
    script.tell(.link(.headset, .disconnected(.unspecified)))
    #expect(cause(script) == .headsetOtherKey)
    #expect(script.error?.code == .staleBond)
  }

  @Test func `a headset that was paired with another system on this computer`() {
    var script = script(before: true)
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.change { $0.connected = true }
    script.tell(.link(.headset, .disconnected(.unspecified)))
    script.answer(.connect(.headset), .profilesRefused)
    #expect(cause(script) == .dualBoot)
    #expect(script.error?.code == .staleBond)
  }

  // MARK: What the controller knows at once

  @Test(arguments: [false, true], [(6, Verdict.Cause.headsetLostKey), (5, .headsetOtherKey)])
  func `a key that the controller saw refused is told at once, and the link is taken down behind the answer`(
    hasAnswered: Bool, of: (status: Int, cause: Verdict.Cause)
  ) {
    var script = script()
    script.tell(.link(.headset, .connected))
    script.change { $0.connected = true }
    if hasAnswered {
      script.tell(.link(.headset, .authenticationFailed(5)))
      script.answer(.connect(.headset), .profilesRefused)
    }
    #expect(script.result == nil)
    script.tell(.link(.headset, .keyRefused(of.status)))
    #expect(script.error?.code == .staleBond)
    #expect(cause(script) == of.cause)
    #expect(script.verdicts[.headset]??.certainty == .certain)
    #expect(script.hungUp == [.headset])
    #expect(script.armed.isEmpty)
  }

  @Test func `a refused key of somebody else's attempt is told when its link falls, which is not ended`() {
    var script = script()
    script.answer(.connect(.headset), .inProgress)
    script.change { $0.connected = true }
    script.tell(.link(.headset, .keyRefused(6)))
    #expect(script.result == nil)
    script.tell(.link(.headset, .disconnected(.authentication)))
    #expect(cause(script) == .headsetLostKey)
    #expect(script.hungUp.isEmpty)
  }

  @Test func `a link that stood before is not ended for a refused key`() {
    var script = script(82, .own.with { $0.connected = true })
    script.tell(.link(.headset, .keyRefused(6)))
    #expect(script.result == nil)
    script.answer(.connect(.headset), .profilesRefused)
    script.tell(.link(.headset, .disconnected(.authentication)))
    #expect(cause(script) == .headsetLostKey)
    #expect(script.hungUp.isEmpty)
  }

  @Test func `a refused key is not told of a connection that has sound`() {
    var script = script()
    script.change { $0.connected = true }
    script.addTransport()
    script.tell(.link(.headset, .keyRefused(6)))
    #expect(script.result == nil)
    script.answer(.connect(.headset))
    script.change { $0.servicesResolved = true }
    #expect(script.outcome?.proofs.last == .proven(.a2dp))
    #expect(isCleared(script))
    #expect(script.hungUp.isEmpty)
  }

  // MARK: Waiting for the link's end

  @Test func `a link that stays is waited for no longer than it takes`() {
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.answer(.connect(.headset), .profilesRefused)
    script.expire(.audio)
    #expect(cause(script) == .headsetLostKey)
    #expect(script.error?.code == .staleBond)
  }

  @Test(arguments: [false, true]) func `a fall that BlueZ tells first leaves the kernel a moment to say why`(
    isLate: Bool
  ) {
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    if isLate { script.answer(.connect(.headset), .profilesRefused) }
    script.change { $0.connected = false }
    if !isLate { script.answer(.connect(.headset), .profilesRefused) }
    #expect(script.armed == [.overall, .audio])
    script.tell(.link(.headset, .disconnected(.local)))
    #expect(cause(script) == .headsetOtherKey)
  }

  @Test func `a kernel that says no more is not waited for after the fall`() {
    var script = script()
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    script.change { $0.connected = false }
    script.expire(.audio)
    #expect(script.error?.code == .staleBond)
    #expect(script.error?.message.contains("probably") == true)
  }

  @Test(arguments: [66, 82]) func `where nobody would say why, nothing is waited for`(minor: Int) {
    var script = script(minor, isWatched: false)
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    #expect(script.error?.code == .staleBond)
    #expect(script.verdicts[.headset]??.certainty == .probable)
  }

  @Test func `on BlueZ 5 point 87 without the helper, the fall itself ends the waiting`() {
    var script = script(87, isWatched: false)
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .keyMissing)
    #expect(script.result == nil)
    script.change { $0.connected = false }
    #expect(cause(script) == .headsetLostKey)
  }

  @Test func `profiles refused while the kernel tells of no key are no sign of a stale bond`() {
    var script = script()
    script.tell(.link(.headset, .connected))
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    script.tell(.link(.headset, .disconnected(.remote)))
    #expect(script.error?.code == .connectFailed)
    #expect(script.verdicts[.headset]??.certainty == .possible)
  }

  @Test func `a limit that is reached while it waits does not hide what is known`() {
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.answer(.connect(.headset), .profilesRefused)
    script.expire(.overall)
    #expect(script.error?.code == .staleBond)
  }

  @Test func `audio that comes while it waits is a connection`() {
    var script = script()
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    script.addTransport()
    script.change { $0.servicesResolved = true }
    #expect(script.outcome?.proofs.last == .proven(.a2dp))
    #expect(isCleared(script))
  }

  @Test func `cancelling while it waits ends the link`() {
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.answer(.connect(.headset), .profilesRefused)
    script.cancel()
    script.answer(.disconnect(.headset))
    #expect(script.error?.code == .cancelled)
    #expect(cause(script) == .headsetLostKey)
  }

  // MARK: What is told

  @Test func `a profile that connects proves the bond, whatever comes of the audio`() {
    var script = script()
    script.change { $0.connected = true }
    script.answer(.connect(.headset))
    script.change { $0.connected = false }
    // The adapter might be going off.
    script.expire(.audio)
    #expect(script.error?.code == .connectFailed)
    #expect(isCleared(script))
  }

  @Test func `audio that somebody else connected proves the bond`() {
    var script = script()
    script.answer(.connect(.headset), .inProgress)
    script.change {
      $0.connected = true
      $0.servicesResolved = true
    }
    #expect(script.verdicts.isEmpty)
    script.addTransport()
    #expect(isCleared(script))
  }

  @Test func `the key that somebody else's attempt fails for is known when its link falls`() {
    var script = script()
    script.answer(.connect(.headset), .inProgress)
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.tell(.link(.headset, .disconnected(.authentication)))
    #expect(script.error?.code == .staleBond)
    #expect(cause(script) == .headsetLostKey)
  }

  @Test func `after somebody else's attempt whose link fell, the verdict is that of our own`() {
    // A trusted headset that was reset, after the sound server has started (laboratory, 5.66).
    var script = script(66, isWatched: false)
    script.answer(.connect(.headset), .inProgress)
    script.change { $0.connected = true }
    script.change { $0.connected = false }
    script.expire(.audio)
    script.change { $0.connected = true }
    script.change { $0.connected = false }
    script.answer(.connect(.headset), .profilesRefused)
    // The adapter might be going off.
    script.expire(.audio)
    #expect(script.error?.code == .staleBond)
    #expect(script.verdicts[.headset]??.certainty == .probable)
  }

  @Test func `half a bond is told as such`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.found.with { $0.paired = true }))
    script.start()
    #expect(script.error?.code == .notBonded)
    #expect(cause(script) == .pairedNotBonded)
  }

  @Test func `nothing is remembered of a device that never had a bond`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.found))
    script.world.adapters[.first]?.powered = false
    script.start()
    #expect(script.error?.code == .adapterOff)
    #expect(script.verdicts.isEmpty)
  }

  @Test func `without a sound server that is what is told`() {
    var script = Script(ConnectOperation(.headset), FakeWorld(.own))
    script.world.adapters[.first]?.services = []
    script.start()
    script.expire(.retry)
    #expect(cause(script) == .noSoundServer)
  }

  @Test func `a bluetoothd that dies of a stale bond does not hide it`() {
    // Debian 12's own kernel crashes there (laboratory).
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.happen(.bluezGone)
    #expect(script.error?.code == .bluezMissing)
    #expect(cause(script) == .headsetLostKey)
  }

  @Test func `nothing is told of a device that was removed`() {
    var script = script()
    script.change { $0.connected = true }
    script.tell(.link(.headset, .authenticationFailed(5)))
    script.remove()
    #expect(script.verdicts.isEmpty)
  }

  @Test(
    arguments: [
      (.pageTimeout, .unreachable), (.inProgress, .busy), (.notReady, .adapterTrouble), (.keyMissing, .headsetLostKey),
    ] as [(Refusal.Kind, Verdict.Cause)])
  func `a refusal that means something is told`(kind: Refusal.Kind, expected: Verdict.Cause) {
    var script = script(isWatched: false)
    script.answer(.connect(.headset), kind)
    if kind == .inProgress { script.expire(.overall) }
    #expect(cause(script) == expected)
  }
}
