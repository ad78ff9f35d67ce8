/// A value of a tree with its place, to be read as what the schema says it is.
struct Node {
  let tree: Tree
  let path: [Step]

  /// Bytes of the longest text.
  static let longestText = 512
  /// Bytes of the longest word: a model, a key, a family.
  static let longestWord = 128
  /// Elements of the longest list but that of the models.
  static let longestList = 64

  func violation(_ rule: Rule, _ reason: String) -> Violation { Violation(rule: rule, path: path, reason: reason) }

  private func other(than expected: String) -> Violation {
    violation(.schema, "\(place)\(expected) was expected, not \(tree.title)")
  }

  /// "steps.0.keys: ", for a sentence.
  private var place: String {
    let words = path.suffix(3).map { step in
      switch step {
      case .member(let name): name
      case .element(let number): "\(number)"
      }
    }
    return words.isEmpty ? "" : words.joined(separator: ".") + ": "
  }

  var isNull: Bool { if case .null = tree { true } else { false } }

  func flag() throws(Violation) -> Bool {
    guard case .flag(let flag) = tree else { throw other(than: "a boolean") }
    return flag
  }

  /// Not negative, and no longer than a day, whatever unit it has.
  func number() throws(Violation) -> Double {
    guard case .number(let number) = tree else { throw other(than: "a number") }
    guard (0...86_400).contains(number) else { throw violation(.schema, "\(place)the number is out of bounds") }
    return number
  }

  func text() throws(Violation) -> String {
    guard case .text(let text) = tree else { throw other(than: "a string") }
    guard !text.utf8.isEmpty else { throw violation(.schema, "\(place)the text is empty") }
    guard text.utf8.count <= Self.longestText else {
      throw violation(.schema, "\(place)the text is longer than \(Self.longestText) bytes")
    }
    return text
  }

  /// A short text of printable ASCII, which may be compared as it is.
  func word() throws(Violation) -> String {
    let text = try text()
    guard text.utf8.count <= Self.longestWord, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      throw violation(.schema, "\(place)a word of printable ASCII, at most \(Self.longestWord) bytes, was expected")
    }
    return text
  }

  /// One of a closed set of words.
  func word<Word: RawRepresentable & CaseIterable>(
    of type: Word.Type, rule: Rule = .schema
  ) throws(Violation) -> Word where Word.RawValue == String {
    let text = try word()
    guard let word = Word(rawValue: text) else {
      let accepted = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw violation(rule, "\(place)\"\(text)\" is none of: \(accepted)")
    }
    return word
  }

  func list(longest: Int = Node.longestList) throws(Violation) -> [Node] {
    guard case .list(let elements) = tree else { throw other(than: "an array") }
    guard elements.count <= longest else { throw violation(.schema, "\(place)more than \(longest) elements") }
    return elements.enumerated().map { Node(tree: $1, path: path + [.element($0)]) }
  }

  func words() throws(Violation) -> [String] {
    try list().map { element throws(Violation) in try element.word() }
  }

  func words<Word: RawRepresentable & CaseIterable>(of type: Word.Type) throws(Violation) -> [Word]
  where Word.RawValue == String {
    try list().map { element throws(Violation) in try element.word(of: type) }
  }

  /// The members of an object that has no others than these.
  func members(_ accepted: [String]) throws(Violation) -> Members {
    guard case .members(let members) = tree else { throw other(than: "an object") }
    if let stranger = members.keys.sorted().first(where: { !accepted.contains($0) }) {
      throw Node(tree: .null, path: path + [.member(stranger)])
        .violation(.schema, "\"\(stranger)\" is none of: \(accepted.joined(separator: ", "))")
    }
    return Members(node: self, members: members)
  }
}

/// The members of an object. One that is null is as good as none.
struct Members {
  let node: Node
  fileprivate let members: [String: Tree]

  subscript(name: String) -> Node? {
    guard let tree = members[name] else { return nil }
    let member = Node(tree: tree, path: node.path + [.member(name)])
    return member.isNull ? nil : member
  }

  func required(_ name: String) throws(Violation) -> Node {
    guard let member = self[name] else { throw node.violation(.schema, "\"\(name)\" is missing") }
    return member
  }

  func flag(_ name: String) throws(Violation) -> Bool? {
    try self[name].map { node throws(Violation) in try node.flag() }
  }

  func text(_ name: String) throws(Violation) -> String? {
    try self[name].map { node throws(Violation) in try node.text() }
  }

  func number(_ name: String) throws(Violation) -> Double? {
    try self[name].map { node throws(Violation) in try node.number() }
  }

  /// Empty when it is not there.
  func words(_ name: String) throws(Violation) -> [String] {
    try self[name].map { node throws(Violation) in try node.words() } ?? []
  }

  func words<Word: RawRepresentable & CaseIterable>(_ name: String, of type: Word.Type) throws(Violation) -> [Word]
  where Word.RawValue == String {
    try self[name].map { node throws(Violation) in try node.words(of: type) } ?? []
  }
}
