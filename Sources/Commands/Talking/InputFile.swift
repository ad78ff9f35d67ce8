internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// A file in JSON with a version that somebody gives to a verb: read whole or refused, with the reason.
struct InputFile {
  /// "backup".
  let what: String
  /// Bytes of the longest one.
  let longest: Int
  let version: Int
  /// What helps when it is refused.
  let remedy: String
  /// What it is called, for people.
  private var name = "The standard input"

  init(what: String, longest: Int, version: Int, remedy: String) {
    (self.what, self.longest, self.version, self.remedy) = (what, longest, version, remedy)
  }

  /// The same form, for the file of this path.
  func named(_ path: String) -> Self {
    var named = self
    named.name = displayable(path)
    return named
  }

  /// The bytes of a file.
  func content(of path: String) throws(EarlyExit) -> [UInt8] {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw NewFile.failure("\(name) cannot be opened: \(NewFile.reason(errno)).") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw unusable("it is not a file")
    }
    guard status.st_size <= longest else { throw tooLong }
    // The size is counted, too: the file may grow meanwhile.
    return try content(of: descriptor) { () throws(EarlyExit) in }
  }

  /// The bytes of a descriptor to its end; `wait` returns when some can be read.
  func content(of descriptor: Int32, _ wait: () throws(EarlyExit) -> Void) throws(EarlyExit) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= longest {
      try wait()
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw NewFile.failure("\(name) cannot be read: \(NewFile.reason(errno)).") }
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
    }
    throw tooLong
  }

  /// The members of the object that these bytes are, of the version that this program knows.
  func members(in bytes: [UInt8]) throws(EarlyExit) -> JSONMembers {
    let value: JSONValue
    do throws(JSONSyntaxError) { value = try JSONValue(parsing: bytes) } catch {
      throw unusable("it is no JSON: \(error.reason), at byte \(error.offset); it may be cut off")
    }
    guard let members = value.members, let version = members["version"] else { throw unusable("it has no version") }
    guard case .integer(Int64(self.version)) = version else {
      throw unusable(
        "it is of another version than \(self.version), the one that this mdrctl knows",
        hint: "Use the mdrctl that made it.")
    }
    return members
  }

  func decode<Value: Decodable>(_ type: Value.Type, _ members: JSONMembers) throws(EarlyExit) -> Value {
    do throws(DecodingError) { return try JSONValue.object(members).decode(type) } catch {
      throw unusable(displayable(words(of: error)))
    }
  }

  func unusable(_ why: String, hint: String? = nil) -> EarlyExit {
    .failure(
      Failure(
        code: ErrorCode.invalidArgument.rawValue, message: "\(name) is no \(what) that can be used: \(why).",
        hint: hint ?? remedy, exit: .usage))
  }

  private var tooLong: EarlyExit { unusable("it is longer than \(longest) bytes, which no \(what) is") }

  private func words(of error: DecodingError) -> String {
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
}
