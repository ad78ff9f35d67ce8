import Core
import Testing
import Vocabulary

@Suite struct ErrorCatalogueTests {
  @Test func `an unknown adapter is told with those that there are`() {
    #expect(OperationError.adapterNotFound("hci9", known: ["hci0", "hci1"]).hint == "There is: hci0, hci1.")
    #expect(OperationError.adapterNotFound("hci9", known: []).hint == "BlueZ knows no adapter at all.")
    #expect(OperationError.adapterNotFound("hci9", known: []).code == .adapterNotFound)
  }

  @Test func `who is busy is told by name`() {
    let error = OperationError.busy("pair", on: "WH-1000XM4")
    #expect(error.code == .busy)
    #expect(error.operation == "pair")
    #expect(error.message == "pair is already running on WH-1000XM4.")
  }

  @Test(arguments: Refusal.Kind.allCases) func `whatever BlueZ refuses is told with its words and what to do next`(
    kind: Refusal.Kind
  ) {
    let error = OperationError.general(Refusal(kind), device: .own, action: "trust")
    #expect(error.hint?.isEmpty == false)
    #expect(error.message.contains("WH-1000XM4") || [.notReady, .blocked].contains(kind))
    #expect(error.evidence == (kind == .bluezGone ? "Nobody owns org.bluez on the system bus." : Refusal(kind).words))
  }

  @Test(arguments: ["Optional(1)", "pair(Core.DeviceID(adapter: hci0))", "stereo(x)", "Core.Device", "Swift.Int"])
  func `Swift's own spelling is known`(text: String) { #expect(hasSwiftSyntax("It is \(text) here.")) }

  @Test(arguments: ["for calls only (HFP)", "uid 1000 (alice), nil", "org.bluez.Error.Failed: br-connection-unknown"])
  func `and plain text is not taken for it`(text: String) { #expect(!hasSwiftSyntax(text)) }

  @Test(arguments: DiagnosisTests.cases) func `no verdict has Swift's words`(of: DiagnosisTests.Case) {
    guard let verdict = Diagnosis.verdict(on: of.evidence) else { return }
    for text in [verdict.message, verdict.evidence, verdict.hint] { #expect(!hasSwiftSyntax(text), "\(text)") }
  }

  @Test(arguments: Refusal.Kind.allCases) func `nor has what is told of a refusal`(kind: Refusal.Kind) {
    let refusal = Refusal(kind)
    for error in [
      OperationError.general(refusal, device: .own, action: "trust"), .ambiguous("x", [.own, .otherFound]),
      .adapterNotFound("hci9", known: ["hci0"]), .adapterGone(.first, while: "it was wanted"), .adapterOff(.first),
      .twin(.twinFound, of: "WH-1000XM4"), .ambiguous(.own, on: [.first, .second]), .needsConsent(.own),
      .busy("pair", on: "x"), .cancelled("The pairing"), .timedOut("It was late."), .bluezMissing(),
      .noAdapter(HostAdapters()),
      .playedByBlueALSA(.own), .deviceNotFound("x"), .adapterBlocked(.first),
    ] {
      let texts = [error.message, error.evidence, error.hint].compactMap(\.self) + error.candidates
      for text in texts { #expect(!hasSwiftSyntax(text), "\(text)") }
    }
  }
}
