internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// A file with what a headset held.
enum BackupFile {
  /// Reads one. What is no whole backup of this version is refused, whatever of it could be used.
  static func read(_ path: String) throws(EarlyExit) -> HeadsetBackup {
    let bytes = try bytes(of: path)
    let value: JSONValue
    do throws(JSONSyntaxError) { value = try JSONValue(parsing: bytes) } catch {
      throw unusable(path, "it is no JSON: \(error.reason), at byte \(error.offset); it may be cut off")
    }
    guard let members = value.members, let version = members["version"] else {
      throw unusable(path, "it has no version")
    }
    guard case .integer(Int64(HeadsetBackup.currentVersion)) = version else {
      throw unusable(
        path, "it is of another version than \(HeadsetBackup.currentVersion), the one that this mdrctl knows",
        hint: "Use the mdrctl that made it.")
    }
    if case .array(let settings) = members["settings"] {
      for setting in settings {
        guard let name = setting.members?["name"]?.string else { continue }
        guard HeadsetItem.allCases.contains(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else {
          throw unusable(path, "it has the setting \"\(displayable(name))\", which this mdrctl does not know")
        }
      }
    }
    do throws(DecodingError) { return try value.decode(HeadsetBackup.self) } catch {
      throw unusable(path, displayable(words(of: error)))
    }
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

  private static func bytes(of path: String) throws(EarlyExit) -> [UInt8] {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw NewFile.failure("\(displayable(path)) cannot be opened: \(NewFile.reason(errno)).")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw unusable(path, "it is not a file")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    // The size is counted, too: the file may grow meanwhile.
    while status.st_size <= HeadsetBackup.longestFile, bytes.count <= HeadsetBackup.longestFile {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw NewFile.failure("\(displayable(path)) cannot be read: \(NewFile.reason(errno)).") }
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
    }
    throw unusable(path, "it is longer than \(HeadsetBackup.longestFile) bytes, which no backup is")
  }

  private static func words(of error: DecodingError) -> String {
    func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      (context.codingPath + (key.map { [$0] } ?? [])).reduce("") { path, key in
        path + (key.intValue.map { "[\($0)]" } ?? (path.isEmpty ? "" : ".") + key.stringValue)
      }
    }
    return switch error {
    case .keyNotFound(let key, let context): "it has no \(place(context, key))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "its \(place(context)) is of a kind that it cannot be: \(context.debugDescription)"
    @unknown default: "it cannot be read"
    }
  }

  private static func unusable(
    _ path: String, _ why: String, hint: String = "Save the settings anew: mdrctl backup."
  ) -> EarlyExit {
    .failure(
      Failure(
        code: ErrorCode.invalidArgument.rawValue,
        message: "\(displayable(path)) is no backup that can be used: \(why).", hint: hint, exit: .usage))
  }
}
