import Core
import Testing
import Vocabulary

/// What the laboratory saw of BlueZ 5.66, 5.82 and 5.87 (kernels 6.12 and 7.2), and what can be thought of besides.
@Suite struct DiagnosisTests {
  /// One row of the table, and the evidence that must end there.
  struct Case: CustomTestStringConvertible, Sendable {
    let row: String
    let verdict: (Verdict.Cause, Verdict.Certainty)?
    let evidence: Evidence
    var testDescription: String { row }

    init(
      _ row: String, _ cause: Verdict.Cause?, _ certainty: Verdict.Certainty = .certain,
      _ attempt: Evidence.Attempt = .connect, _ device: Device = .own, _ context: BondContext = .trixie,
      _ change: (inout Evidence) -> Void
    ) {
      self.row = row
      verdict = cause.map { ($0, certainty) }
      var evidence = Evidence(
        attempt, device, on: Adapter(id: .first, powered: true, services: .soundServer), context: context)
      change(&evidence)
      self.evidence = evidence
    }
  }

  static let cases: [Case] = [
    Case("a profile connected", nil) {
      $0.cameUp = true
      $0.isSound = true
      $0.falls = 1
    },
    Case("this computer keeps off it", nil, .certain, .connect, .own.with { $0.blocked = true }) {
      $0.cameUp = true
      $0.falls = 1
    },
    Case("the adapter is gone, blocked or off", .adapterTrouble) { $0.adapter?.powered = false },
    Case("the kernel says Already Paired", .kernelOnlyKey, .certain, .pair, .found) { $0.refuse(.keyInKernel) },
    Case("Pair is rejected", .headsetRefuses, .probable, .pair, .found) { $0.refuse(.rejected) },
    Case("Pair fails or is cancelled", .headsetRefuses, .possible, .pair, .found) { $0.refuse(.authenticationFailed) },
    Case("the page is not answered", .unreachable) { $0.refuse(.pageTimeout) },
    Case("something else is under way while pairing", .busy, .certain, .pair, .found) { $0.refuse(.inProgress) },
    Case("Paired without Bonded", .pairedNotBonded, .certain, .connect, .found.with { $0.paired = true }) { _ in },
    Case("a bond that worked is not there", .hostLostKey, .probable, .connect, .found, .worked(before: true)) { _ in },
    Case("there is no bond", nil, .certain, .connect, .found) { $0.fail(with: 5, falls: .authentication) },
    Case("a pairing where a bond stands", nil, .certain, .pair) { $0.refuse(.alreadyBonded) },
    Case("no sound server has registered", .noSoundServer, .certain, .connect, .own, .sid) {
      // 5.87 says "unknown", as 5.66 does of a lost key (laboratory, f).
      $0.adapter?.services = []
      $0.refuse(.profilesRefused)
    },
    Case(
      "BlueZ 5.71 to 5.77 were started since it worked", .keyTypeBug, .probable, .connect, .own,
      .worked(before: true, minor: 73)
    ) { $0.refuse(.profilesRefused, cameUp: true) },
    Case("the headset says that it has no key", .headsetLostKey) {
      // Laboratory, a on 5.82.
      $0.refuse(.profilesRefused, cameUp: true)
      $0.fail(with: 5, falls: .authentication)
    },
    Case("key-missing, which up to BlueZ 5.82 is HCI 0x06 alone", .headsetLostKey) {
      $0.refuse(.keyMissing, cameUp: true)
    },
    Case("a pairing that the headset began is refused by the kernel", .repairingRefused, .certain, .unasked) {
      // Laboratory, g2: the state in which mdrctld leaves the adapter.
      $0.fail(with: 0x0B, falls: .local)
    },
    Case("a pairing that the headset began is refused by BlueZ", .repairingRefused, .certain, .unasked) {
      // Laboratory, g.
      $0.fail(with: 5, falls: .local)
    },
    Case(
      "another key, since another system was booted", .dualBoot, .probable, .connect, .own, .worked(before: true)
    ) { $0.fail(with: 5, falls: .unspecified) },
    Case("the key is another one, or is refused and the link hung up", .headsetOtherKey) {
      // Laboratory, c on 5.82.
      $0.refuse(.profilesRefused, cameUp: true)
      $0.fail(with: 5, falls: .unspecified)
    },
    Case("the key is refused", .headsetLostKey, .certain, .connect, .own, .sid) { $0.refuse(.keyMissing) },
    Case("a pairing that the kernel began is refused by the headset", .hostLostKey, .probable) {
      $0.fail(with: 0x0B, falls: .local)
    },
    Case("profiles refused over a link, and the kernel tells of no key", .headsetLostKey, .possible) {
      $0.refuse(.profilesRefused, cameUp: true)
      $0.isKernelHeard = true
    },
    Case("profiles refused over a link", .headsetLostKey, .probable) { $0.refuse(.profilesRefused, cameUp: true) },
    Case("the link fell again and again", .headsetLostKey, .probable) {
      $0.refuse(.inProgress, cameUp: true)
      $0.falls = 2
    },
    Case("it answered at first and then not any more", .unreachable, .probable) {
      $0.refuse(.pageTimeout, cameUp: true)
    },
    Case("the link fell at once", .headsetLostKey, .possible) {
      $0.cameUp = true
      $0.falls = 1
    },
    Case("something else is under way", .busy) { $0.refuse(.inProgress) },
    Case("a link that nobody asked for fell at once", .repairingRefused, .possible, .unasked) {
      $0.cameUp = true
      $0.falls = 1
    },
  ]

  @Test(arguments: cases) func `each row decides what it is there for`(of: Case) {
    #expect(Diagnosis.row(for: of.evidence)?.name == of.row)
    let verdict = Diagnosis.verdict(on: of.evidence)
    #expect(verdict?.cause == of.verdict?.0)
    #expect(verdict?.certainty == of.verdict?.1)
  }

  @Test func `every row has its case`() {
    #expect(Diagnosis.table.map(\.name) == Self.cases.map(\.row))
  }

  // MARK: Neighbouring cases

  @Test(arguments: [Refusal.Kind.notReady, .blocked]) func `BlueZ may be first to say that the adapter is off`(
    kind: Refusal.Kind
  ) {
    #expect(verdict { $0.refuse(kind) }?.cause == .adapterTrouble)
  }

  @Test func `no profile is a matter of the sound server only while none has registered`() {
    #expect(verdict { $0.refuse(.profileUnavailable) } == nil)
    for services in [Set<AudioService>.soundServer, [.handsFreeGateway], [.a2dpSource]] {
      let verdict = verdict {
        $0.refuse(.profileUnavailable)
        $0.adapter?.services = services
      }
      #expect(verdict == nil)
    }
    let verdict = verdict {
      $0.refuse(.profileUnavailable)
      $0.adapter?.services = []
    }
    #expect(verdict?.cause == .noSoundServer)
  }

  @Test(arguments: [5, 0x0B]) func `what the kernel says counts for more than BlueZ's words`(status: Int) {
    for kind in [Refusal.Kind.pageTimeout, .inProgress, .other] {
      let verdict = verdict {
        $0.refuse(kind, cameUp: true)
        $0.fail(with: status, falls: nil)
      }
      #expect(verdict?.cause == (status == 5 ? .headsetLostKey : .hostLostKey))
    }
  }

  @Test(arguments: [(6, Verdict.Cause.headsetLostKey), (5, .headsetOtherKey)])
  func `HCI's own status tells at once which key it is, whatever comes of the link`(
    status: Int, cause: Verdict.Cause
  ) {
    for attempt in [Evidence.Attempt.connect, .unasked] {
      for reason in [nil] + LinkEvent.Reason.allCases where reason != .authentication {
        for kind in [nil, Refusal.Kind.profilesRefused, .keyMissing, .pageTimeout] {
          let verdict = verdict(.sid, attempt) {
            $0.keyRefusals = [status]
            $0.refusal = kind.map { Refusal($0) }
            if let reason { $0.fall(reason) }
          }
          #expect(verdict?.cause == cause)
          #expect(verdict?.certainty == .certain)
          #expect(verdict?.evidence.contains("HCI status \(status)") == true)
        }
      }
    }
  }

  @Test func `another key since another system was booted is told without the link's end, too`() {
    let verdict = verdict(.worked(before: true)) { $0.keyRefusals = [5] }
    #expect(verdict?.cause == .dualBoot)
  }

  @Test(arguments: [8, 0x0E, 0x0A]) func `an authentication that failed for want of a link tells nothing of the key`(
    status: Int
  ) {
    #expect(verdict { $0.fail(with: status, falls: .timeout) } == nil)
  }

  @Test func `key-missing tells which key only where the version or the link's end do`() {
    #expect(verdict(.sid) { $0.refuse(.keyMissing) }?.message.contains("or holds another") == true)
    #expect(verdict(.trixie) { $0.refuse(.keyMissing) }?.message.contains("or holds another") == false)
    let other = verdict(.sid) {
      $0.refuse(.keyMissing)
      $0.fall(.unspecified)
    }
    #expect(other?.cause == .headsetOtherKey)
  }

  @Test(arguments: [70, 78, 82]) func `only BlueZ 5.71 to 5.77 have the bug of the address types`(minor: Int) {
    #expect(verdict(.worked(before: true, minor: minor)) { $0.fail(with: 5, falls: nil) }?.cause != .keyTypeBug)
  }

  @Test func `a bond that worked since bluetoothd was started was loaded`() {
    var context = BondContext.worked(before: true, minor: 73)
    context.workedSinceBlueZStarted = true
    #expect(verdict(context) { $0.fail(with: 5, falls: nil) }?.cause == .headsetLostKey)
  }

  @Test func `a bond that worked in this boot was not changed by another system`() {
    var context = BondContext.worked(before: true)
    context.workedInThisBoot = true
    #expect(verdict(context) { $0.fail(with: 5, falls: .local) }?.cause == .headsetOtherKey)
  }

  @Test func `where BlueZ would let the headset pair again, the key is wrong for another reason`() {
    for repairing in [BondContext.Repairing.always, .confirm] {
      var context = BondContext.trixie
      context.repairing = repairing
      #expect(verdict(context, .unasked) { $0.fail(with: 5, falls: .local) }?.cause == .headsetOtherKey)
      #expect(verdict(context, .unasked) { $0.fall(.local) } == nil)
    }
  }

  @Test func `a wrong key is not taken for a pairing that is refused, whoever began`() {
    // bluetoothd's own attempts after the first end by this computer (laboratory, c on 5.66 and 5.82).
    let verdict = verdict(.trixie, .unasked) {
      $0.fail(with: 5, falls: .unspecified)
      $0.fail(with: 5, falls: .local)
    }
    #expect(verdict?.cause == .headsetOtherKey)
  }

  @Test(arguments: [LinkEvent.Reason.timeout, .suspended])
  func `a link that is lost, or ended for suspend, says nothing`(
    reason: LinkEvent.Reason
  ) {
    for attempt in [Evidence.Attempt.connect, .unasked] {
      #expect(verdict(.sid, attempt) { $0.fall(reason) } == nil)
    }
  }

  @Test func `links that open nothing are never more than suspected, however many`() {
    // A good bond looks the same (laboratory, h2).
    let verdict = verdict(.trixie, .unasked) {
      $0.cameUp = true
      $0.falls = 9
    }
    #expect(verdict?.certainty == .possible)
  }

  private func verdict(
    _ context: BondContext = .trixie, _ attempt: Evidence.Attempt = .connect, _ change: (inout Evidence) -> Void
  ) -> Verdict? {
    Diagnosis.verdict(on: Case("", nil, .certain, attempt, .own, context, change).evidence)
  }
}

extension Evidence {
  fileprivate mutating func refuse(_ kind: Refusal.Kind, cameUp: Bool = false) {
    refusal = Refusal(kind)
    self.cameUp = self.cameUp || cameUp
  }

  fileprivate mutating func fail(with status: Int, falls reason: LinkEvent.Reason?) {
    failures.insert(status)
    cameUp = true
    if let reason { fall(reason) }
  }

  fileprivate mutating func fall(_ reason: LinkEvent.Reason) {
    cameUp = true
    falls += 1
    reasons.insert(reason)
  }
}

extension BondContext {
  static let trixie = BondContext(bluezMajor: 5, bluezMinor: 82)
  static let sid = BondContext(bluezMajor: 5, bluezMinor: 87)

  static func worked(before: Bool, minor: Int = 82) -> Self {
    BondContext(bluezMajor: 5, bluezMinor: minor, workedBefore: before)
  }
}
