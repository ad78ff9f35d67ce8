import Knowledge
import KnowledgeFiles
import Testing

/// Files that are not as the schema says.
@Suite struct SchemaTests {
  /// What stands in a good file, what is put in its place, and on which line that is refused.
  private static let mistakes: [(String, String, Int)] = [
    (#""form": "over-ear""#, #""form": 3"#, 4), (#""form": "over-ear""#, #""form": "hat""#, 4),
    (#""bluetooth": true"#, #""bluetooth": "yes""#, 4), (#""bluetooth": true"#, #""bluetooth": null"#, 1),
    (#""model": "TEST-1""#, #""model": ["TEST-1"]"#, 3), (#""model": "TEST-1""#, #""model": """#, 3),
    (#""model": "TEST-1""#, #""model": "Kopfh\u00f6rer""#, 3), (#""model": "TEST-1""#, #""modell": "TEST-1""#, 3),
    (#""schema": 1"#, #""schema": 2"#, 2), (#""schema": 1"#, #""schema": "1""#, 2),
    (#""rejected": []"#, #""rejected": {}"#, 7), (#""kind": "initialize""#, #""kind": 1"#, 10),
    (#""destructive": true"#, #""destructive": 1"#, 11), (#"["powered_off"]"#, #"["asleep"]"#, 12),
    (#"["powered_off"]"#, #""powered_off""#, 12), (#""do": "hold""#, #""do": "shake""#, 14),
    (#""do": "hold""#, #""do": "hold", "for": 7"#, 14), (#"{"min": 7}"#, #"{"max": 7}"#, 14),
    (#"{"min": 7}"#, #"{"min": "7"}"#, 14), (#"{"min": 7}"#, #"{"min": -1}"#, 14),
    (#"{"min": 7}"#, #"{"min": 1e300}"#, 14), (#"{"min": 7}"#, "7", 14),
    (#"["power", "nc_ambient"], "hold_s""#, #"[], "hold_s""#, 14),
    (#""verdict": "to-be-checked""#, #""verdict": "true""#, 19),
    (#""verdict": "to-be-checked""#, #""verdict": "rejected""#, 19), (#""kind": "recalled""#, #""kind": "blog""#, 19),
    (#""confidence": "medium""#, #""confidence": "sure""#, 17),
    (#""show": "steps_with_warning""#, #""show": true"#, 18),
    (#"{"names": ["Test-1"]}"#, #"{"names": [1]}"#, 5), (#"{"names": ["Test-1"]}"#, #"{"modalias_product": "D58"}"#, 5),
    (#"{"names": ["Test-1"]}"#, #"{"modalias_product": "usb:0D58"}"#, 5),
    (#"{"names": ["Test-1"]}"#, #"{"modalias_product": "pci:v054Cp0D58"}"#, 5),
  ]

  @Test(arguments: mistakes)
  func `a value of another type, an unknown word or a missing member is refused with its line`(
    good: String, bad: String, line: Int
  ) throws {
    let text = Entry().text
    #expect(text.contains(good))
    let fault = try #require(Catalogue(text.replacing(good, with: bad)).faults.first)
    #expect(fault.rule == .schema, "\(fault)")
    #expect(fault.line == line, "\(fault)")
    #expect(fault.file == "test.json")
  }

  @Test func `what is not JSON is refused with the line on which it ends to be so`() throws {
    let text = Entry().text.replacing(#""rejected": [],"#, with: #""rejected": ],"#)
    let fault = try #require(Catalogue(text).faults.first)
    #expect(fault.rule == .syntax)
    #expect(fault.line == 7)
    #expect(Catalogue("").faults.map(\.rule) == [.syntax])
    #expect(Catalogue(String(repeating: "[", count: 100_000)).faults.map(\.rule) == [.syntax])
  }

  @Test(arguments: ["[]", "null", "1", #""text""#, "{}", #"{"models": 1}"#, #"{"schema": 1, "models": [[]]}"#])
  func `another JSON value is refused`(text: String) {
    #expect(Catalogue(text).faults.map(\.rule) == [.schema])
    #expect(Catalogue(text).models.isEmpty)
  }

  @Test func `texts and lists have bounds`() {
    let long = String(repeating: "x", count: 513)
    #expect(Entry(more: #", "unknown": ["\#(long)"]"#).fault?.rule == .schema)
    #expect(Entry(more: #", "aliases": ["\#(long.prefix(129))"]"#).fault?.rule == .schema)
    let many = Array(repeating: #""x""#, count: 65).joined(separator: ", ")
    #expect(Entry(more: #", "aliases": [\#(many)]"#).fault?.rule == .schema)
    #expect(Entry(more: #", "unknown": ["\#(long.prefix(512))"]"#).fault == nil)
  }

  @Test func `a fault says where its value stands among others that look alike`() throws {
    var second = Entry.Deed(
      kind: "reset", destructive: false, erases: "[]", more: #", "note": "a \"}]{[, b", "window_s": {}"#)
    second.steps = #"[{"do": "press", "keys": ["power"], "note": "\\"}]"#
    let entry = Entry(procedures: [.init(), second])
    let fault = try #require(entry.fault)
    #expect(fault.reason.contains("window_s"))
    #expect(fault.line == 31)
    #expect(entry.text.split(separator: "\n")[30].contains("window_s"))
  }

  @Test func `a model or a product id stands once in a file, and a procedure once in a model`() {
    func file(_ texts: String...) -> Catalogue {
      Catalogue(#"{"schema": 1, "models": [\#(texts.joined(separator: ","))]}"#)
    }
    let text = Entry().text
    #expect(file(text).faults.isEmpty)
    #expect(file(text, text).faults.map(\.rule) == [.schema])
    let (first, other) = (
      Entry(match: #"{"modalias_product": "0D58"}"#).text, #"{"modalias_product": "usb:v054cp0d58"}"#
    )
    let second = Entry(match: other).text.replacing("TEST-1", with: "TEST-2")
    #expect(file(first, second).faults.map(\.reason) == ["the product id of TEST-2 is there already"])
    #expect(Entry(procedures: [.init(), .init()]).fault?.reason == #"TEST-1 has two procedures "initialize""#)
  }
}
