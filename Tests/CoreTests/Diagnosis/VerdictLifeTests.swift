import Core
import Testing
import Vocabulary

/// What ends a finding, cause by cause.
@Suite struct VerdictLifeTests {
  /// Every cause, and what ends it before another attempt does.
  private static let ends: [Verdict.Cause: Verdict.Cause.End] = [
    .headsetLostKey: .bond, .headsetOtherKey: .bond, .hostLostKey: .bond, .kernelOnlyKey: .bond,
    .pairedNotBonded: .bond, .repairingRefused: .bond, .keyTypeBug: .bond, .dualBoot: .bond, .adapterChanged: .bond,
    .adapterTrouble: .adapter, .noSoundServer: .soundServer,
    .headsetRefuses: .sight, .unreachable: .sight, .busy: .sight,
  ]

  private static func isOver(
    _ cause: Verdict.Cause, _ device: Device? = .own, _ adapter: Adapter? = Adapter(id: .first, powered: true)
  ) -> Bool {
    Verdict(cause, .certain, message: "", evidence: "", hint: "").isOver(for: device, on: adapter)
  }

  @Test(arguments: Verdict.Cause.allCases) func `every cause has its end`(cause: Verdict.Cause) {
    #expect(Self.ends[cause] == cause.end)
    #expect(Verdict(cause, .certain, message: "", evidence: "", hint: "").concernsBond == (cause.end == .bond))
  }

  @Test(arguments: Verdict.Cause.allCases.filter { $0.end == .bond })
  func `what is of the bond outlasts whatever happens around it`(cause: Verdict.Cause) {
    let adapter = Adapter(id: .first, powered: true, services: .soundServer)
    #expect(!Self.isOver(cause, .listening.with { $0.rssi = -40 }, adapter))
  }

  @Test func `trouble with the adapter is over when it is there, on and not blocked`() {
    #expect(!Self.isOver(.adapterTrouble, .own, nil))
    #expect(!Self.isOver(.adapterTrouble, .own, Adapter(id: .first, powered: false)))
    #expect(!Self.isOver(.adapterTrouble, .own, Adapter(id: .first, powered: true, blocked: true)))
    #expect(Self.isOver(.adapterTrouble))
  }

  @Test func `the want of a sound server is over when one has registered`() {
    #expect(!Self.isOver(.noSoundServer, .own, nil))
    #expect(!Self.isOver(.noSoundServer))
    #expect(Self.isOver(.noSoundServer, .own, Adapter(id: .first, powered: true, services: .soundServer)))
  }

  @Test(arguments: Verdict.Cause.allCases.filter { $0.end == .sight })
  func `what the last try came to is over when the device is in sight or linked`(cause: Verdict.Cause) {
    #expect(!Self.isOver(cause))
    #expect(!Self.isOver(cause, nil))
    #expect(Self.isOver(cause, .own.with { $0.connected = true }))
    #expect(Self.isOver(cause, .own.with { $0.rssi = -50 }))
  }
}
