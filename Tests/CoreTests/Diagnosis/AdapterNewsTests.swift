import Core
import Testing
import Vocabulary

/// What looks like a headset that hung up may come of an adapter that goes off, which is told last.
@Suite struct AdapterNewsTests {
  private typealias Phase = ConnectOperationTests.Phase

  /// Refused, or cut short, as the laboratory saw it of an adapter that was switched off by somebody else.
  private enum End: CaseIterable { case refusedWithoutLink, fellThenRefused, hungUp, refusedThenFell, refusedTwice }

  private func script(_ end: End) -> Script<ConnectOperation> {
    var script = (end == .hungUp ? Phase.awaitingTransport : .connecting).script()
    script.label = "\(end)"
    switch end {
    case .refusedWithoutLink: script.answer(.connect(.headset), .profilesRefused)
    case .fellThenRefused:
      script.change { $0.connected = true }
      script.change { $0.connected = false }
      script.answer(.connect(.headset), .profilesRefused)
    case .hungUp: script.change { $0.connected = false }
    case .refusedThenFell:
      script.world.goingOff = [.first]
      script.change { $0.connected = true }
      script.answer(.connect(.headset), .profilesRefused)
      script.change { $0.connected = false }
    case .refusedTwice: script.answer(.connect(.headset), .other)
    }
    return script
  }

  @Test func `the adapter that goes off is what failed, and no bond is blamed`() {
    for end in End.allCases {
      for trouble in [Trouble.switchedOff, .blocked] {
        var script = script(end)
        #expect(script.result == nil, "\(end)")
        #expect(script.verdicts.isEmpty, "\(end)")
        script.happen(trouble)
        #expect(script.error?.code == trouble.code, "\(end)")
        // Whose profiles had connected has a good bond, and no more is said of it.
        let cause = end == .hungUp ? nil : Verdict.Cause.adapterTrouble
        #expect(script.verdicts[.headset]??.cause == cause, "\(end)")
      }
    }
  }

  @Test func `without such news it is judged as ever`() {
    for end in End.allCases where end != .refusedThenFell {
      var script = script(end)
      script.expire(.audio)
      #expect([.connectFailed, .staleBond].contains(script.error?.code), "\(end)")
    }
  }

  @Test func `what is known of the link's end is not waited for again`() {
    for reason in [LinkEvent.Reason.remote, .authentication, .timeout, .unspecified] {
      var script = script(.hungUp)
      script.tell(.link(.headset, .disconnected(reason)))
      #expect(script.result != nil, "\(reason)")
    }
    var local = script(.hungUp)
    local.tell(.link(.headset, .disconnected(.local)))
    #expect(local.result == nil)
  }

  @Test(arguments: [Refusal.Kind.pageTimeout, .keyMissing, .notReady, .authenticationFailed])
  func `what only the headset or BlueZ can have meant is told at once`(kind: Refusal.Kind) {
    var script = Phase.connecting.script()
    script.answer(.connect(.headset), kind)
    #expect(script.result != nil)
  }

  @Test func `a refusal over a link that stands is no matter of the adapter`() {
    var script = Phase.connecting.script()
    script.change { $0.connected = true }
    script.answer(.connect(.headset), .profilesRefused)
    #expect(script.error?.code == .staleBond)
  }

  @Test func `BlueZ 5.66 gives up before it tells that the link is down`() {
    var world = FakeWorld(.own)
    world.backgrounds[.headset] = BondContext(bluezMajor: 5, bluezMinor: 66)
    var script = Script(ConnectOperation(.headset), world)
    script.start()
    script.answer(.watch(.headset), .other)
    script.change { $0.connected = true }
    script.tell(
      .answered(.connect(.headset), Refusal(.profilesRefused, "org.bluez.Error.Failed: br-connection-canceled")))
    #expect(script.result == nil)
    script.happen(.switchedOff)
    #expect(script.error?.code == .adapterOff)
  }

  @Test(arguments: ProfilePhase.allCases) func `a switch whose link falls says so, or that the adapter went off`(
    phase: ProfilePhase
  ) {
    for isOff in [false, true] {
      var script = phase.script()
      script.change { $0.connected = false }
      // A reconnect of our own is under way without a link.
      guard script.result == nil, script.armed == [.audio] || script.armed == [.audio, .resolving] else {
        script.happen(.switchedOff)
        #expect(script.error?.code == .adapterOff, "\(phase)")
        continue
      }
      if isOff { script.happen(.switchedOff) } else { script.expire(.audio) }
      let codes: [OperationError.Code] = isOff ? [.adapterOff] : [.notConnected, .noProfile, .connectFailed]
      #expect(script.error.map { codes.contains($0.code) } == true, "\(phase): \(String(describing: script.error))")
    }
  }

  @Test func `an adapter that rfkill keeps off is told so, whatever BlueZ says`() {
    for isRefused in [true, false] {
      var script = Script(ChangeOperation(.power(.first, true)), FakeWorld())
      script.world.adapters[.first] = Adapter(id: .first, powered: false, blocked: true)
      script.start()
      script.answer(.power(.first, true), isRefused ? .other : nil)
      if !isRefused { script.expire(.applying) }
      #expect(script.error?.code == .adapterBlocked)
      #expect(script.error?.hint?.contains("mdrctl adapter power on --unblock") == true)
    }
  }
}
