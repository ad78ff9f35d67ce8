import Interface
import Testing

@Suite struct SessionTests {
  @Test func `the interface declares the errors that the code names, and no others`() {
    let declared = Session.description.split(separator: "\n").filter { $0.hasPrefix("error ") }
      .map { $0.dropFirst("error ".count).prefix { $0 != " " } }
    #expect(declared.map(String.init) == Session.ErrorName.allCases.map(\.rawValue))
  }

  @Test func `kinds of sound servers have the names of the interface`() {
    let list = Session.Server.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    #expect(Session.description.contains("  kind: (\(list))"))
  }
}
