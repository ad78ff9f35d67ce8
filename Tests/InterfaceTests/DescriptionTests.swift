import Interface
import Testing

/// The descriptions as varlink's own grammar has them; `varlinkctl validate-idl` refuses others.
@Suite struct DescriptionTests {
  /// The text without its comments.
  private func definitions(_ description: String) -> [Substring] {
    description.split(separator: "\n").map { $0.prefix { $0 != "#" } }
  }

  private func symbols(_ description: String, _ kinds: Set<Substring>) -> [Substring] {
    definitions(description).compactMap { line in
      let words = line.split { " (".contains($0) }
      return words.count > 1 && kinds.contains(words[0]) ? words[1] : nil
    }
  }

  @Test(arguments: [Control.description, Session.description, Flush.description])
  func `no type, method or error has the name of another`(description: String) {
    let all = symbols(description, ["type", "method", "error"])
    #expect(all.count > 3)
    #expect(Set(all).count == all.count, "\(Dictionary(grouping: all) { $0 }.filter { $1.count > 1 }.keys)")
  }

  @Test(arguments: [Control.description, Session.description, Flush.description])
  func `every type that a field has is defined`(description: String) {
    let defined = Set(symbols(description, ["type"]))
    for line in definitions(description) {
      for field in line.split(separator: ":").dropFirst() {
        let type = field.drop { " ?[]".contains($0) }.prefix { $0.isLetter }
        if type.first?.isUppercase == true { #expect(defined.contains(type), "\(type)") }
      }
    }
  }
}
