import Core
import Testing

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

  @Test(arguments: Refusal.Kind.all) func `whatever BlueZ refuses is told with its words and what to do next`(
    kind: Refusal.Kind
  ) {
    let error = OperationError.general(Refusal(kind), device: .own, action: "trust")
    #expect(error.hint?.isEmpty == false)
    #expect(error.message.contains("WH-1000XM4") || [.notReady, .blocked].contains(kind))
    #expect(error.evidence == (kind == .bluezGone ? "Nobody owns org.bluez on the system bus." : Refusal(kind).words))
  }
}
