import Interface
import Testing

@Suite struct VisibleTests {
  @Test(arguments: ["x", "WH-1000XM4", " - ", "Kopfhörer", "耳机", "🎧", "\u{301}a", "\u{FFFD}"])
  func `a name with one letter, digit or symbol shows something`(name: String) { #expect(showsSomething(name)) }

  @Test(
    arguments: [
      "", " ", "\t\n", "\u{A0}\u{3000}", "\u{3164}", "\u{115F}\u{FFA0}", "\u{2800}\u{2800}", "\u{200B}\u{FEFF}",
      "\u{202E}", "\u{301}\u{302}", "\u{E0041}", "\u{FE0F}", "\u{0}\u{7F}\u{9B}", "\u{2028}",
    ])
  func `blanks, fillers and marks alone show nothing`(name: String) { #expect(!showsSomething(name)) }
}
