import Testing

@testable import Flush

@Suite struct FileOutlineTests {
  private func outline(_ text: String, isWhole: Bool = true) -> FileOutline {
    let bytes = Array(text.utf8)
    return FileOutline(scanning: bytes.span, isWhole: isWhole)
  }

  @Test(
    arguments: [
      ("", [], nil),
      ("[General]\nName=x\n[LinkKey]\nKey=\(secret)\nType=4\nPINLength=0\n", ["General", "LinkKey"], 4),
      ("[LinkKey]\nType=8", ["LinkKey"], 8),
      ("[LinkKey]\nType=8\nType = 4\n", ["LinkKey"], 4),
      ("[LinkKey]\nType=8\n[General]\nType=1\n[LinkKey]\nKey=x\n", ["LinkKey", "General"], 8),
      ("[General]\nType=4\n[LinkKey]\nKey=\(secret)\n", ["General", "LinkKey"], nil),
      ("[LinkKey]\nTypes=4\nXType=5\nKey=Type=6\n", ["LinkKey"], nil),
      ("[LinkKey]\nType=\(secret)\n", ["LinkKey"], nil),
      ("[LinkKey]\nType=x\n", ["LinkKey"], nil),
      ("[\u{1B}é]\n", [], nil),
      ("[é]\n", ["??"], nil),
    ] as [(String, [String], Int?)])
  func `groups and the type of the link key are told, and no value`(text: String, groups: [String], type: Int?) {
    let outline = outline(text)
    #expect(outline.groups == groups)
    #expect(outline.linkKeyType == type)
  }

  @Test(
    arguments: [
      ("no group\nType=4\n", [], 1), ("[A]\n[B]\n\n[C", ["A", "B"], 4), ("[A]\n=\n[LinkKey]\nType=4\n", ["A"], 2),
    ])
  func `what bluetoothd does not read for a bad line is not told, but the line`(
    text: String, groups: [String], line: Int
  ) {
    let outline = outline(text)
    #expect(outline.groups == groups)
    #expect(outline.badLine == line)
    #expect(outline.linkKeyType == nil)
    #expect(!outline.hasLinkKey)
  }

  @Test func `a line that was cut off is no bad line`() {
    #expect(outline("[A]\n[B", isWhole: false).badLine == nil)
  }

  @Test func `a file with groups without end is told in part`() {
    let text = (0..<1000).map { "[\(1000 + $0)\(String(repeating: "x", count: 1000))]\n" }.joined()
    #expect(outline(text).groups == (0..<32).map { "\(1000 + $0)" + String(repeating: "x", count: 60) })
  }

  @Test func `a link key is found behind however many groups`() {
    let text = (0..<1000).map { "[\($0)]\n" }.joined() + "[LinkKey]\nType=4\n"
    #expect(outline(text).hasLinkKey)
    #expect(outline(text).linkKeyType == 4)
  }

  @Test func `a type of very many digits is no trap`() {
    let digits = String(repeating: "9", count: 1000)
    #expect(outline("[LinkKey]\nType=\(digits)\n").linkKeyType == nil)
  }
}
