/// Emphasis, where the terminal can show it.
package struct Style: Sendable {
  let hasColour: Bool
  /// Every detail is wanted.
  let isVerbose: Bool

  package init(hasColour: Bool = false, isVerbose: Bool = false) {
    self.hasColour = hasColour
    self.isVerbose = isVerbose
  }

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func good(_ text: String) -> String { wrapped(text, "32") }
  func bad(_ text: String) -> String { wrapped(text, "31") }
  func faint(_ text: String) -> String { wrapped(text, "2") }

  private func wrapped(_ text: String, _ code: String) -> String {
    hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
