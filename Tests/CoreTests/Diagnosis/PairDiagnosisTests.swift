import Core
import Testing
import Vocabulary

/// What a pairing tells of the bond.
@Suite struct PairDiagnosisTests {
  @Test(arguments: PairPhase.afterBonding) func `a new bond makes an old verdict void`(phase: PairPhase) {
    let script = phase.script()
    #expect(script.verdicts[.headset].map { $0 == nil } == true)
  }

  @Test func `a key that only the kernel holds, and that nobody removes, is told of`() {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), .keyInKernel)
    script.answer(.flush(.headset, [.linkKey]), layers: .unavailable("mdrctl-flush is not installed."))
    #expect(script.verdicts[.headset]??.cause == .kernelOnlyKey)
    #expect(script.verdicts[.headset]??.certainty == .certain)
    #expect(script.verdicts[.headset]??.evidence == "BlueZ said: Already Paired.")
  }

  @Test(arguments: [Refusal.Kind.rejected, .pageTimeout, .authenticationFailed, .alreadyBonded])
  func `a pairing that fails for what is no bond tells nothing of one`(kind: Refusal.Kind) {
    var script = PairPhase.pairing.script()
    script.answer(.pair(.headset), kind)
    #expect(script.verdicts.isEmpty)
  }
}
