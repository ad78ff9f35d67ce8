import Interface
import Testing

@Suite struct FlushTests {
  @Test func `the interface declares the errors that the code names, and no others`() {
    let declared = Flush.description.split(separator: "\n").filter { $0.hasPrefix("error ") }
      .map { $0.dropFirst("error ".count).prefix { $0 != " " } }
    #expect(declared.map(String.init) == Flush.ErrorName.allCases.map(\.rawValue))
  }

  @Test func `layers, holdings and events have the names of the interface`() {
    func declares<Name: CaseIterable & RawRepresentable<String>>(_ field: String, _ names: Name.Type) -> Bool {
      let list = names.allCases.map(\.rawValue).joined(separator: ", ")
      return Flush.description.contains("  \(field): (\(list))")
    }
    #expect(declares("layer", Flush.LayerName.self))
    #expect(declares("before", Flush.Holding.self))
    #expect(declares("after", Flush.Holding.self))
    #expect(declares("event", Flush.LinkEvent.self))
  }
}
