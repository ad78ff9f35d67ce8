import Core
import Testing

@Suite struct SearchPatternTests {
  @Test(
    arguments: [
      ("WH", "wh", .whole), ("wh-1000", "WH-1000XM4", .part), ("xm4", "WH-1000XM4", .part), ("xm5", "WH-1000XM4", nil),
      ("aab", "aaab", .part), ("abab", "abacabab", .part), ("abcabd", "abcabcabd", .part), ("aa", "a", nil),
      ("u", "ju\u{308}", nil), ("j\u{fc}", "JU\u{308}RGEN", .part), ("a", "", nil), ("\u{308}", "\u{308}", .whole),
    ] as [(String, String, SearchPattern.Match?)])
  func `a pattern is found in either case, and however its letters are composed`(
    pattern: String, text: String, match: SearchPattern.Match?
  ) {
    #expect(SearchPattern(pattern).match(text) == match)
  }

  @Test(arguments: ["x", "\u{e4}"])
  func `to find it takes no more comparisons than twice the letters of the text`(letter: String) {
    for size in [1, 10, 100] {
      for text in [String(repeating: letter, count: 248), String(repeating: letter, count: 20_000)] {
        for end in ["", "y"] {
          var comparisons = 0
          _ = SearchPattern(String(repeating: letter, count: size) + end).match(text, counting: &comparisons)
          #expect(comparisons <= 2 * text.count)
        }
      }
    }
  }

  @Test(arguments: [("x", 248), ("\u{e4}", 124), ("\u{20ac}", 82), ("\u{1f3a7}", 62)])
  func `what is repeated has at most 248 bytes and says where it was cut`(letter: String, most: Int) {
    let whole = String(repeating: letter, count: most)
    #expect(whole.shown == whole)
    let cut = String(repeating: letter, count: 1_000).shown
    #expect(cut.utf8.count <= 248 && cut.utf8.count > 240)
    #expect(cut.hasSuffix("\u{2026}") && cut.dropLast().allSatisfy { String($0) == letter })
  }

  @Test func `a query is no longer than a name can be`() {
    #expect(DeviceQuery(String(repeating: "x", count: 248)) != nil)
    #expect(DeviceQuery(String(repeating: "x", count: 249)) == nil)
  }
}
