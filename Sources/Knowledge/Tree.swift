// The Knowledge layer: what is known of headsets' own procedures, and the rules by which it may be believed and shown.
// It is pure: it imports nothing, reads no file and knows no JSON. Whoever reads a file hands it the tree.

/// A parsed text, as the reader of a file hands it over. Numbers are all alike; a name stands once in an object.
package enum Tree: Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([Tree])
  case members([String: Tree])

  /// What a person would call it.
  var title: String {
    switch self {
    case .null: "null"
    case .flag: "a boolean"
    case .number: "a number"
    case .text: "a string"
    case .list: "an array"
    case .members: "an object"
    }
  }
}

/// One step from a value to one inside it.
enum Step: Hashable, Sendable {
  case member(String)
  case element(Int)
}

/// A file of models: its name, its bytes, which lines are counted in, and what they say.
package struct Source: Sendable {
  package let file: String
  package let bytes: [UInt8]
  package let tree: Tree

  package init(file: String, bytes: [UInt8], tree: Tree) {
    self.file = file
    self.bytes = bytes
    self.tree = tree
  }
}
