/// All that is known to be broken, and which files were refused.
package struct DefectTable: Sendable {
  /// In the order of the files; a row of the same name stands in the place of the one before it.
  package private(set) var rows: [Defect] = []
  package private(set) var faults: [Fault]

  /// The rows that the program carries, then those that this computer adds. A file with a fault is left out as a whole.
  package init(own: Source? = nil, added: [Source] = [], unread: [Fault] = []) {
    faults = unread
    for source in [own].compactMap(\.self) + added {
      do throws(Fault) {
        for row in try source.defects() {
          if let index = rows.firstIndex(where: { $0.name == row.name }) {
            rows[index] = row
          } else {
            rows.append(row)
          }
        }
      } catch {
        faults.append(error)
      }
    }
  }

  /// The rows that every program carries, as JSON text.
  package static var ownBytes: [UInt8] { PackageResources.defects_json }
  /// What they are called in messages.
  package static let ownFile = "mdrctl"
}

// Rows read by their schema, which docs/doctor.md describes: a value out of place refuses the whole file.

private let schemaVersion = 1.0
private let mostRows = 1000

extension Source {
  func defects() throws(Fault) -> [Defect] {
    do throws(Violation) {
      return try Node(tree: tree, path: []).defects()
    } catch {
      let line = Lines.number(of: error.path, in: bytes)
      throw Fault(file: file, line: line, rule: error.rule, reason: error.reason)
    }
  }
}

extension Node {
  fileprivate func defects() throws(Violation) -> [Defect] {
    let file = try members(["schema", "defects"])
    let schema = try file.required("schema")
    guard try schema.number() == schemaVersion else {
      throw schema.violation(.schema, "only the schema \(Int(schemaVersion)) is known")
    }
    var rows: [Defect] = []
    for node in try file.required("defects").list(longest: mostRows) {
      let row = try node.defect()
      if rows.contains(where: { $0.name == row.name }) {
        throw node.violation(.schema, "\(row.name) is there already")
      }
      rows.append(row)
    }
    return rows
  }

  private func defect() throws(Violation) -> Defect {
    let members = try members([
      "name", "component", "from", "before", "cured", "controllers", "needs", "shown_by", "weight", "security",
      "symptom", "sign", "cure", "fixed", "sources",
    ])
    let row = Defect(
      name: try members.required("name").word(),
      component: try members.required("component").word(of: Defect.Component.self),
      from: try members.packageVersion("from"), before: try members.packageVersion("before"),
      cured: try members["cured"].map { node throws(Violation) in
        try node.list().map { node throws(Violation) in try node.packageVersion() }
      } ?? [],
      controllers: try members["controllers"].map { node throws(Violation) in
        try node.list().map { node throws(Violation) in try node.controller() }
      } ?? [],
      needs: try members.words("needs", of: Defect.Sighting.self),
      shownBy: try members.words("shown_by", of: Defect.Sighting.self),
      weight: try members["weight"].map { node throws(Violation) in try node.word(of: Defect.Weight.self) } ?? .warning,
      isSecurity: try members.flag("security") ?? false,
      symptom: try members.required("symptom").text(), sign: try members.required("sign").text(),
      cure: try members.required("cure").text(), fixed: try members.text("fixed"), sources: try members.sources())
    if row.component == .controller, row.controllers.isEmpty {
      throw violation(.schema, "a row about a controller says which")
    }
    if let from = row.from, let before = row.before, before <= from {
      throw violation(.schema, "the row ends before it begins: \(from.text) to \(before.text)")
    }
    return row
  }

  /// As a package has it, or upstream: digits first.
  fileprivate func packageVersion() throws(Violation) -> PackageVersion {
    let text = try word()
    let isOfVersion: (UInt8) -> Bool = { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "+-.:~".utf8.contains(byte)
    }
    guard text.utf8.first.map({ (0x30...0x39).contains($0) }) == true, text.utf8.allSatisfy(isOfVersion) else {
      throw violation(.schema, "\"\(text)\" is no version")
    }
    return PackageVersion(text)
  }

  /// A USB number of vendor and product: "10d7:b012".
  private func controller() throws(Violation) -> String {
    let text = try word()
    let bytes = Array(text.utf8)
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard bytes.count == 9, bytes[4] == UInt8(ascii: ":"), (bytes[..<4] + bytes[5...]).allSatisfy(isDigit) else {
      throw violation(.schema, "\"\(text)\" is no USB number such as 10d7:b012")
    }
    return text
  }
}

extension Members {
  fileprivate func packageVersion(_ name: String) throws(Violation) -> PackageVersion? {
    try self[name].map { node throws(Violation) in try node.packageVersion() }
  }

  /// A row that nobody can look up is worth nothing.
  fileprivate func sources() throws(Violation) -> [Defect.Source] {
    guard let node = self["sources"] else {
      throw node.violation(.source, "the row does not say where it is known from")
    }
    let sources = try node.list().map { node throws(Violation) in
      let members = try node.members(["url", "says"])
      let address = try members.required("url")
      let url = try address.word()
      guard url.hasPrefix("https://") else { throw address.violation(.source, "the source's address is not https") }
      return Defect.Source(url: url, says: try members.required("says").text())
    }
    guard !sources.isEmpty else { throw node.violation(.source, "the row does not say where it is known from") }
    return sources
  }
}
