/// Texts of strangers are compared by their bytes, or letter by letter: as a `String` a text may cost far more to compare
/// than its length.
extension String {
  package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// An order for lists.
  package func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

  /// As it is repeated to whoever wrote it: at most 248 bytes, as a Bluetooth name has (baseband specification, Local
  /// Name). What is longer is cut between two scalars, and an ellipsis says so.
  package var shown: String {
    guard utf8.count > DeviceQuery.longestText else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: DeviceQuery.longestText - 3)
    while end > utf8.startIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
    return String(unicodeScalars[..<end]) + "\u{2026}"
  }
}

/// A text to be found in others. Case does not matter, nor how a letter with its marks is written.
package struct SearchPattern: Sendable, Equatable {
  package enum Match: Sendable { case whole, part }

  private let letters: [Letter]
  /// For each letter: how many before it, and with it, are also the first ones (Knuth, Morris and Pratt).
  private let borders: [Int]

  package init(_ text: String) {
    let letters = text.lowercased().map(Letter.init)
    var borders = Array(repeating: 0, count: letters.count)
    var length = 0
    for index in letters.indices.dropFirst() {
      while length > 0, letters[index] != letters[length] { length = borders[length - 1] }
      if letters[index] == letters[length] { length += 1 }
      borders[index] = length
    }
    self.letters = letters
    self.borders = borders
  }

  /// How the pattern fits a text, if at all.
  package func match(_ text: String) -> Match? {
    var comparisons = 0
    return match(text, counting: &comparisons)
  }

  /// The same, and how many letters were compared: no more than twice as many as the text has.
  package func match(_ text: String, counting comparisons: inout Int) -> Match? {
    guard !letters.isEmpty else { return nil }
    var (length, place, end) = (0, 0, Int?.none)
    for character in text.lowercased() {
      place += 1
      guard end == nil else { continue }
      let letter = Letter(character)
      comparisons += 1
      while length > 0, letter != letters[length] {
        length = borders[length - 1]
        comparisons += 1
      }
      if letter == letters[length] { length += 1 }
      if length == letters.count { end = place }
    }
    guard let end else { return nil }
    return end == letters.count && place == end ? .whole : .part
  }
}

/// A letter with its marks.
private struct Letter: Sendable, Equatable {
  private let character: Character

  /// Bytes. No script has longer ones; what is longer is compared as it is written.
  private static let longest = 32

  init(_ character: Character) { self.character = character }

  static func == (left: Self, right: Self) -> Bool {
    guard max(left.character.utf8.count, right.character.utf8.count) <= longest else {
      return left.character.utf8.elementsEqual(right.character.utf8)
    }
    return left.character == right.character
  }
}
