import Core
import Testing
import Vocabulary

/// What holds of every diagnosis, over evidence of every kind.
@Suite(.timeLimit(.minutes(5))) struct DiagnosisPropertyTests {
  private static let devices: [Device] = [
    .own, .own.with { $0.connected = true }, .found, .found.with { $0.paired = true },
  ]
  private static let adapters: [Adapter?] = [
    Adapter(id: .first, powered: true, services: .soundServer), Adapter(id: .first, powered: true),
    Adapter(id: .first, powered: true, services: [.handsFreeGateway]), Adapter(id: .first, powered: false), nil,
  ]
  private static let backgrounds: [BondContext] = [nil, 73, 82, 87].flatMap { minor in
    [false, true].flatMap { worked in
      [
        BondContext(
          bluezMajor: minor == nil ? nil : 5, bluezMinor: minor, workedBefore: worked, repairing: worked ? .always : nil
        )
      ]
    }
  }
  /// Those that some row asks for, and one that none does.
  private static let kinds: [Refusal.Kind?] = [
    nil, .profilesRefused, .keyMissing, .pageTimeout, .inProgress, .profileUnavailable, .notReady, .rejected,
    .authenticationFailed, .keyInKernel, .other,
  ]
  private static let links: [@Sendable (inout Evidence) -> Void] = [
    { _ in }, { $0.isSound = true }, { $0.cameUp = true }, { $0.isKernelHeard = true }, { $0.failures = [5] },
    { $0.failures = [0x0B] }, { $0.keyRefusals = [5] }, { $0.keyRefusals = [6] }, { $0.falls = 2 },
  ]
  private static let reasons: [Set<LinkEvent.Reason>] = [[]] + LinkEvent.Reason.allCases.map { [$0] }

  /// Every combination, judged.
  private static func all(_ attempt: Evidence.Attempt, _ check: (Evidence, Verdict?) -> Void) {
    for device in devices {
      for adapter in adapters {
        for context in backgrounds {
          let plain = Evidence(attempt, device, on: adapter, context: context)
          for kind in kinds {
            for link in links {
              for reasons in reasons {
                var evidence = plain
                evidence.refusal = kind.map { Refusal($0) }
                evidence.reasons = reasons
                link(&evidence)
                check(evidence, Diagnosis.verdict(on: evidence))
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: Evidence.Attempt.allCases) func `nothing is stale that is not there or cannot be asked`(
    attempt: Evidence.Attempt
  ) {
    var stale = 0
    Self.all(attempt) { evidence, verdict in
      guard verdict?.isStale == true else { return }
      stale += 1
      guard evidence.device.bonded, evidence.adapter?.powered == true, evidence.adapter?.hasAudio == true,
        !evidence.isSound
      else {
        Issue.record("stale: \(evidence)")
        return
      }
    }
    #expect((stale > 0) == (attempt != .pair))
  }

  @Test(arguments: Evidence.Attempt.allCases) func `a headset that does not answer is not blamed for its key`(
    attempt: Evidence.Attempt
  ) {
    Self.all(attempt) { evidence, verdict in
      guard evidence.refusal?.kind == .pageTimeout, evidence.failures.isEmpty, evidence.keyRefusals.isEmpty,
        !evidence.reasons.contains(.authentication), verdict?.isStale == true
      else { return }
      // Only a link that fell more than once is left to suspect.
      if evidence.falls < 2 { Issue.record("stale: \(evidence)") }
    }
  }

  @Test(arguments: Evidence.Attempt.allCases) func `what is certain of a key was said by the kernel, or of keys alone`(
    attempt: Evidence.Attempt
  ) {
    let keys: [Verdict.Cause] = [.headsetLostKey, .headsetOtherKey, .hostLostKey, .repairingRefused, .dualBoot]
    Self.all(attempt) { evidence, verdict in
      guard let verdict, keys.contains(verdict.cause), verdict.certainty == .certain else { return }
      let said =
        !evidence.failures.isEmpty || !evidence.keyRefusals.isEmpty || evidence.reasons.contains(.authentication)
        || evidence.refusal?.kind == .keyMissing
      if !said { Issue.record("certain: \(verdict), \(evidence)") }
    }
  }

  @Test(arguments: Evidence.Attempt.allCases)
  func `every verdict says what happened, by what it was seen, and what to do`(
    attempt: Evidence.Attempt
  ) {
    var causes: Set<Verdict.Cause> = []
    Self.all(attempt) { evidence, verdict in
      guard let verdict else { return }
      causes.insert(verdict.cause)
      if verdict.message.isEmpty || verdict.evidence.isEmpty || verdict.hint.isEmpty {
        Issue.record("without words: \(verdict), \(evidence)")
      }
      if verdict.isStale, !verdict.hint.contains("mdrctl repair 94:DB:56:00:00:01") {
        Issue.record("without remedy: \(verdict)")
      }
    }
    #expect(causes.count > 3)
  }

  // MARK: What is remembered

  private func verdict(_ cause: Verdict.Cause, _ certainty: Verdict.Certainty) -> Verdict {
    Verdict(cause, certainty, message: "", evidence: "", hint: "")
  }

  @Test func `what is known of a bond is not given up for a guess, or for what is in the way now`() {
    let known = verdict(.headsetLostKey, .certain)
    #expect(known.replaces(nil))
    #expect(known.replaces(verdict(.repairingRefused, .possible)))
    #expect(known.replaces(verdict(.unreachable, .certain)))
    #expect(known.replaces(known))
    #expect(!verdict(.repairingRefused, .possible).replaces(known))
    #expect(!verdict(.headsetOtherKey, .certain).replaces(known))
    #expect(!verdict(.unreachable, .certain).replaces(verdict(.repairingRefused, .possible)))
    #expect(verdict(.unreachable, .certain).replaces(verdict(.busy, .certain)))
  }
}
