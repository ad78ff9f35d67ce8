internal import EventLoop
internal import Glibc

/// The local files of users and groups, read without the name service.
enum AccountFile {
  private static let longest = 1 << 20

  /// None where there is no file, or one that is no plain file.
  static func lines(of path: String) -> [ArraySlice<UInt8>] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    let file = FileDescriptor(owning: descriptor)
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < longest, let count = try? file.read(into: &chunk), count > 0 {
      bytes += chunk.prefix(count)
    }
    return bytes.split(separator: UInt8(ascii: "\n"))
  }

  /// Whether the local files have a user, by his number, among the members of a group, by its name or number.
  static func lists(_ user: UInt32, in group: String, users: String, groups: String) -> Bool {
    guard let name = fields(of: users, where: { $0[2].elementsEqual("\(user)".utf8) })?[0],
      let members = fields(of: groups, where: { $0[0].elementsEqual(group.utf8) || $0[2].elementsEqual(group.utf8) })?[
        3]
    else { return false }
    return members.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(name) }
  }

  /// The first four fields, or more, of the first line that fits.
  private static func fields(
    of path: String, where fits: ([ArraySlice<UInt8>]) -> Bool
  ) -> [ArraySlice<UInt8>]? {
    lines(of: path).lazy.map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
      .first { $0.count >= 4 && fits($0) }
  }

  /// The third field of the line that begins with the name: the number of a user in passwd(5), of a group in group(5).
  static func number(of name: String, in path: String) -> UInt32? {
    for line in lines(of: path) where line.starts(with: name.utf8) {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count == 4, fields[0].elementsEqual(name.utf8) else { continue }
      return UInt32(String(decoding: fields[2], as: UTF8.self))
    }
    return nil
  }
}
