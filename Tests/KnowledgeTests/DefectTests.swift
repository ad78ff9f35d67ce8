import Foundation
import Knowledge
import KnowledgeFiles
import Support
import Testing

/// What is known to be broken: its table, and what that says of a computer.
@Suite struct DefectTests {
  private static let source = #"[{"url": "https://example.org/1", "says": "so"}]"#

  /// A file with one row, each member on a line of its own.
  private static func text(_ members: [String] = [], sources: String = source) -> String {
    """
    {"schema": 1, "defects": [{
      "name": "row",
      "component": "bluez",
      "symptom": "It breaks.",
      "sign": "A line.",
      "cure": "Another.",
      \(members.map { $0 + ",\n  " }.joined())"sources": \(sources)
    }]}
    """
  }

  private static func table(_ text: String) -> DefectTable {
    do { return DefectTable(own: try Source(file: "test.json", parsing: Array(text.utf8))) } catch {
      return DefectTable(unread: [error])
    }
  }

  private static func row(_ members: String...) throws -> Defect { try #require(table(text(members)).rows.first) }

  private let own = DefectTable.read(from: "/nonexistent")

  // MARK: The table

  @Test func `the table that the programs carry keeps its rules, and every row says from where`() {
    #expect(own.faults.isEmpty, "\(own.faults)")
    #expect(own.rows.count > 15)
    for row in own.rows {
      #expect(!row.sources.isEmpty, "\(row.name)")
      #expect(row.component == .controller || row.before != nil, "\(row.name) would befall every version to come")
      #expect([row.symptom, row.cure].allSatisfy { $0.hasSuffix(".") }, "\(row.name)")
    }
  }

  private static let mistakes: [(String, String, Int, Rule)] = [
    (#""component": "bluez""#, #""component": "grub""#, 3, .schema),
    (#""symptom": "It breaks.""#, #""symptom": """#, 4, .schema),
    (#""cure": "Another.""#, #""cures": "Another.""#, 6, .schema),
    (#""from": "5.66""#, #""from": "newest""#, 7, .schema), (#""from": "5.66""#, #""from": 5.66"#, 7, .schema),
    (#""from": "5.66""#, #""from": "5.90""#, 1, .schema),
    (#""before": "5.88""#, #""before": ["5.88"]"#, 8, .schema),
    (#""controllers": ["10d7:b012"]"#, #""controllers": ["10D7:B012"]"#, 9, .schema),
    (#""needs": ["le_audio"]"#, #""needs": ["luck"]"#, 10, .schema),
    (#""weight": "note""#, #""weight": "broken""#, 11, .schema),
    (#""sources": "# + source, #""sources": []"#, 12, .source),
    (#""sources": "# + source, #""sauces": "# + source, 12, .schema),
    (source, #"[{"url": "http://example.org", "says": "so"}]"#, 12, .source),
    (source, #"[{"url": "https://example.org"}]"#, 12, .schema), (#""schema": 1"#, #""schema": 2"#, 1, .schema),
  ]

  @Test(arguments: mistakes)
  func `a row that is not as the schema says refuses its file, with the line`(
    good: String, bad: String, line: Int, rule: Rule
  ) throws {
    let text = Self.text([
      #""from": "5.66""#, #""before": "5.88""#, #""controllers": ["10d7:b012"]"#, #""needs": ["le_audio"]"#,
      #""weight": "note""#,
    ])
    #expect(Self.table(text).faults.isEmpty, "\(Self.table(text).faults)")
    #expect(text.contains(good))
    let table = Self.table(text.replacing(good, with: bad))
    let fault = try #require(table.faults.first)
    #expect(table.rows.isEmpty)
    #expect(fault.rule == rule, "\(fault)")
    #expect(fault.line == line, "\(fault)")
  }

  @Test func `a row without a source fails`() {
    let text = Self.text().replacing(#","# + "\n  " + #""sources": "# + Self.source, with: "")
    #expect(Self.table(text).faults.map(\.rule) == [.source])
    #expect(Self.table(text).faults.first?.description.contains("source") == true)
  }

  @Test func `a computer adds rows, and one of the same name takes the place of ours`() throws {
    let directory = try TemporaryDirectory()
    let name = try #require(own.rows.first?.name)
    let texts = [
      "1.json": Self.text(), "2.json": Self.text().replacing(#""name": "row""#, with: #""name": "\#(name)""#),
      "3.json": "{", "note.txt": "{",
    ]
    for (file, text) in texts { try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/\(file)")) }
    let table = DefectTable.read(from: directory.path)
    #expect(table.faults.map(\.rule) == [.syntax])
    #expect(table.rows.count == own.rows.count + 1)
    #expect(table.rows.first?.symptom == "It breaks.")
  }

  // MARK: What it says

  private static func dpkg(_ version: String) -> Defect.Installed {
    Defect.Installed(upstream: nil, package: version, database: "dpkg")
  }

  private static func judge(_ row: Defect, _ installed: Defect.Installed?) -> Defect.Judgement {
    row.judge(installed, controllers: [], seen: [])
  }

  @Test func `a package of Debian's is judged by its own version, which may have the cure first`() throws {
    let row = try Self.row(#""from": "5.80", "before": "5.88", "cured": ["5.82-2", "5.87-5"]"#)
    #expect(Self.judge(row, Self.dpkg("5.87-4")) == .affected(compared: "the package bluez 5.87-4 (dpkg)"))
    for spared in ["5.87-5", "5.87-10", "5.88-1", "5.82-2", "5.82-2+b1", "5.66-1+deb12u2"] {
      #expect(Self.judge(row, Self.dpkg(spared)) == .spared, "\(spared)")
    }
    for affected in ["5.82-1.1", "5.86-9", "5.87-1~bpo13+1"] {
      #expect(Self.judge(row, Self.dpkg(affected)) != .spared, "\(affected)")
    }
  }

  @Test func `without Debian's database the upstream version is compared, and that is said`() throws {
    let row = try Self.row(#""from": "5.87", "before": "5.88", "cured": ["5.87-5"]"#)
    let upstream = Defect.Judgement.affected(compared: "the upstream version of bluez, 5.87")
    #expect(Self.judge(row, Defect.Installed(upstream: "5.87")) == upstream)
    let arch = Defect.Installed(upstream: nil, package: "5.87-9", database: "pacman")
    #expect(Self.judge(row, arch) == .affected(compared: "the package bluez 5.87-9 (pacman)"))
    #expect(Self.judge(row, Defect.Installed(upstream: "5.86")) == .spared)
    #expect(Self.judge(row, nil) == .spared)
    guard case .open = Self.judge(row, Defect.Installed(upstream: nil)) else {
      Issue.record("a version that nobody knows was judged")
      return
    }
  }

  @Test func `of a vulnerability nothing is said that only a distribution knows`() throws {
    let row = try Self.row(#""before": "5.88", "cured": ["5.87-5"], "security": true"#)
    for unknown in [Self.dpkg("5.82-1.1"), Defect.Installed(upstream: "5.87")] {
      guard case .open = Self.judge(row, unknown) else {
        Issue.record("\(Self.judge(row, unknown))")
        continue
      }
    }
    #expect(Self.judge(row, Self.dpkg("5.87-4")) == .affected(compared: "the package bluez 5.87-4 (dpkg)"))
    #expect(Self.judge(row, Self.dpkg("5.87-5")) == .spared)
    #expect(Self.judge(row, Self.dpkg("5.88-1")) == .spared)
  }

  @Test func `the one of bookworm's BlueZ is cured where Debian's changelog says so`() throws {
    let row = try #require(own.rows.first { $0.name == "CVE-2023-45866" })
    #expect(Self.judge(row, Self.dpkg("5.66-1")) != .spared)
    #expect(Self.judge(row, Self.dpkg("5.66-1+deb12u2")) == .spared)
    #expect(Self.judge(row, Self.dpkg("5.82-1.1")) == .spared)
  }

  @Test func `what must be seen besides is needed, and a controller is known by its number`() throws {
    let needy = try Self.row(#""from": "5.80", "needs": ["le_audio"]"#)
    #expect(needy.judge(Self.dpkg("5.87-5"), controllers: [], seen: []) == .spared)
    #expect(needy.judge(Self.dpkg("5.87-5"), controllers: [], seen: [.leAudio]) != .spared)
    let controller = try #require(own.rows.first { $0.component == .controller })
    #expect(controller.judge(nil, controllers: ["8087:0033"], seen: []) == .spared)
    #expect(
      controller.judge(nil, controllers: ["8087:0033", "10d7:b012"], seen: [])
        == .affected(compared: "the controller 10d7:b012"))
  }

  @Test func `each fault of the table hits a version that has it and spares one that has not`() throws {
    let hits: [(String, hit: String, miss: String)] = [
      ("bluez-5.87-endpoint-cache", "5.87", "5.86"), ("bluez-5.87-filter-crash", "5.87", "5.88"),
      ("bluez-5.87-volume", "5.87", "5.86"), ("bluez-5.86-source-first", "5.86", "5.87"),
      ("bluez-5.86-no-endpoint", "5.86", "5.85"), ("bluez-5.83-a2dp-at-start", "5.84", "5.82"),
      ("bluez-5.83-monitor-crash", "5.83", "5.84"), ("bluez-5.79-volume", "5.79", "5.80"),
      ("bluez-5.71-keys-not-loaded", "5.72", "5.66"), ("bluez-transport-idle-early", "5.66", "5.82"),
      ("bluez-endless-retries", "5.66", "5.87"), ("bluez-le-audio-stale-object", "5.86", "5.82"),
      ("wireplumber-0.5.16-headset-microphone", "0.5.17", "0.5.18"), ("kernel-7.0-mediatek-setup", "7.0.9", "7.0.11"),
      ("kernel-7.1.5-mediatek-mt7921k", "7.1.5", "7.1.6"), ("CVE-2023-45866", "5.66", "5.71"),
      ("CVE-2026-80185", "5.87", "5.88"), ("CVE-2026-80186", "5.87", "5.88"), ("CVE-2026-75032", "5.87", "5.88"),
      ("CVE-2026-14330", "1.6.9", "1.6.10"),
    ]
    for (name, hit, miss) in hits {
      let row = try #require(own.rows.first { $0.name == name }, "\(name)")
      let seen = Set(Defect.Sighting.allCases)
      #expect(row.judge(Defect.Installed(upstream: hit), controllers: [], seen: seen) != .spared, "\(name)")
      #expect(row.judge(Defect.Installed(upstream: miss), controllers: [], seen: seen) == .spared, "\(name)")
    }
    #expect(Set(hits.map(\.0)).count == own.rows.count { $0.component != .controller })
  }
}
