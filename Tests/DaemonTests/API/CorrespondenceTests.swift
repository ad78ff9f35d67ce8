import Core
import Interface
import Testing
import Varlink
import Vocabulary

@testable import Daemon

/// What of policy and interface is not the same value, and corresponds all the same.
@Suite struct CorrespondenceTests {
  @Test(arguments: OperationError.Code.allCases)
  func `an error travels with its words`(code: OperationError.Code) {
    let error = OperationError(
      code, "What happened.", evidence: "BlueZ's words", hint: "Do this.", candidates: ["A"], operation: "pair")
    let wire = error.onWire { $0 }
    #expect(ErrorCode(varlinkName: wire.name)?.rawValue == code.rawValue)
    #expect(wire.parameters.members?["message"]?.string == "What happened.")
    #expect(wire.parameters.members?["evidence"]?.string == "BlueZ's words")
    #expect(wire.parameters.members?["hint"]?.string == "Do this.")
  }

  @Test func `the helper's layers are some of this computer's`() {
    for name in Flush.LayerName.allCases { #expect(Flush.LayerName(name.hostLayer) == name) }
  }

  @Test(arguments: Control.Method.allCases)
  func `somebody has decided who may call each method`(method: Control.Method) {
    #expect(Control.signatures.count { $0.method == method } == 1)
    #expect(Authorisation.table { _ in false }.covers(method.fullName))
  }
}
