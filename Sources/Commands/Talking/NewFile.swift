internal import Glibc
internal import Vocabulary

/// A file that is written for whoever runs this.
enum NewFile {
  /// Writes it whole; one that is there is replaced only if that is wanted, and never half. A public one everybody may read.
  static func write(
    _ content: [UInt8], to path: String, replaces: Bool, isPublic: Bool = false
  ) throws(EarlyExit) {
    let temporary = replaces ? "\(path).\(getpid())" : path
    // Nothing that is there is overwritten, and what it says concerns its owner.
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPublic ? 0o644 : 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw failure(
          "\(displayable(temporary)) is there already, and was left alone.",
          hint: replaces ? "Remove it if it is not wanted." : "To replace it, add --force.")
      }
      throw failure("\(displayable(path)) cannot be written: \(reason(errno)).")
    }
    var rest = content[...]
    var trouble: Int32 = 0
    while !rest.isEmpty, trouble == 0 {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { trouble = errno }
    }
    if close(descriptor) != 0, trouble == 0 { trouble = errno }
    if trouble == 0, replaces, unsafe rename(temporary, path) != 0 { trouble = errno }
    guard trouble == 0 else {
      _ = unsafe unlink(temporary)
      throw failure("\(displayable(path)) cannot be written: \(reason(trouble)).")
    }
  }

  /// Whether something has this name.
  static func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  static func failure(_ message: String, hint: String? = nil) -> EarlyExit {
    .failure(Failure(code: "file", message: message, hint: hint, exit: .failed))
  }

  static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
