import Core
import Testing
import Vocabulary

@Suite struct PairOperationTests {
  @Test func `a pairing asks BlueZ for this, in this order`() {
    var script = PairPhase.awaitingTransport.script()
    script.addTransport()
    script.answerAll()
    #expect(
      script.requests == .preparing + .stopping + [
        .pair(.headset), .trust(.headset, true), .connect(.headset),
      ] + .closing)
    #expect(script.stages == [.searching, .pairing, .bonding, .trusting, .connecting, .resolving, .audio])
  }

  @Test func `it proves the bond, trust, the link, its services and stereo audio`() {
    var script = PairPhase.awaitingTransport.script()
    script.addTransport()
    #expect(script.result == nil)
    script.answerAll()
    #expect(script.outcome?.device == .headset)
    #expect(script.outcome?.proofs == [.bonded, .trusted, .connected, .servicesResolved, .a2dp].map { .proven($0) })
  }

  @Test(arguments: [AgentCapability.none, .confirming, .interactive])
  func `the agent can do what the caller can`(capability: AgentCapability) {
    var script = Script(PairOperation(capability: capability), FakeWorld())
    script.start()
    #expect(script.outstanding.first == .registerAgent(capability))
  }

  // MARK: Preparing

  @Test(arguments: [Request].preparing, Refusal.Kind.allCases)
  func `whatever cannot be prepared ends it, and what was prepared is given back`(request: Request, kind: Refusal.Kind)
  {
    // Waited for; see below.
    if request == .startDiscovery(.first), [.inProgress, .noReply].contains(kind) { return }
    var script = PairPhase.preparing.script()
    script.answer(request, kind)
    for other in script.outstanding { script.answer(other) }
    #expect(script.outstanding.contains(.unregisterAgent) == (request != .registerAgent(.none)))
    #expect(script.outstanding.contains(.releasePairable(.first)) == (request != .holdPairable(.first)))
    #expect(script.outstanding.contains(.stopDiscovery(.first)) == (request != .startDiscovery(.first)))
    script.answerAll()
    let code: OperationError.Code =
      switch kind {
      case .notReady: .adapterOff
      case .blocked: .adapterBlocked
      case .bluezGone, .noReply: .bluezMissing
      case .inProgress: .busy
      default: .failed
      }
    #expect(script.error?.code == code)
    #expect(script.error?.evidence?.isEmpty == false || code == .bluezMissing)
  }

  @Test func `the inquiry of a bluetoothd that died is waited for`() {
    var script = PairPhase.preparing.script()
    for request in [Request].preparing where request != .startDiscovery(.first) { script.answer(request) }
    for _ in 0..<3 {
      script.answer(.startDiscovery(.first), .inProgress)
      #expect(script.outstanding.isEmpty)
      script.expire(.retry)
    }
    script.answer(.startDiscovery(.first))
    script.appear(.found)
    #expect(script.outstanding == [.stopDiscovery(.first)])
  }

  @Test func `an inquiry that does not end within the search makes BlueZ busy, and nothing is left`() {
    var script = PairPhase.preparing.script()
    for request in [Request].preparing where request != .startDiscovery(.first) { script.answer(request) }
    script.answer(.startDiscovery(.first), .inProgress)
    script.expire(.search)
    #expect(!script.outstanding.contains(.stopDiscovery(.first)))
    script.answerAll()
    #expect(script.error?.code == .busy)
    #expect(script.armed.isEmpty)
  }

  @Test func `all three can be refused`() {
    var script = PairPhase.preparing.script()
    for request in [Request].preparing { script.answer(request, .other) }
    script.answerAll()
    #expect(script.error?.code == .failed)
  }

  @Test func `the answers to giving back come in any order`() {
    var script = PairPhase.closing.script()
    for request in script.outstanding.reversed() {
      #expect(script.result == nil)
      script.answer(request, .other)
    }
    #expect(script.error?.code == .pageTimeout)
  }

  @Test func `nothing is given back before it has been taken`() {
    var script = PairPhase.preparing.script()
    script.cancel()
    script.answer(.startDiscovery(.first))
    script.answer(.holdPairable(.first), .other)
    #expect(script.outstanding == [.registerAgent(.none)])
    script.answer(.registerAgent(.none))
    #expect(script.outstanding == .stopping + [.unregisterAgent])
    script.answerAll()
    #expect(script.error?.code == .cancelled)
  }

  @Test func `a discovery that would not stop is stopped again in the end`() {
    var script = PairPhase.stopping.script()
    script.answer(.stopDiscovery(.first), .inProgress)
    #expect(script.outstanding == [.pair(.headset)])
    script.answer(.pair(.headset), .rejected)
    script.answer(.remove(.headset))
    #expect(script.outstanding == .stopping + .closing)
    script.answerAll(.other)
    #expect(script.error?.code == .refused)
  }

  // MARK: Pair

  @Test(
    arguments: [
      (.alreadyBonded, .alreadyBonded), (.keyInKernel, .alreadyBonded), (.alreadyConnected, .failed),
      (.notConnected, .failed), (.doesNotExist, .pageTimeout), (.inProgress, .busy), (.notReady, .adapterOff),
      (.blocked, .adapterBlocked), (.pageTimeout, .pageTimeout), (.rejected, .refused),
      (.authenticationFailed, .authenticationFailed), (.authenticationCancelled, .authenticationCancelled),
      (.authenticationTimeout, .authenticationTimeout), (.profileUnavailable, .failed), (.keyMissing, .failed),
      (.notAuthorized, .failed), (.noReply, .authenticationTimeout), (.bluezGone, .bluezMissing), (.other, .failed),
    ] as [(Refusal.Kind, OperationError.Code)])
  func `a refused Pair says why, and only what is not somebody else's is removed`(
    kind: Refusal.Kind, code: OperationError.Code
  ) {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), kind)
    if kind == .keyInKernel { script.answer(.flush(.headset, [.linkKey]), layers: .unavailable("No helper.")) }
    #expect(script.outstanding.contains(.remove(.headset)) == ![.alreadyBonded, .inProgress].contains(kind))
    script.answerAll()
    for deadline in [Deadline.audio, .bonding] where script.armed.contains(deadline) { script.expire(deadline) }
    script.answerAll()
    #expect(script.error?.code == code)
    #expect(script.error?.hint != nil)
    #expect(!script.requests.contains(.trust(.headset, true)))
  }

  @Test func `also where it took the device along`() {
    var script = PairPhase.pairing.script()
    script.remove()
    script.answer(.pair(.headset), .authenticationCancelled)
    #expect(script.result == nil && script.outstanding.isEmpty)
    script.happen(.switchedOff)
    script.answerAll()
    #expect(script.error?.code == .adapterOff)
  }

  @Test func `an adapter that goes off when the bond has just been made costs no word of the bond`() {
    var script = PairPhase.pairing.script()
    script.change { $0.bonded = true }
    script.happen(.switchedOff)
    script.answerAll()
    #expect(script.error?.code == .adapterOff)
    #expect(script.error?.message.hasPrefix("Paired, but: ") == true)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test(arguments: [Refusal.Kind.authenticationFailed, .authenticationCancelled, .pageTimeout, .noReply, .other])
  func `an adapter that goes off is what failed, although Pair is answered first`(kind: Refusal.Kind) {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), kind)
    script.answer(.remove(.headset))
    #expect(script.outstanding.isEmpty)
    script.happen(.switchedOff)
    script.answerAll()
    #expect(script.error?.code == .adapterOff)
    #expect(script.armed.isEmpty)
  }

  @Test(arguments: Refusal.Kind.allCases) func `a device that somebody else has bonded is never removed`(
    kind: Refusal.Kind
  ) {
    var script = PairPhase.pairing.script()
    script.change { $0.bonded = true }
    script.answer(.pair(.headset), kind)
    script.cancel()
    script.answerAll()
    #expect(script.error != nil)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test(arguments: [Refusal.Kind.alreadyBonded, .inProgress])
  func `what somebody else has bonded is trusted and connected, as if it were our own`(kind: Refusal.Kind) {
    var script = PairPhase.pairing.script()
    script.change { $0.bonded = true }
    script.answer(.pair(.headset), kind)
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `the pairing of another program is waited for, and left alone when it is given up`() {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), .inProgress)
    #expect(script.armed == [.bonding])
    var cancelled = script
    script.change { $0.bonded = true }
    #expect(script.outstanding == [.trust(.headset, true)])
    #expect(script.armed.isEmpty)
    cancelled.cancel()
    cancelled.answerAll()
    #expect(cancelled.error?.code == .cancelled)
    #expect(!cancelled.requests.contains(.remove(.headset)))
  }

  @Test func `a key that only the kernel holds is removed, and Pair asked again`() {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), .keyInKernel)
    #expect(script.outstanding == [.flush(.headset, [.linkKey])])
    script.answer(.flush(.headset, [.linkKey]))
    #expect(script.outstanding == [.pair(.headset)])
    var again = script
    again.answer(.pair(.headset), .keyInKernel)
    #expect(again.outstanding == [.remove(.headset)])
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `without the helper a key in the kernel is told of, and what to do`() {
    var script = PairPhase.flushing.script()
    script.answer(.flush(.headset, [.linkKey]), layers: .unavailable("mdrctl-flush.socket does not exist."))
    script.answerAll()
    #expect(script.error?.code == .alreadyBonded)
    #expect(script.error?.evidence == "org.bluez.Error: keyInKernel; mdrctl-flush.socket does not exist.")
    #expect(script.error?.hint?.contains("systemctl enable --now mdrctl-flush.socket") == true)
  }

  @Test func `what somebody else has bonded while the key was removed is left alone`() {
    var script = PairPhase.flushing.script()
    script.change { $0.bonded = true }
    script.answerAll()
    #expect(script.error?.code == .alreadyBonded)
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `the device of a repair that was broken off gets back what it had, and the journal is told`() {
    var script = PairPhase.pairing.script()
    script.world.journal[.headset] = JournalEntry(
      purpose: .repair, phase: .pairing, device: .headset, name: "WH-1000XM4", alias: "Mine", trusted: true)
    script.change { $0.bonded = true }
    script.answerAll()
    #expect(script.requests.contains([.trust(.headset, true), .rename(.headset, "Mine"), .erase(.headset)]))
    #expect(script.world.journal.isEmpty)
  }

  @Test func `a device that was not trusted before is not trusted by completing its repair`() {
    var script = PairPhase.pairing.script()
    script.world.journal[.headset] = JournalEntry(purpose: .repair, phase: .pairing, device: .headset)
    script.world.adapters[.first]?.services = []
    script.change { $0.bonded = true }
    script.answerAll()
    #expect(!script.requests.contains(.trust(.headset, true)))
    #expect(script.outcome?.proofs.contains(.proven(.trusted)) == false)
  }

  @Test func `a removal that is not complete gives a device that is paired nothing back`() {
    var script = PairPhase.pairing.script()
    script.world.journal[.headset] = JournalEntry(purpose: .forget, device: .headset, alias: "Mine")
    script.change { $0.bonded = true }
    script.answerAll()
    #expect(!script.requests.contains(.rename(.headset, "Mine")))
    #expect(script.requests.contains(.trust(.headset, true)))
  }

  @Test func `a question that nobody could answer needs a person`() {
    var script = PairPhase.pairing.script()
    script.tell(.unanswered("RequestPinCode"))
    script.answer(.pair(.headset), .authenticationFailed)
    script.answerAll()
    #expect(script.error?.code == .needsAnswer)
    #expect(script.error?.evidence == "RequestPinCode")
  }

  @Test func `a question that nobody could answer is forgotten when Pair succeeds or the bond exists`() {
    var script = PairPhase.pairing.script()
    script.tell(.unanswered("RequestConfirmation"))
    var bonded = script
    bonded.answer(.pair(.headset), .alreadyBonded)
    bonded.answerAll()
    #expect(bonded.error?.code == .alreadyBonded)
    script.change { $0.bonded = true }
    script.answer(.pair(.headset))
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `a person who was asked is told to check what was entered`() {
    var script = Script(PairOperation(capability: .interactive), FakeWorld(.found))
    script.start()
    for request in script.outstanding { script.answer(request) }
    script.answer(.stopDiscovery(.first))
    script.answer(.pair(.headset), .authenticationFailed)
    script.answerAll()
    script.expire(.audio)
    script.answerAll()
    #expect(script.error?.hint?.hasPrefix("Check the passkey or PIN.") == true)
  }

  // MARK: The bond

  @Test func `a bond that stands when Pair answers is taken at once`() {
    var script = PairPhase.pairing.script()
    script.change { $0.bonded = true }
    #expect(script.outstanding == [.pair(.headset)])
    script.answer(.pair(.headset))
    #expect(script.outstanding == [.trust(.headset, true)])
    #expect(script.armed.isEmpty)
  }

  @Test func `a bond that comes late is waited for`() {
    var script = PairPhase.bonding.script()
    #expect(script.armed == [.bonding])
    script.change { $0.paired = true }
    #expect(script.outstanding.isEmpty)
    script.change { $0.bonded = true }
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `a bond that comes in the instant the time is up counts`() {
    var script = PairPhase.bonding.script()
    script.world.known[.headset]?.bonded = true
    script.expire(.bonding)
    script.tell(.deviceChanged(.headset))
    #expect(script.outstanding == [.trust(.headset, true)])
  }

  @Test func `without a bond the pairing is undone`() {
    var script = PairPhase.bonding.script()
    script.expire(.bonding)
    #expect(script.outstanding == [.remove(.headset)])
    script.answerAll()
    #expect(script.error?.code == .pairedNotBonded)
  }

  @Test func `what could not be removed again is told`() {
    var script = PairPhase.bonding.script()
    script.expire(.bonding)
    script.answer(.remove(.headset), .notReady)
    script.answerAll()
    #expect(script.error?.code == .pairedNotBonded)
    #expect(script.error?.message.contains("could not remove") == true)
    #expect(script.error?.hint == "Forget it: mdrctl forget 94:DB:56:00:00:01 --adapter hci0.")
  }

  @Test func `trust that is refused leaves the pairing standing`() {
    var script = PairPhase.trusting.script()
    script.answer(.trust(.headset, true), .other)
    script.answerAll()
    #expect(script.error?.message == "Paired, but: BlueZ could not trust WH-1000XM4.")
    #expect(!script.requests.contains(.connect(.headset)))
    #expect(!script.requests.contains(.remove(.headset)))
  }

  @Test func `a bond that is lost before the connection is not made up for by connecting`() {
    var script = PairPhase.trusting.script()
    script.change { $0.bonded = false }
    script.answer(.trust(.headset, true))
    script.answerAll()
    #expect(script.error?.code == .notBonded)
    #expect(!script.requests.contains(.connect(.headset)))
  }

  // MARK: The connection

  @Test func `without a sound server it ends paired, with what is open and why`() {
    var script = PairPhase.bonding.script()
    script.world.adapters[.first]?.services = []
    script.change { $0.bonded = true }
    script.answerAll()
    #expect(script.outcome?.proofs.filter { $0.obstacle == nil }.map(\.what) == [.bonded, .trusted])
    #expect(script.outcome?.proofs.filter { $0.obstacle != nil }.map(\.what) == [.connected, .a2dp])
    #expect(!script.requests.contains(.connect(.headset)))
  }

  @Test(arguments: Refusal.Kind.allCases.filter { ![.alreadyConnected, .inProgress].contains($0) })
  func `a refused connection is an error of a pairing that stands`(kind: Refusal.Kind) {
    var script = PairPhase.connecting.script()
    script.answer(.connect(.headset), kind)
    // What the adapter would have done, too, is judged after its news.
    if script.armed.contains(.audio) { script.expire(.audio) }
    script.answerAll()
    #expect(script.error?.message.hasPrefix("Paired, but: ") == true)
    #expect(!script.requests.contains(.remove(.headset)))
  }
}
