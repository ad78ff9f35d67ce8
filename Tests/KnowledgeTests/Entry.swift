import Knowledge
import KnowledgeFiles
import Testing

/// A file with one model, to be spoilt in one place.
struct Entry {
  var form = "over-ear"
  var bluetooth = true
  var controls = #"{"keys": ["power", "nc_ambient"], "volume_keys": false}"#
  var match = #"{"names": ["Test-1"]}"#
  /// Members to follow the others, each with a comma before it.
  var more = ""
  var procedures: [Deed] = [Deed()]

  /// A procedure.
  struct Deed {
    var kind = "initialize"
    var destructive = true
    var preconditions = #"["powered_off"]"#
    var steps = #"[{"do": "hold", "keys": ["power", "nc_ambient"], "hold_s": {"min": 7}}]"#
    var erases = #"["pairing_list", "all_settings"]"#
    var keeps = "[]"
    var confidence = "medium"
    var show = "steps_with_warning"
    var evidence = "[\(recalled)]"
    var more = ""

    var text: String {
      """
      {
        "kind": "\(kind)",
        "destructive": \(destructive),
        "preconditions": \(preconditions),
        "steps":
          \(steps),
        "erases": \(erases),
        "keeps": \(keeps),
        "confidence": "\(confidence)",
        "show": "\(show)",
        "evidence": \(evidence)\(more)
      }
      """
    }
  }

  static let recalled = evidence("recalled", "sony", "to-be-checked")
  static let official = evidence("official", "sony", "supports")

  static func evidence(_ kind: String, _ family: String, _ verdict: String) -> String {
    #"{"source": "S", "kind": "\#(kind)", "family": "\#(family)", "says": "so", "verdict": "\#(verdict)"}"#
  }

  /// The procedure begins on line 9 and has its steps on line 14.
  var text: String {
    """
    {
      "schema": 1,
      "model": "TEST-1",
      "form": "\(form)", "bluetooth": \(bluetooth),
      "match": \(match),
      "controls": \(controls)\(more),
      "rejected": [],
      "procedures": [
    \(procedures.map(\.text).joined(separator: ",\n"))
    ]}
    """
  }

  var catalogue: Catalogue { Catalogue(text) }
  var fault: Fault? { catalogue.faults.first }

  /// With a procedure that says what a guide claims.
  static func claim(
    _ kind: String, keys: [String], of model: String, hold: String = #"{"min": 7}"#,
    erases: String = #"["pairing_list", "all_settings"]"#, preconditions: String = "[]"
  ) -> Entry {
    let keys = keys.map { #""\#($0)""# }.joined(separator: ", ")
    let destroys = kind != "reset" && kind != "pairing_mode"
    let deed = Deed(
      kind: kind, destructive: destroys, preconditions: preconditions,
      steps: #"[{"do": "hold", "keys": [\#(keys)], "hold_s": \#(hold)}]"#, erases: destroys ? erases : "[]",
      confidence: "low", show: "link_only", evidence: "[\(evidence("seed", "sonusgearflow.com", "to-be-checked"))]")
    return Entry(controls: model, procedures: [deed])
  }
}

extension Catalogue {
  /// What one file says by itself.
  init(_ text: String, file: String = "test.json") {
    do {
      self.init(own: try Source(file: file, parsing: Array(text.utf8)))
    } catch {
      self.init(unread: [error])
    }
  }

  static let own = Catalogue.read(from: "/nonexistent")
}
