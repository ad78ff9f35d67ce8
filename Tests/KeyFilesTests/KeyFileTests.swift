import Testing

@testable import KeyFiles

@Suite struct KeyFileTests {
  private func read(_ text: String) -> KeyFile { KeyFile(Array(text.utf8)) }

  /// "group.key=value", in the order of the file.
  private func pairs(_ file: KeyFile) -> [String] {
    file.pairs.map {
      "\(String(decoding: $0.group, as: UTF8.self)).\(String(decoding: $0.key, as: UTF8.self))"
        + "=\(String(decoding: $0.value.bytes, as: UTF8.self))"
    }
  }

  @Test(
    arguments: [
      ("", []), ("# [a]\n\n \t\n#k=v", []), ("[a]\nk=v", ["a.k=v"]), ("[a]\r\nk = v\r\n", ["a.k=v"]),
      ("  [a] \t\n\t k\t=\t v  \n", ["a.k=v  "]), ("[a]\nk=v # w\n", ["a.k=v # w"]), ("[a]\nk=v=w\n", ["a.k=v=w"]),
      ("[a]\nk=\n", ["a.k="]), ("[a]\na key = v\n", ["a.a key=v"]), ("[a]\nk[de_AT@euro]=v\n", ["a.k[de_AT@euro]=v"]),
      ("[a]\nk[é]=v\n", ["a.k[é]=v"]), ("[a]\nk=1\n[b]\nk=2\n[a]\nk=3\n", ["a.k=1", "b.k=2", "a.k=3"]),
      ("[a]\nk=v\r", ["a.k=v\r"]), ("[a]\nk=v\0w\n", ["a.k=v"]),
    ])
  func `groups and keys are read, and the rest is left where it is`(text: String, expected: [String]) {
    let file = read(text)
    #expect(file.error == nil)
    #expect(pairs(file) == expected)
  }

  @Test(
    arguments: [
      ("[a]\nk\n", 2, .notALine), ("[a]\n=v\n", 2, .notALine), ("[a\n", 1, .notALine), ("[a] b\n", 1, .notALine),
      ("[a]\r", 1, .notALine), ("\u{FEFF}[a]\n", 1, .notALine), ("# x\nk=v\n", 2, .noGroup), ("[]\n", 1, .groupName),
      ("[[a]\n", 1, .groupName), ("[a\u{7F}]\n", 1, .groupName), ("[a]\n\nk]=v\n", 3, .keyName),
      ("[a]\nk[=v\n", 2, .keyName), ("[a]\nk [de]=v\n", 2, .keyName), ("[a]\nk[d e]=v\n", 2, .keyName),
      ("[a]\nk[de]x=v\n", 2, .keyName), ("[a]\nEncoding=latin1\n", 2, .encoding),
      ("[a]\n[b]\nEncoding=x\n[a]\nEncoding=UTF-8 \n", 5, .encoding),
    ] as [(String, Int, KeyFileError.Problem)])
  func `the first line that GLib refuses is told, with its number`(
    text: String, line: Int, problem: KeyFileError.Problem
  ) {
    #expect(read(text).error == KeyFileError(line: line, problem))
  }

  @Test func `what stands before a bad line is there, and nothing of what follows`() {
    let file = read("[a]\nk=v\nbad\n[b]\nl=w\n")
    #expect(file.error == KeyFileError(line: 3, .notALine))
    #expect(pairs(file) == ["a.k=v"])
    #expect(file.headings.map(\.line) == [1])
  }

  @Test func `of several keys of one name in one group the last counts`() {
    let file = read("[a]\nk=1\n[b]\nk=2\n[a]\nk=3\n")
    #expect(file["a", "k"]?.string == "3")
    #expect(file["a", "k"]?.line == 6)
    #expect(file["b", "k"]?.string == "2")
    #expect(file["a", "j"] == nil)
    #expect(file["c", "k"] == nil)
  }

  @Test(
    arguments: [
      ("v", "v"), (#"\sv\t\n\r\\"#, " v\t\n\r\\"), (#"\""#, nil), (#"v\"#, nil), (#"\;"#, nil), ("a;b ", "a;b "),
      ("", ""),
    ] as [(String, String?)])
  func `a text has its escapes undone, and one that has others is none`(text: String, string: String?) {
    #expect(read("[a]\nk=\(text)\n")["a", "k"]?.string == string)
  }

  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a;b", ["a", "b"]), ("a;b;", ["a", "b"]), ("a;;b", ["a", "", "b"]), (";", [""]),
      (#"a\;b;c"#, ["a;b", "c"]), ("a; b", ["a", " b"]), (#"a;\x"#, nil),
    ] as [(String, [String]?)])
  func `a list is parted by semicolons`(text: String, list: [String]?) {
    #expect(read("[a]\nk=\(text)\n")["a", "k"]?.list == list)
  }

  @Test(
    arguments: [
      ("4", 4), ("-4", -4), ("+4", 4), ("4 s", 4), ("04", 4), ("2147483647", 2_147_483_647),
      ("-2147483648", -2_147_483_648), ("2147483648", nil), (String(repeating: "9", count: 1000), nil), ("4s", nil),
      ("0x4", nil), ("-", nil), ("", nil), ("x", nil), ("4.0", nil),
    ] as [(String, Int32?)])
  func `a number is decimal and fits into 32 bits`(text: String, number: Int32?) {
    #expect(read("[a]\nk=\(text)\n")["a", "k"]?.integer == number)
  }

  @Test func `what is not UTF-8 can stand there, and is no text`() {
    let file = KeyFile(Array("[a]\nk=".utf8) + [0xFF] + Array("\nl=v\n".utf8))
    #expect(file.error == nil)
    #expect(file["a", "k"]?.string == nil)
    #expect(file["a", "k"]?.list == nil)
    #expect(file["a", "l"]?.string == "v")
  }

  @Test func `nothing is read of a file that is too long`() {
    let line = Array("[a]\n".utf8)
    let most = line + [UInt8](repeating: UInt8(ascii: "\n"), count: KeyFile.longest - line.count)
    #expect(KeyFile(most).error == nil)
    let file = KeyFile(most + [UInt8(ascii: "\n")])
    #expect(file.error == KeyFileError(line: 1, .tooLong))
    #expect(file.headings.isEmpty)
  }

  @Test(arguments: KeyFileError.Problem.allCases) func `every problem is told in a sentence`(
    problem: KeyFileError.Problem
  ) {
    #expect(KeyFileError(line: 1, problem).description.hasSuffix("."))
  }
}
