/// What a file of models, or of known faults, was refused by. The raw value is stable: it is the `rule` in `--json`.
package enum Rule: String, CaseIterable, Sendable {
  /// The file is no file, cannot be read, or is longer than any that is meant.
  case file
  /// It is not JSON.
  case syntax
  /// A value has another type than the schema says, is missing, unknown or out of bounds.
  case schema
  /// 1: a procedure uses only keys that the model has.
  case keys
  /// 2: there are four kinds of procedures. None erases the list of paired devices alone.
  case kinds
  /// 3: nothing is surer than its sources, each of which has a family.
  case confidence
  /// 4: what is not sure is not shown as if it were.
  case show
  /// 5: a hold has no longest time unless its maker gives one.
  case holds
  /// 6: what erases something says what.
  case erasure
  /// 7: wired headphones have no procedures.
  case wired
  /// What is known to be broken says from where that is known.
  case source

  /// The number of one of the seven rules of procedures; nil for what makes a file unusable otherwise.
  package var number: Int? {
    switch self {
    case .file, .syntax, .schema, .source: nil
    case .keys: 1
    case .kinds: 2
    case .confidence: 3
    case .show: 4
    case .holds: 5
    case .erasure: 6
    case .wired: 7
    }
  }

  /// "rule 1 (keys)", or "schema".
  package var title: String { number.map { "rule \($0) (\(rawValue))" } ?? rawValue }
}

/// Why a file is not used, and where.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  /// From 1; nil where the file as a whole is meant.
  package let line: Int?
  package let rule: Rule
  package let reason: String

  package init(file: String, line: Int?, rule: Rule, reason: String) {
    self.file = file
    self.line = line
    self.rule = rule
    self.reason = reason
  }

  /// "models.json:12: rule 1 (keys): …".
  package var description: String { "\(file):\(line.map { "\($0):" } ?? "") \(rule.title): \(reason)" }
}

/// The same, before its line is known.
struct Violation: Error {
  let rule: Rule
  let path: [Step]
  let reason: String
}

extension Fault {
  /// A text that is no JSON, by the offset in bytes where that shows.
  package init(file: String, offset: Int, in bytes: [UInt8], reason: String) {
    self.init(file: file, line: Lines.number(of: offset, in: bytes), rule: .syntax, reason: reason)
  }
}
