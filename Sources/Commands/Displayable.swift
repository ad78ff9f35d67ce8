/// Text that came from outside, made harmless for a terminal: what would move the cursor, end the line, reverse the
/// writing direction or be invisible is replaced by U+FFFD, so that it shows and cannot pass for something else.
package func displayable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isTreacherous) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { result.append(isTreacherous(scalar) ? "\u{FFFD}" : scalar) }
  return String(result)
}

private func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value < 0x7F { return scalar.value < 0x20 }
  switch scalar.value {
  // DEL and the C1 controls, of which some terminals take U+009B for an escape sequence's start.
  case 0x7F...0x9F: return true
  // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
  case 0xAD, 0x61C, 0x180E: return true
  // Fillers without a glyph.
  case 0x115F, 0x1160, 0x3164, 0xFFA0: return true
  // Zero-width characters, marks of direction, line and paragraph separators, embeddings and overrides.
  case 0x200B...0x200F, 0x2028...0x202E: return true
  // Invisible operators, isolates, deprecated formatting.
  case 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: return true
  // Tags.
  case 0xE0000...0xE0FFF: return true
  default: return false
  }
}

/// How many columns a terminal uses for the text: two for a wide character, none for one that is put on the character
/// before it. Right for scripts and for most emoji; terminals differ on the rest.
func displayWidth(_ text: String) -> Int {
  text.reduce(0) { $0 + width($1) }
}

private func width(_ character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  if first.value < 0x300 { return 1 }
  // An emoji made of a plain character by a selector.
  if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
  switch first.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return isWide(first.value) ? 2 : 1
  }
}

/// The blocks that Unicode's East Asian Width calls wide or full-width, and the emoji.
private func isWide(_ code: UInt32) -> Bool {
  switch code {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3: true
  case 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6: true
  case 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x26A1, 0x2705, 0x2728, 0x274C, 0x2757: true
  case 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD: true
  default: false
  }
}

/// Rows in columns, each as wide as its widest cell; the last one is not padded. One line for each row.
func table(_ rows: [[String]]) -> [String] {
  var widths: [Int] = []
  for row in rows {
    for (column, cell) in row.enumerated() {
      let width = displayWidth(cell)
      if column == widths.count { widths.append(width) } else { widths[column] = max(widths[column], width) }
    }
  }
  return rows.map { row in
    var line = ""
    for (column, cell) in row.enumerated() {
      line += column == row.count - 1 ? cell : padded(cell, to: widths[column] + 2)
    }
    return line
  }
}

/// Lines with their ends.
func text(_ lines: [String]) -> String {
  var text = ""
  for line in lines { text += line + "\n" }
  return text
}

func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}
