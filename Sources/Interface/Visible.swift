/// Whether a name shows anything: not one of blanks, of fillers without a glyph or of combining marks alone. What shows
/// nothing names nothing; its address is shown instead.
package func showsSomething(_ name: String) -> Bool { name.unicodeScalars.contains(where: isVisible) }

private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.isASCII { return (0x21...0x7E).contains(scalar.value) }
  // The braille pattern without dots: a symbol by its category.
  if scalar.value == 0x2800 || scalar.properties.isDefaultIgnorableCodePoint { return false }
  switch scalar.properties.generalCategory {
  case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
  case .nonspacingMark, .spacingMark, .enclosingMark: return false
  default: return true
  }
}
