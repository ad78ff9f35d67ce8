import Foundation
import Knowledge
import KnowledgeFiles
import Support
import Testing

/// What this computer adds in a directory.
@Suite struct FileTests {
  private func catalogue(_ files: [String: String]) throws -> Catalogue {
    let directory = try TemporaryDirectory()
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/\(name)"))
    }
    return Catalogue.read(from: directory.path)
  }

  @Test func `a file adds a model or several`() throws {
    let several = #"{"schema": 1, "models": [\#(Entry().text.replacing("TEST-1", with: "TEST-2"))]}"#
    let catalogue = try catalogue(["one.json": Entry().text, "two.json": several])
    #expect(catalogue.faults.isEmpty)
    #expect(catalogue.models.suffix(2).map(\.name) == ["TEST-1", "TEST-2"])
    #expect(catalogue.models.last?.file.hasSuffix("/two.json") == true)
  }

  @Test func `files are taken in the order of their names, and others are not looked at`() throws {
    let other = Entry(form: "earbuds").text
    let catalogue = try catalogue([
      "b.json": Entry().text, "a.json": other, ".hidden.json": "{", "notes.txt": "{", "a.json~": "{", ".json": "{",
    ])
    #expect(catalogue.faults.isEmpty)
    #expect(catalogue.model(called: "TEST-1")?.0.form == .overEar)
  }

  @Test func `ten megabytes are refused before anything parses them`() throws {
    let catalogue = try catalogue([
      "big.json": "[" + String(repeating: "[],", count: 3_500_000) + "[]]", "good.json": Entry().text,
    ])
    #expect(catalogue.faults.map(\.rule) == [.file])
    #expect(catalogue.faults[0].file.hasSuffix("/big.json"))
    #expect(catalogue.model(called: "TEST-1") != nil)
  }

  @Test func `each broken file is told with its line and rule, and the others are used`() throws {
    var broken = Entry()
    broken.procedures[0].steps = #"[{"do": "hold", "keys": ["volume_up"], "hold_s": {"min": 7}}]"#
    let catalogue = try catalogue([
      "1.json": "{\n\n", "2.json": broken.text, "3.json": "\u{FFFE}", "4.json": #"{"schema": 1}"#, "5.json": "",
      "6.json": Entry().text,
    ])
    let faults = catalogue.faults.map { "\($0.file.split(separator: "/").last ?? "") \($0.line ?? 0) \($0.rule.title)" }
    #expect(
      faults == [
        "1.json 3 syntax", "2.json 14 rule 1 (keys)", "3.json 1 syntax", "4.json 1 schema", "5.json 1 syntax",
      ])
    #expect(catalogue.models.count == Catalogue.own.models.count + 1)
    #expect(
      catalogue.faults[1].description.hasSuffix(
        #"2.json:14: rule 1 (keys): the model has no key "volume_up"; it has: power, nc_ambient"#))
  }

  @Test func `what is no file is not waited for`() throws {
    let directory = try TemporaryDirectory()
    #expect(unsafe mkfifo("\(directory.path)/pipe.json", 0o600) == 0)
    try FileManager.default.createDirectory(
      atPath: "\(directory.path)/folder.json", withIntermediateDirectories: false)
    let catalogue = Catalogue.read(from: directory.path)
    #expect(catalogue.faults.map(\.rule) == [.file, .file])
    #expect(Catalogue.read(from: "\(directory.path)/pipe.json").faults.map(\.rule) == [.file])
    #expect(Catalogue.read(from: "\(directory.path)/missing").faults.isEmpty)
  }

  @Test func `more files than anybody has are refused together`() throws {
    let files = (0...Source.mostFiles).map { ("\($0).json", Entry().text) }
    let catalogue = try catalogue(Dictionary(uniqueKeysWithValues: files))
    #expect(catalogue.faults.map(\.rule) == [.file])
    #expect(catalogue.model(called: "TEST-1") == nil)
  }

  @Test func `whatever a file holds, nothing is worse than a refusal`() throws {
    var random = SystemRandomNumberGenerator()
    let text = Array(Entry().text.utf8)
    for _ in 0..<300 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0x20...0x7E, using: &random)
      }
      let catalogue = Catalogue(String(decoding: bytes, as: UTF8.self))
      #expect(catalogue.faults.isEmpty != catalogue.models.isEmpty, "\(String(decoding: bytes, as: UTF8.self))")
      #expect(catalogue.faults.allSatisfy { $0.line != nil })
    }
  }
}
