import Foundation
import Interface
import Testing
import Vocabulary

@testable import Commands

/// Files of backups: what is written is read, and whatever else lies there is refused as a whole.
@Suite struct BackupFileTests {
  private static let backup = HeadsetBackup(
    time: 1_000, model: "WH-1000XM4", firmware: "2.5.0", generation: .v1,
    noise: HeadsetNoiseWish(mode: .ambient, level: 15, voice: true),
    equalizer: HeadsetEqualizerWish(preset: "user1", bands: [HeadsetBand(value: 3)]),
    settings: [SavedSetting(name: .dsee, value: "on")],
    omitted: [BackupGap(item: .setting(.touch), reason: "The headset did not tell it.")])

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "backup-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func refusal(_ path: String) -> Failure? {
    do throws(EarlyExit) {
      _ = try BackupFile.read(path)
      return nil
    } catch {
      guard case .failure(let failure) = error else { return nil }
      return failure
    }
  }

  @Test func `what is written is read again`() throws {
    try withDirectory { directory in
      let path = "\(directory)/a.json"
      try BackupFile.write(Self.backup, to: path, replaces: false)
      #expect(try BackupFile.read(path) == Self.backup)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func `a file that is there is replaced only if that is wanted, and as a whole`() throws {
    try withDirectory { directory in
      let path = "\(directory)/a.json"
      try "mine".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: EarlyExit.self) { try BackupFile.write(Self.backup, to: path, replaces: false) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      try "mine too".write(toFile: "\(path).new", atomically: true, encoding: .utf8)
      try BackupFile.write(Self.backup, to: path, replaces: true)
      #expect(try BackupFile.read(path) == Self.backup)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["a.json", "a.json.new"])
      #expect(try String(contentsOfFile: "\(path).new", encoding: .utf8) == "mine too")
      #expect(throws: EarlyExit.self) {
        try BackupFile.write(Self.backup, to: "\(directory)/no/a.json", replaces: true)
      }
    }
  }

  @Test func `what is no whole backup of this version is refused, with the reason`() throws {
    let whole =
      #"{"version":1,"time":1,"model":"WH-1000XM4","generation":"v1","settings":[{"name":"dsee","value":"on"}]}"#
    let bad: [(text: String, says: String)] = [
      ("", "no JSON"), (String(whole.dropLast(20)), "cut off"), ("[1]", "no version"), ("{}", "no version"),
      (whole.replacingOccurrences(of: #""version":1"#, with: #""version":2"#), "another version"),
      (whole.replacingOccurrences(of: #""version":1"#, with: #""version":"1""#), "another version"),
      (whole.replacingOccurrences(of: #""dsee""#, with: #""warp-drive""#), "warp-drive"),
      (whole.replacingOccurrences(of: #""dsee""#, with: "7"), "settings"),
      (whole.replacingOccurrences(of: #""on""#, with: "true"), "settings"),
      (whole.replacingOccurrences(of: #""v1""#, with: #""v9""#), "generation"),
      (whole.replacingOccurrences(of: #""time":1,"#, with: ""), "no time"),
      (whole.replacingOccurrences(of: #"[{"name":"dsee","value":"on"}]"#, with: #"{"dsee":"on"}"#), "settings"),
    ]
    try withDirectory { directory in
      let path = "\(directory)/a.json"
      try whole.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(refusal(path) == nil)
      for (text, says) in bad {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let failure = refusal(path)
        #expect(failure?.exit == .usage, "\(text)")
        #expect(failure?.message.contains(says) == true, "\(text): \(failure?.message ?? "taken")")
      }
    }
  }

  @Test func `every cut of a backup is refused`() throws {
    try withDirectory { directory in
      let path = "\(directory)/a.json"
      try BackupFile.write(Self.backup, to: path, replaces: false)
      let bytes = try Data(contentsOf: URL(filePath: path))
      for count in 0..<(bytes.count - 1) {
        try bytes.prefix(count).write(to: URL(filePath: path))
        #expect(refusal(path) != nil, "\(count)")
      }
    }
  }

  @Test func `ten megabytes, a directory and nothing are refused, and ten megabytes are not read`() throws {
    try withDirectory { directory in
      let path = "\(directory)/a.json"
      try Data(repeating: UInt8(ascii: " "), count: 10 << 20).write(to: URL(filePath: path))
      #expect(refusal(path)?.message.contains("longer") == true)
      #expect(refusal(directory)?.message.contains("not a file") == true)
      #expect(refusal("\(directory)/none.json")?.exit == .failed)
    }
  }
}
