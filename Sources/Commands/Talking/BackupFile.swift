internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// A file with what a headset held.
enum BackupFile {
  private static let form = InputFile(
    what: "backup", longest: HeadsetBackup.longestFile, version: HeadsetBackup.currentVersion,
    remedy: "Save the settings anew: mdrctl backup.")

  /// Reads one. What is no whole backup of this version is refused, whatever of it could be used.
  static func read(_ path: String) throws(EarlyExit) -> HeadsetBackup {
    let file = form.named(path)
    let members = try file.members(in: file.content(of: path))
    if case .array(let settings) = members["settings"] {
      for setting in settings {
        guard let name = setting.members?["name"]?.string else { continue }
        guard HeadsetItem.allCases.contains(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else {
          throw file.unusable("it has the setting \"\(displayable(name))\", which this mdrctl does not know")
        }
      }
    }
    return try file.decode(HeadsetBackup.self, members)
  }

  /// Writes one; a file that is there is replaced only if that is wanted, and never half.
  static func write(_ backup: HeadsetBackup, to path: String, replaces: Bool) throws(EarlyExit) {
    guard let value = try? JSONValue(encoding: backup) else { preconditionFailure("a backup is an object") }
    try NewFile.write(value.bytes + [UInt8(ascii: "\n")], to: path, replaces: replaces)
  }

  /// The names in this directory that could be backups.
  static func namesHere() -> [String] {
    guard let stream = unsafe opendir(".") else { return [] }
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    while names.count < 1_000, let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
