/// The members of a JSON object: values by their names, each of which stands once.
///
/// Names are matched by their bytes and kept in the order of their bytes. They are never hashed, and never compared as
/// `Character`s, so a name costs what its length costs, whoever has chosen it.
package struct JSONMembers: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package let name: String
    package var value: JSONValue

    package static func == (left: Self, right: Self) -> Bool {
      left.name.hasSameBytes(as: right.name) && left.value == right.value
    }
  }

  private var members: [Member] = []

  package init() {}

  /// Takes members in any order; nil when a name stands twice.
  init?(unordered: [Member]) {
    members = unordered
    // What we wrote ourselves is in order.
    if !hasOrder {
      members.sort { $0.name.precedes($1.name) }
      guard hasOrder else { return nil }
    }
  }

  private var hasOrder: Bool { zip(members, members.dropFirst()).allSatisfy { $0.name.precedes($1.name) } }

  /// The value of that name; nil where there is none.
  package subscript(name: String) -> JSONValue? {
    get {
      let place = place(of: name)
      return holds(name, at: place) ? members[place].value : nil
    }
    set {
      let place = place(of: name)
      switch (holds(name, at: place), newValue) {
      case (true, let value?): members[place].value = value
      case (true, nil): members.remove(at: place)
      case (false, let value?): members.insert(Member(name: name, value: value), at: place)
      case (false, nil): break
      }
    }
  }

  /// All names, in order.
  package var names: [String] { members.map(\.name) }

  /// These members, and those of `others` whose names are not among them.
  package func merging(_ others: Self) -> Self {
    others.reduce(into: self) { if $0[$1.name] == nil { $0[$1.name] = $1.value } }
  }

  /// The members that fit.
  package func filter(_ fits: (Member) -> Bool) -> Self {
    var chosen = Self()
    chosen.members = members.filter(fits)
    return chosen
  }

  /// Where the name stands, or would stand.
  private func place(of name: String) -> Int {
    var (low, high) = (0, members.count)
    while low < high {
      let middle = (low + high) / 2
      if members[middle].name.precedes(name) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func holds(_ name: String, at place: Int) -> Bool {
    place < members.count && members[place].name.hasSameBytes(as: name)
  }
}

extension JSONMembers: Sequence {
  package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONMembers: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (name, value) in elements { self[name] = value }
  }
}

extension String {
  /// Whether the bytes are the same. Two strings that only look the same are not equal.
  func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Whether the bytes come before those of another text.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
