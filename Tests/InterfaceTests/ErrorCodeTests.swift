import Interface
import Testing
import Vocabulary

@Suite struct ErrorCodeTests {
  @Test(arguments: ErrorCode.allCases)
  func `every error code is declared in the interface and found again by its name`(code: ErrorCode) {
    let name = code.varlinkName.dropFirst(Control.interface.count + 1)
    #expect(Control.description.contains("\nerror \(name) ("))
    #expect(ErrorCode(varlinkName: code.varlinkName) == code)
    #expect(code.exitCode != .ok)
  }

  @Test func `the interface declares no error that has no code`() {
    let declared = Control.description.split(separator: "\n").filter { $0.hasPrefix("error ") }
      .map { $0.dropFirst("error ".count).prefix { $0 != " " } }
    #expect(Set(declared.map { "\(Control.interface).\($0)" }) == Set(ErrorCode.allCases.map(\.varlinkName)))
  }

  @Test func `what needs more says so in the interface, and nothing else does`() {
    for paragraph in Control.description.split(separator: "\n\n") {
      for signature in Control.signatures where paragraph.contains("\nmethod \(signature.method.rawValue)(") {
        #expect(paragraph.contains("Needs \"more\"") == (signature.replies == .untilLeft), "\(signature.method)")
      }
    }
  }
}
