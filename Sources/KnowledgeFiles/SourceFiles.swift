internal import Glibc
package import Knowledge

// The files that a computer adds to what the programs know: found, bounded and read.

extension Source {
  /// Bytes of the longest file; one that is longer is not opened.
  package static let longestFile = 1 << 20
  /// Files that are looked at; whoever needs more puts several models or rows into one.
  package static let mostFiles = 256

  /// The files of a directory, and those that cannot be read. Without the directory there are none.
  static func added(in directory: String) -> ([Source], unread: [Fault]) {
    var (sources, unread): ([Source], [Fault]) = ([], [])
    do throws(Fault) {
      for name in try names(in: directory) {
        let path = "\(directory)/\(name)"
        do throws(Fault) { sources.append(try Source(file: path, parsing: bytes(of: path))) } catch {
          unread.append(error)
        }
      }
    } catch {
      unread.append(error)
    }
    return (sources, unread)
  }

  /// The names that end with ".json" and are not hidden.
  private static func names(in directory: String) throws(Fault) -> [String] {
    guard let stream = unsafe opendir(directory) else {
      if errno == ENOENT { return [] }
      throw failure(directory, "it cannot be read", errno)
    }
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard name.hasSuffix(".json"), !name.hasPrefix(".") else { continue }
      names.append(name)
      guard names.count <= mostFiles else {
        throw Fault(file: directory, line: nil, rule: .file, reason: "more than \(mostFiles) files; none is used")
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func bytes(of path: String) throws(Fault) -> [UInt8] {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, "it cannot be opened", errno) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path, "it cannot be read", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Fault(file: path, line: nil, rule: .file, reason: "it is not a file")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    // The size is counted, too: the file may grow meanwhile.
    while status.st_size <= longestFile, bytes.count <= longestFile {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw failure(path, "it cannot be read", errno) }
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
    }
    throw Fault(file: path, line: nil, rule: .file, reason: "it is longer than \(longestFile) bytes")
  }

  private static func failure(_ path: String, _ what: String, _ code: Int32) -> Fault {
    Fault(file: path, line: nil, rule: .file, reason: "\(what): \(unsafe String(cString: strerror(code)))")
  }
}
