import Testing

@testable import Flush

@Suite struct KeyFileTests {
  @Test(
    arguments: [
      ("", [], nil),
      ("[General]\nName=x\n[LinkKey]\nKey=\(secret)\nType=4\nPINLength=0\n", ["General", "LinkKey"], 4),
      ("[LinkKey]\nType=8", ["LinkKey"], 8),
      ("[General]\nType=4\n[LinkKey]\nKey=\(secret)\n", ["General", "LinkKey"], nil),
      ("[LinkKey]\nTypes=4\nXType=5\nKey=Type=6\n", ["LinkKey"], nil),
      ("[LinkKey]\nType=\(secret)\n", ["LinkKey"], 123),
      ("[LinkKey]\nType=x\n", ["LinkKey"], nil),
      ("no group\nType=4\n", [], nil),
      ("[A]\n[B]\n\n[C", ["A", "B"], nil),
      ("[\u{1B}[31mé]\n", ["?[31m??"], nil),
    ] as [(String, [String], Int?)])
  func `groups and the type of the link key are told, and no value`(text: String, groups: [String], type: Int?) {
    let file = KeyFile(scanning: text.utf8)
    #expect(file.groups == groups)
    #expect(file.linkKeyType == type)
  }

  @Test func `a file with groups without end is told in part`() {
    let file = KeyFile(scanning: String(repeating: "[\(String(repeating: "x", count: 1000))]\n", count: 1000).utf8)
    #expect(file.groups == Array(repeating: String(repeating: "x", count: 64), count: 32))
  }

  @Test func `a type of very many digits is no trap`() {
    let digits = String(repeating: "9", count: 1000)
    #expect(KeyFile(scanning: "[LinkKey]\nType=\(digits)\n".utf8).linkKeyType == 999)
  }
}
