internal import Interface

/// One of several entries, chosen by a person: what is shown, and what a key does. Without a terminal of its own.
struct Choice {
  enum Key: Equatable {
    case up, down, erase
    case letter(Character)
  }

  /// Lines that are shown at once.
  private static let mostShown = 10
  /// Letters that are looked for at most.
  private static let longestFilter = 64

  let entries: [String]
  private(set) var filter: String
  /// Among those that fit.
  private var place = 0

  init(_ entries: [String], filter: String = "") {
    self.entries = entries
    self.filter = String(filter.prefix(Self.longestFilter))
    if fitting.isEmpty { self.filter = "" }
  }

  /// The entries that have what was typed, by their places.
  private var fitting: [Int] {
    let sought = filter.lowercased()
    return entries.indices.filter { sought.isEmpty || entries[$0].lowercased().contains(sought) }
  }

  /// The place of the entry that is marked; nil where none fits.
  var marked: Int? {
    let fitting = fitting
    return fitting.isEmpty ? nil : fitting[min(place, fitting.count - 1)]
  }

  mutating func press(_ key: Key) {
    switch key {
    case .up: place = max(0, place - 1)
    case .down: place = min(max(0, fitting.count - 1), place + 1)
    case .erase:
      filter = String(filter.dropLast())
      place = 0
    case .letter(let letter):
      guard filter.count < Self.longestFilter else { return }
      filter.append(letter)
      place = 0
    }
  }

  /// What is shown: the question, and the entries that fit, as many as there is room for around the one that is marked.
  func lines(_ question: String, columns: Int) -> [String] {
    let fitting = fitting
    let mark = min(place, max(0, fitting.count - 1))
    let first = max(0, min(mark - Self.mostShown / 2, fitting.count - Self.mostShown))
    let shown = fitting.indices.dropFirst(first).prefix(Self.mostShown).map { place in
      (place == mark ? "> " : "  ") + entries[fitting[place]]
    }
    let more = fitting.count > Self.mostShown ? ["  (\(fitting.count) in all)"] : []
    let none = fitting.isEmpty ? ["  (nothing has \"\(filter)\" in it)"] : []
    let head = question + (filter.isEmpty ? "" : " \(filter)")
    return ([head] + shown + none + more).map { truncated(displayable($0), to: columns) }
  }
}
