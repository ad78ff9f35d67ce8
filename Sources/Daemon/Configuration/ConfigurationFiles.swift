internal import EventLoop
internal import Glibc
internal import KeyFiles

/// What is not acceptable in the configuration, and where.
struct ConfigurationFault: Error, Hashable, Sendable {
  let file: String
  /// From 1; none where the file as a whole is meant.
  let line: Int?
  /// A sentence.
  let message: String

  /// "/etc/mdrctl/mdrctl.conf:3", as compilers say it.
  var place: String { line.map { "\(file):\($0)" } ?? file }
}

/// The files of the configuration: `mdrctl.conf`, and then what is in `mdrctl.conf.d`.
enum ConfigurationFiles {
  static let name = "mdrctl.conf"
  /// More drop-ins are a mistake.
  static let mostDropIns = 64

  /// The files that there are in a directory, in the order in which they count: of what several say the last is right.
  static func paths(in directory: String) throws(ConfigurationFault) -> [String] {
    let main = "\(directory)/\(name)"
    let folder = "\(main).d"
    for place in [directory, folder] { try checkDirectory(place) }
    var paths: [String] = []
    // A link that leads nowhere is there, too: whoever made it meant something.
    var status = stat()
    if unsafe lstat(main, &status) == 0 || errno != ENOENT { paths.append(main) }
    return paths + (try names(in: folder)).map { "\(folder)/\($0)" }
  }

  /// Whoever may write to a directory may put a file there.
  private static func checkDirectory(_ path: String) throws(ConfigurationFault) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IWOTH != 0 else { return }
    throw ConfigurationFault(file: path, line: nil, message: openSentence(path))
  }

  private static func openSentence(_ path: String) -> String {
    "Everybody may write to it, and so let anybody control; run: chmod o-w \(path)"
  }

  /// The names of the drop-ins, in the order of their bytes.
  private static func names(in folder: String) throws(ConfigurationFault) -> [String] {
    func fault(_ message: String) -> ConfigurationFault {
      ConfigurationFault(file: folder, line: nil, message: message)
    }
    guard let stream = unsafe opendir(folder) else {
      if errno == ENOENT { return [] }
      throw fault("The directory cannot be read: \(SystemError(call: "opendir", errno: errno)).")
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      guard let name else { throw fault("The name of a file in it is not UTF-8.") }
      guard name.utf8.first != UInt8(ascii: "."), name.hasSuffix(".conf") else { continue }
      guard names.count < mostDropIns else { throw fault("There are more than \(mostDropIns) files in it.") }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A file with a content that GLib would take.
  static func read(_ path: String) throws(ConfigurationFault) -> KeyFile {
    func fault(_ message: String) -> ConfigurationFault { ConfigurationFault(file: path, line: nil, message: message) }
    let (bytes, mode): ([UInt8], UInt32)
    do throws(SystemError) { (bytes, mode) = try contents(path) } catch {
      throw fault("The file cannot be read: \(error).")
    }
    guard mode & S_IFMT == S_IFREG else { throw fault("It is no plain file.") }
    guard mode & S_IWOTH == 0 else {
      throw fault(openSentence(path))
    }
    let file = KeyFile(bytes)
    if let error = file.error {
      throw ConfigurationFault(file: path, line: error.line, message: sentence(error, bytes))
    }
    return file
  }

  /// What is in a plain file, and what kind of file it is with its mode (`st_mode`).
  private static func contents(_ path: String) throws(SystemError) -> ([UInt8], UInt32) {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    let file = FileDescriptor(owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open"))
    var status = stat()
    try SystemError.check(unsafe fstat(file.number, &status) < 0 ? -errno : 0, "stat")
    var bytes: [UInt8] = []
    guard status.st_mode & S_IFMT == S_IFREG else { return (bytes, status.st_mode) }
    var chunk = [UInt8](repeating: 0, count: 4_096)
    // One byte too many is enough to know that it is too long.
    while bytes.count <= KeyFile.longest {
      let count = try file.read(into: &chunk)
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return (bytes, status.st_mode)
  }

  private static func sentence(_ error: KeyFileError, _ bytes: [UInt8]) -> String {
    let hasMark = error.line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    return hasMark ? "The file begins with a byte order mark; save it as UTF-8 without one." : "\(error)"
  }
}
