import GLibReading
import Glibc
import KeyFiles
import Support
import Testing

/// Our reader beside GLib's own on the same files.
@Suite struct GLibTests {
  // MARK: Files

  private static let names = ["General", "LinkKey", "Policy", "a b", "é", "Encoding", "a"]
  private static let keys = [
    "Type", "Key", "JustWorksRepairing", "Encoding", "a b", "Name[de]", "Name[de_AT.UTF-8@euro]", "é", "k[é]", "k[]",
    "k [de]", "k[d e]", "k]", "[k", "k[de]x", "k\t[de]",
  ]
  private static let values = [
    "4", "-4", "+4 x", " 2147483648", "99999999999999999999", "0x10", "always", "UTF-8", "utf-8", "UTF-8 ", "latin1",
    "a;b;c;", ";;", #"a\;b"#, #"\s\t\n\r\\"#, #"\x"#, #"end\"#, "# no comment", "\u{0B}5", "\u{0B}", "v=w", "",
  ]
  private static let scraps: [[UInt8]] = [
    [0], [0x0B], [0x0C], [0x0D], [0x1F], [0x7F], [0x80], [0xBF], [0xC3], [0xFF], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
    [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], Array("é".utf8), Array("日".utf8), Array("\u{301}".utf8),
    Array("[".utf8), Array("]".utf8), Array("=".utf8), Array("#".utf8), Array("\\".utf8), Array(";".utf8),
    Array(" ".utf8),
    Array("\t".utf8), Array("\n".utf8), Array("\r\n".utf8), Array("½".utf8), Array("\u{1D7D8}".utf8),
  ]

  private static func line(_ generator: inout SeededGenerator) -> String {
    let blank = ["", "", "", " ", "\t", "\u{0C}"].randomElement(using: &generator) ?? ""
    let text =
      switch Int.random(in: 0..<12, using: &generator) {
      case 0...2: "[\(names.randomElement(using: &generator) ?? "")]"
      case 3: "# \(values.randomElement(using: &generator) ?? "")"
      case 4: ""
      default:
        "\(keys.randomElement(using: &generator) ?? "")\(blank)=\(blank)"
          + (values.randomElement(using: &generator) ?? "")
      }
    return blank + text + blank
  }

  /// Most have a few lines and a group first; some have bytes put in, changed or dropped anywhere.
  private static func file(_ generator: inout SeededGenerator) -> [UInt8] {
    var lines = (0..<Int.random(in: 0..<9, using: &generator)).map { _ in line(&generator) }
    if Int.random(in: 0..<8, using: &generator) > 0 { lines.insert("[General]", at: 0) }
    let end = ["\n", "\n", "\n", "\r\n"].randomElement(using: &generator) ?? "\n"
    var bytes = Array(lines.joined(separator: end).utf8)
    if Bool.random(using: &generator) { bytes += end.utf8 }
    for _ in 0..<max(0, Int.random(in: -2...3, using: &generator)) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1 where place < bytes.count: bytes.remove(at: place)
      default: bytes.insert(contentsOf: scraps.randomElement(using: &generator) ?? [], at: place)
      }
    }
    return bytes
  }

  // MARK: Readings

  private static func glib(_ bytes: some Collection<UInt8>) -> String {
    let characters = bytes.map { CChar(bitPattern: $0) }
    // A buffer without bytes may have no address.
    let text = unsafe (characters + [0]).withUnsafeBufferPointer {
      unsafe glib_reading($0.baseAddress, characters.count)
    }
    guard let text = unsafe text else { return "" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// The same text from ours; see `GLibReading.h`.
  private static func ours(_ bytes: [UInt8]) -> String {
    let file = KeyFile(bytes)
    var text = "read\n"
    switch file.error?.problem {
    case .notALine?, .groupName?, .keyName?: text = "refused 1\n"
    case .noGroup?: text = "refused 4\n"
    case .encoding?: text = "refused 0\n"
    case .tooLong?: text = "refused by ourselves\n"
    case nil: break
    }
    var groups: [[UInt8]] = []
    for heading in file.headings where !groups.contains(Array(heading.name)) { groups.append(Array(heading.name)) }
    for group in groups {
      text += "group \(hexadecimal(group))\n"
      var keys: [[UInt8]] = []
      for pair in file.pairs where pair.group.elementsEqual(group) && !keys.contains(Array(pair.key)) {
        keys.append(Array(pair.key))
        let all = file.pairs.filter { $0.group == pair.group && $0.key == pair.key }
        guard let value = all.last?.value else { continue }
        text += "key \(hexadecimal(pair.key)) value:\(hexadecimal(value.bytes))"
        text += " string:\(value.string.map { hexadecimal($0.utf8) } ?? "-")"
        text += " integer:\(value.integer.map { "\($0)" } ?? "-")"
        text += " list:\(value.list.map { $0.map { "\(hexadecimal($0.utf8))," }.joined() } ?? "-")\n"
      }
    }
    return text
  }

  // MARK: Tests

  private static let files: [[UInt8]] = {
    var generator = SeededGenerator(seed: 1)
    return (0..<1_000).map { _ in file(&generator) }
  }()

  @Test func `a thousand files are read as GLib reads them`() {
    for file in Self.files {
      let (ours, glibs) = (Self.ours(file), Self.glib(file))
      #expect(ours == glibs, "\(String(decoding: file, as: UTF8.self).debugDescription)")
    }
  }

  @Test func `the line that is told is the one that GLib refuses`() {
    for file in Self.files {
      guard let error = KeyFile(file).error else { continue }
      let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let before = lines.prefix(error.line - 1).flatMap { $0 + [UInt8(ascii: "\n")] }
      #expect(Self.glib(before).hasPrefix("read\n"))
      let end: [UInt8] = error.line < lines.count ? [UInt8(ascii: "\n")] : []
      #expect(Self.glib(before + lines[error.line - 1] + end).hasPrefix("refused"))
    }
  }

  @Test func `the thousand files have something of everything`() {
    var counts: [KeyFileError.Problem?: Int] = [:]
    for file in Self.files { counts[KeyFile(file).error?.problem, default: 0] += 1 }
    #expect(counts[nil, default: 0] > 200)
    for problem in KeyFileError.Problem.allCases where problem != .tooLong {
      #expect(counts[problem, default: 0] > 10, "\(problem)")
    }
  }

  @Test func `BlueZ's own files are read as GLib reads them`() {
    let info = """
      [LinkKey]
      Key=0123456789ABCDEF0123456789ABCDEF
      Type=4
      PINLength=0

      [General]
      Name=WH-1000XM4
      Class=0x240404
      SupportedTechnologies=BR/EDR;
      Trusted=true
      Services=00001108-0000-1000-8000-00805f9b34fb;0000110b-0000-1000-8000-00805f9b34fb;
      """
    let main = """

      [General]

      # Default adapter name
      #Name = BlueZ
      JustWorksRepairing = always\u{20}
      [Policy]
      AutoEnable=true
      """
    for text in [info, main] { #expect(Self.ours(Array(text.utf8)) == Self.glib(text.utf8)) }
  }
}
