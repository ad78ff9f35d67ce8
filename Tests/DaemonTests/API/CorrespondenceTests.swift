import Core
import Interface
import Testing
import Varlink

@testable import Daemon

/// Policy and interface know nothing of each other; what corresponds by name is held together here.
@Suite struct CorrespondenceTests {
  @Test func `every error of policy has one of the interface, and the other way round`() {
    #expect(Set(OperationError.Code.allCases.map(\.rawValue)) == Set(ErrorCode.allCases.map(\.rawValue)))
  }

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

  @Test func `stages, proofs and states have the same names on both sides`() {
    #expect(Stage.allCases.map(\.rawValue) == Progress.Stage.allCases.map(\.rawValue))
    #expect(Core.Proof.What.allCases.map(\.rawValue) == Interface.Proof.What.allCases.map(\.rawValue))
    #expect(WaitOperation.State.allCases.map(\.rawValue) == WaitState.allCases.map(\.rawValue))
  }

  @Test func `what is said of bonds and layers has the same names on both sides`() {
    #expect(Core.Verdict.Cause.allCases.map(\.rawValue) == Interface.Verdict.Cause.allCases.map(\.rawValue))
    #expect(
      Core.Verdict.Certainty.allCases.map(\.rawValue) == Interface.Verdict.Certainty.allCases.map(\.rawValue))
    #expect(HostLayer.allCases.map(\.rawValue) == Layer.Name.allCases.map(\.rawValue))
    #expect(Holding.allCases.map(\.rawValue) == Layer.Holding.allCases.map(\.rawValue))
    #expect(LayerReport.Deed.allCases.map(\.rawValue) == Layer.Deed.allCases.map(\.rawValue))
    #expect(JournalEntry.Purpose.allCases.map(\.rawValue) == Unfinished.Purpose.allCases.map(\.rawValue))
    #expect(Set(Flush.LayerName.allCases.map(\.rawValue)).isSubset(of: HostLayer.allCases.map(\.rawValue)))
  }

  @Test(arguments: Control.Method.allCases)
  func `somebody has decided who may call each method`(method: Control.Method) {
    #expect(Control.signatures.count { $0.method == method } == 1)
    #expect(Authorisation.table().covers(method.fullName))
  }
}
