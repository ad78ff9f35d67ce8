import Core
import Testing
import Vocabulary

@Suite struct StoredBondTests {
  private static func answer(_ holding: Holding, hasKey: Bool? = nil, reason: String? = nil) -> LayerAnswer {
    .reports([
      LayerReport(.headset, .bond, before: holding, done: .nothing, after: holding, reason: reason, hasKey: hasKey)
    ])
  }

  private func bonded(_ answer: LayerAnswer) -> Proof? {
    StoredBond.proofs([.proven(.bonded), .proven(.trusted)], of: .headset, answer).first
  }

  @Test func `a bond is proven by its key on the disk`() {
    #expect(bonded(Self.answer(.present, hasKey: true)) == .proven(.bonded))
    #expect(StoredBond.verdict(on: .own, Self.answer(.present, hasKey: true)) == nil)
  }

  @Test(arguments: [answer(.absent), answer(.present, hasKey: false)])
  func `a bond without a key on the disk does not last, and is told so`(answer: LayerAnswer) {
    #expect(bonded(answer)?.obstacle?.contains("lost when bluetoothd starts again") == true)
    let verdict = StoredBond.verdict(on: .own, answer)
    #expect(verdict?.cause == .pairedNotBonded)
    #expect(verdict?.certainty == .certain)
    #expect(verdict?.isStale == false)
    #expect(StoredBond.verdict(on: .found, answer) == nil)
  }

  @Test(arguments: [answer(.unknown, reason: "Why."), .unavailable("Why."), .reports([])])
  func `where nobody could look it is left open, and nothing is wrong`(answer: LayerAnswer) {
    #expect(bonded(answer)?.obstacle?.contains("was not looked at") == true)
    #expect(StoredBond.verdict(on: .own, answer) == nil)
  }

  @Test func `what is open already stays as it is, and other proofs too`() {
    let proofs: [Proof] = [.open(.bonded, because: "Else."), .proven(.a2dp)]
    #expect(StoredBond.proofs(proofs, of: .headset, Self.answer(.absent)) == proofs)
  }
}
