/// Emphasis, where the terminal can show it.
package struct Style: Sendable {
  let hasColour: Bool
  /// Every detail is wanted.
  let isVerbose: Bool
  /// How wide the terminal is; nil where lines may be as long as they like.
  let columns: Int?

  /// Less of a name would not tell one from another.
  private static let leastName = 12

  package init(hasColour: Bool = false, isVerbose: Bool = false, columns: Int? = nil) {
    self.hasColour = hasColour
    self.isVerbose = isVerbose
    self.columns = columns
  }

  /// A name in a line with `others` columns of other text: only on a terminal it is cut.
  func shortened(_ name: String, beside others: Int) -> String {
    columns.map { truncated(name, to: max(Self.leastName, $0 - others)) } ?? name
  }

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func good(_ text: String) -> String { wrapped(text, "32") }
  func bad(_ text: String) -> String { wrapped(text, "31") }
  func faint(_ text: String) -> String { wrapped(text, "2") }

  private func wrapped(_ text: String, _ code: String) -> String {
    hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
