internal import CLinux

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
/// before it. By the C library's tables, which terminals go by, too; they differ on sequences of emoji.
func displayWidth(_ text: String) -> Int {
  text.reduce(0) { $0 + width($1) }
}

private func width(_ character: Character) -> Int {
  guard let first = character.unicodeScalars.first else { return 0 }
  if first.value < 0x300 { return 1 }
  // An emoji made of a plain character by a selector.
  if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
  let columns = clinux_character_columns(first.value)
  return columns < 0 ? 1 : Int(columns)
}
