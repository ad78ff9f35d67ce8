internal import EventLoop
internal import Glibc
internal import KeyFiles

/// The files that the bridge reads when it starts.
enum BridgeFiles {
  /// What the credential with the password is called; the service manager passes it in a directory.
  static let credential = "mqtt-password"
  static let longestPassword = 1_024

  /// What `bridge.conf` in a directory says.
  static func configuration(in directory: String, hostName: String) throws(BridgeFault) -> BridgeConfiguration {
    let path = "\(directory)/bridge.conf"
    let (bytes, _) = try contents(of: path, atMost: KeyFile.longest)
    return try BridgeConfiguration(KeyFile(bytes), path: path, hostName: hostName)
  }

  /// The password: of the credential, or else of the file that the configuration names; nil where there is neither.
  static func password(
    credentials directory: String?, _ configuration: BridgeConfiguration
  ) throws(BridgeFault) -> String? {
    var path = configuration.passwordFile
    if let passed = directory.map({ "\($0)/\(credential)" }), unsafe access(passed, F_OK) == 0 { path = passed }
    guard let path else { return nil }
    guard configuration.user != nil else {
      throw BridgeFault(place: path, message: "There is a password, and no User= in bridge.conf that it belongs to.")
    }
    let (bytes, mode) = try contents(of: path, atMost: longestPassword)
    guard mode & S_IROTH == 0 else {
      throw BridgeFault(place: path, message: "Everybody may read the password; run: chmod o-r \(path)")
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard !line.isEmpty, bytes.count <= longestPassword, !line.contains(0) else {
      throw BridgeFault(
        place: path,
        message: "Its first line must be the password, of at most \(longestPassword) bytes and without a NUL.")
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Of a plain file, with one byte too many where it is longer.
  private static func contents(of path: String, atMost limit: Int) throws(BridgeFault) -> ([UInt8], UInt32) {
    do throws(SystemError) {
      // Not blocking: what lies there need not be a file, and a pipe would be waited for.
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      let file = FileDescriptor(owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open"))
      var status = stat()
      try SystemError.check(unsafe fstat(file.number, &status) < 0 ? -errno : 0, "stat")
      guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(call: "open", errno: EINVAL) }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 4_096)
      while bytes.count <= limit {
        let count = try file.read(into: &chunk)
        guard count > 0 else { break }
        bytes += chunk.prefix(count)
      }
      return (bytes, status.st_mode)
    } catch { throw BridgeFault(place: path, message: "The file cannot be read: \(error).") }
  }
}
