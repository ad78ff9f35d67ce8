import Foundation
import Service
import Support
import Testing

@testable import Daemon

@Suite struct ConfigurationReadingTests {
  /// "FILE:LINE: message" without the directory.
  private func faults(_ folder: ConfigurationFolder) -> [String] {
    folder.reading().faults.map {
      "\($0.place.replacingOccurrences(of: folder.path + "/", with: "")): \($0.message)"
    }
  }

  @Test func `without files everything is as by default`() throws {
    for reading in [try ConfigurationFolder().reading(), ConfigurationReading(directory: "/nonexistent")] {
      #expect(reading.values == ConfigurationValues())
      #expect(reading.files.isEmpty && reading.faults.isEmpty && reading.origins.isEmpty)
    }
  }

  @Test func `every key is read, and its origin is told`() throws {
    let folder = try ConfigurationFolder(
      """
      # Mine.
      [General]
      LogLevel = warning
      [Control]
      Groups=audio; wheel ;1000;
      Users=alice
      Seat=false
      [Timeouts]
      Scan=20
      Pair=5
      Connect=86400
      Repair = 90\u{20}
      """)
    let reading = folder.reading()
    #expect(reading.faults.isEmpty)
    var expected = ConfigurationValues()
    (expected.logLevel, expected.groups, expected.users) = (.warning, ["audio", "wheel", "1000"], ["alice"])
    (expected.scan, expected.pair, expected.connect) = (.seconds(20), .seconds(5), .seconds(86_400))
    (expected.repair, expected.seat) = (.seconds(90), false)
    #expect(reading.values == expected)
    let lines = [3, 5, 6, 7, 9, 10, 11, 12]
    for (key, line) in zip(ConfigurationKey.allCases, lines) {
      #expect(reading.origin(of: key) == .file(folder.main, line: line))
    }
  }

  @Test func `drop-ins count more than the file, and the last of them most`() throws {
    let folder = try ConfigurationFolder(
      "[Timeouts]\nScan=20\nPair=20\nConnect=20\n",
      dropIns: [
        "B.conf": "[Timeouts]\nPair=30\n", "a.conf": "[Timeouts]\nConnect=40\n", "10.conf": "[Timeouts]\nConnect=30\n",
        "a.conf.bak": "nonsense", ".hidden.conf": "nonsense", "notes": "nonsense",
      ])
    let reading = folder.reading()
    #expect(reading.faults.isEmpty)
    let names = ["mdrctl.conf", "mdrctl.conf.d/10.conf", "mdrctl.conf.d/B.conf", "mdrctl.conf.d/a.conf"]
    #expect(reading.files == names.map { "\(folder.path)/\($0)" })
    #expect(reading.values.scan == .seconds(20))
    #expect(reading.values.pair == .seconds(30))
    #expect(reading.values.connect == .seconds(40))
    #expect(reading.origin(of: .connect) == .file("\(folder.path)/mdrctl.conf.d/a.conf", line: 2))
  }

  @Test func `drop-ins do without a main file`() throws {
    let folder = try ConfigurationFolder(dropIns: ["x.conf": "[Control]\nGroups=\n"])
    let reading = folder.reading()
    #expect(reading.faults.isEmpty)
    #expect(reading.values.groups.isEmpty)
  }

  @Test(
    arguments: [
      ("[Timeouts]\nScan=20\nConect=20\n", "3: There is no key Conect in the group [Timeouts]; there are: Scan, "),
      (
        "[Timeout]\nScan=20\n",
        "1: There is no group [Timeout]; there are: [General], [Control], [Timeouts], [Connection], [Sound], [Session], [History]."
      ),
      ("[Timeouts]\nScan[de]=20\n", "2: There is no key Scan[de] in the group [Timeouts]; "),
      ("[Timeouts]\nScan\n", "2: This is no comment, no [group] and no key with \"=\"."),
      ("Scan=20\n", "1: A key stands before the first [group]."),
      ("[General]\nEncoding=latin1\n", "2: The file says that it is not in UTF-8."),
      ("\u{FEFF}[General]\n", "1: The file begins with a byte order mark; save it as UTF-8 without one."),
      ("[General]\nLogLevel=loud\n", "2: LogLevel must be one of error, warning, notice, info, debug; it is \"loud\"."),
      ("[Timeouts]\nScan=0\n", "2: Scan must be a whole number of seconds from 1 to 86400; it is \"0\"."),
      ("[Timeouts]\nPair=4\n", "2: Pair must be a whole number of seconds from 5 to 86400; it is \"4\"."),
      ("[Timeouts]\nRepair=86401\n", "2: Repair must be a whole number of seconds from 5 to 86400; it is \"86401\"."),
      ("[Timeouts]\nScan=\n", "2: Scan must be a whole number of seconds from 1 to 86400; it is \"\"."),
      ("[Timeouts]\nScan=2 min\n", "2: Scan must be a whole number of seconds from 1 to 86400; it is \"2 min\"."),
      ("[Timeouts]\nScan=+2\n", "2: Scan must be a whole number of seconds from 1 to 86400; it is \"+2\"."),
      ("[Timeouts]\nScan=99999999999\n", "2: Scan must be "),
      ("[Control]\nGroups=a;;b\n", "2: Groups must be at most 32 names or numbers of groups, parted by semicolons; "),
      ("[Control]\nUsers=a b\n", "2: Users must be at most 32 names or numbers of users, parted by semicolons; "),
      ("[Control]\nSeat=yes\n", "2: Seat must be true or false; it is \"yes\"."),
      ("[Control]\nSeat=\n", "2: Seat must be true or false; it is \"\"."),
      ("[Control]\nUsers=a\\xb\n", "2: Users must be "), ("[Control]\nUsers=a:b\n", "2: Users must be "),
      ("[Control]\nUsers=\(String(repeating: "a;", count: 33))\n", "2: Users must be "),
      ("[Control]\nUsers=\(String(repeating: "a", count: 257))\n", "2: Users must be "),
    ])
  func `what is not acceptable is told with file and line`(text: String, fault: String) throws {
    let faults = faults(try ConfigurationFolder(text))
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("mdrctl.conf:" + fault) == true, "\(faults)")
  }

  @Test func `everything that is wrong is told, in all files`() throws {
    let folder = try ConfigurationFolder(
      "[Timeouts]\nScan=0\nPair=1\n[X]\n", dropIns: ["a.conf": "bad\n", "b.conf": "[General]\nLogLevel=x\n"])
    let places = folder.reading().faults.map { $0.place.dropFirst(folder.path.count + 1) }
    #expect(
      places == [
        "mdrctl.conf:2", "mdrctl.conf:3", "mdrctl.conf:4", "mdrctl.conf.d/a.conf:1", "mdrctl.conf.d/b.conf:2",
      ])
  }

  @Test func `of very many faults and very long values only so much is told`() throws {
    let long = String(repeating: "x", count: 10_000)
    let folder = try ConfigurationFolder("[Timeouts]\n" + String(repeating: "Scan=\(long)\n", count: 5))
    #expect(faults(folder).count == 5)
    #expect(faults(folder).allSatisfy { $0.utf8.count < 200 })
    try folder.write("[Timeouts]\n" + String(repeating: "x=1\n", count: 1000))
    #expect(faults(folder).count == 16)
  }

  @Test func `a file that is too long, or no file, is not read`() throws {
    let folder = try ConfigurationFolder(String(repeating: "#\n", count: 40_000))
    #expect(faults(folder) == ["mdrctl.conf:1: The file is longer than 65536 bytes."])
    try FileManager.default.removeItem(atPath: folder.main)
    let made = unsafe mkfifo(folder.main, 0o600)
    #expect(made == 0)
    #expect(faults(folder) == ["mdrctl.conf: It is no plain file."])
    try FileManager.default.removeItem(atPath: folder.main)
    try FileManager.default.createDirectory(atPath: folder.main, withIntermediateDirectories: false)
    #expect(faults(folder) == ["mdrctl.conf: It is no plain file."])
    try FileManager.default.removeItem(atPath: folder.main)
    for target in ["mdrctl.conf", "nowhere"] {
      try FileManager.default.createSymbolicLink(atPath: folder.main, withDestinationPath: target)
      #expect(faults(folder).first?.hasPrefix("mdrctl.conf: The file cannot be read: ") == true)
      try FileManager.default.removeItem(atPath: folder.main)
    }
  }

  @Test func `a file that everybody may write to is not used`() throws {
    let folder = try ConfigurationFolder("[Control]\nUsers=mallory\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: folder.main)
    #expect(faults(folder).first?.contains("chmod o-w") == true)
  }

  @Test func `a directory that everybody may write to is not used`() throws {
    let folder = try ConfigurationFolder("", dropIns: ["a.conf": ""])
    for (path, name) in [("\(folder.main).d", "mdrctl.conf.d"), (folder.path, folder.path)] {
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
      #expect(faults(folder).first?.hasPrefix("\(name): Everybody may write to it") == true)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    #expect(faults(folder).isEmpty)
  }

  @Test func `a link to a file is followed`() throws {
    let folder = try ConfigurationFolder()
    try folder.write("[Timeouts]\nScan=20\n", to: "elsewhere")
    try FileManager.default.createSymbolicLink(atPath: folder.main, withDestinationPath: "elsewhere")
    #expect(folder.reading().values.scan == .seconds(20))
  }

  @Test func `more drop-ins than anybody means to have are refused`() throws {
    let many = (0..<65).map { ("\($0).conf", "") }
    let folder = try ConfigurationFolder(dropIns: Dictionary(uniqueKeysWithValues: many))
    #expect(faults(folder) == ["mdrctl.conf.d: There are more than 64 files in it."])
  }

  @Test(arguments: ConfigurationKey.allCases) func `what a value is shown as can stand in the file`(
    key: ConfigurationKey
  ) throws {
    var values = ConfigurationValues()
    (values.groups, values.users, values.logLevel, values.seat) = (["a", "b"], ["c"], .debug, false)
    for values in [ConfigurationValues(), values] {
      let folder = try ConfigurationFolder("[\(key.group)]\n\(key.name) = \(values.text(of: key))\n")
      let reading = folder.reading()
      #expect(reading.faults.isEmpty)
      #expect(reading.values.text(of: key) == values.text(of: key))
    }
  }

  // MARK: Documentation

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

  @Test func `the document's table has every key with its group, its bounds and its default`() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/configuration.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
    }
    let table = rows.map { $0.prefix(4).map { $0.replacingOccurrences(of: "`", with: "") }.joined(separator: " | ") }
    let keys = ConfigurationKey.allCases.map { key in
      let unit =
        switch key.kind {
        case .level: Self.levels
        case .names: "names or numbers, parted by ;"
        case .truth: key.requirement
        case .word(let words): words.dropLast().joined(separator: ", ") + " or \(words.last ?? "")"
        case .kibibytes(let bounds): "KiB, \(bounds.lowerBound) to \(bounds.upperBound)"
        case .seconds(let bounds): "seconds, \(bounds.lowerBound) to \(bounds.upperBound)"
        }
      let standard = ConfigurationValues().text(of: key)
      return "[\(key.group)] | \(key.name) | \(unit) | \(standard.isEmpty ? "none" : standard)"
    }
    #expect(table == keys)
    func plain(_ text: String?) -> String? { text?.replacingOccurrences(of: "`", with: "") }
    #expect(rows.map { plain($0.last) } == ConfigurationKey.allCases.map { plain($0.purpose) })
  }

  private static let levels = "error, warning, notice, info or debug"

  @Test func `the example has every key with its default, and changes nothing`() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/mdrctl.conf"), encoding: .utf8)
    let reading = try ConfigurationFolder(text).reading()
    #expect(reading.faults.isEmpty && reading.origins.isEmpty)
    let said = text.split(separator: "\n").map { line in
      line.hasPrefix("#") && line.contains("=") && !line.hasPrefix("# ") ? line.dropFirst() : line
    }.joined(separator: "\n")
    let all = try ConfigurationFolder(said).reading()
    #expect(all.faults.isEmpty)
    #expect(Set(all.origins.keys) == Set(ConfigurationKey.allCases))
    #expect(all.values == ConfigurationValues())
  }
}
