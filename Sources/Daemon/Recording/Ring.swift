internal import EventLoop
internal import Glibc

/// A bounded file of lines in four pieces, each named by its address: how many bytes were ever written before it. The
/// oldest piece goes when there are too many bytes. Lines are appended and never changed, so a crash costs at most the
/// end of the last one.
struct Ring {
  private let folder: String
  /// The addresses of the pieces, and how long each is.
  private var pieces: [(start: Int, length: Int)] = []
  /// The last line may have no end: of another run, or of a write that failed.
  private var mayBeBroken = true

  /// Bytes that are read at a time; no line is longer.
  static let block = 1 << 16
  /// The longest that a name of a piece is.
  private static let digits = 15

  /// Finds what there is.
  init(folder: String) throws(SystemError) {
    self.folder = folder
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw SystemError(call: "mkdir \(folder)", errno: errno) }
    for name in StateFile.names(in: folder) {
      guard name.utf8.count == Self.digits, let start = Int(name), start >= 0 else { continue }
      var status = stat()
      guard unsafe lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      pieces.append((start, Int(status.st_size)))
    }
    pieces.sort { $0.start < $1.start }
  }

  /// Bytes of all pieces.
  var size: Int { pieces.reduce(0) { $0 + $1.length } }

  /// Appends whole lines, without waiting for the disk, and keeps to at most `most` bytes.
  mutating func append(_ lines: [UInt8], atMost most: Int) throws(SystemError) {
    if let last = pieces.last, last.length > 0, last.length + lines.count > most / 4 {
      pieces.append((last.start + last.length, 0))
      mayBeBroken = false
    }
    let piece = pieces.last ?? (0, 0)
    if pieces.isEmpty { pieces = [piece] }
    let path = path(piece.start)
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    let file = FileDescriptor(owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(path)"))
    let bytes = mayBeBroken && piece.length > 0 ? [Self.newline] + lines : lines
    do throws(SystemError) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.number, $0.baseAddress, $0.count) }
        rest = rest.dropFirst(try SystemError.check(count < 0 ? -Int(errno) : count, "write \(path)"))
      }
    } catch {
      // All of it is written again later.
      mayBeBroken = ftruncate(file.number, off_t(piece.length)) != 0
      throw error
    }
    pieces[pieces.count - 1].length += bytes.count
    mayBeBroken = false
    trim(to: most)
  }

  /// Removes the oldest pieces until there are at most so many bytes; with 0 all of them.
  mutating func trim(to most: Int) {
    while let oldest = pieces.first, size > most, pieces.count > 1 || most == 0 {
      _ = unsafe unlink(path(oldest.start))
      pieces.removeFirst()
    }
  }

  /// The lines before an address, the newest first, and the address before which to go on; nil: there are no others. Of a
  /// line that is longer than a block nothing is told but that it is `damaged`.
  func lines(before address: Int?) throws(SystemError) -> (lines: [ArraySlice<UInt8>], next: Int?, damaged: Int) {
    guard let piece = pieces.last(where: { $0.length > 0 && $0.start < address ?? .max }) else { return ([], nil, 0) }
    let end = min(address ?? .max, piece.start + piece.length)
    var start = max(piece.start, end - Self.block)
    let path = path(piece.start)
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    let file = FileDescriptor(owning: try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(path)"))
    var bytes = [UInt8](repeating: 0, count: end - start)
    let offset = start - piece.start
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(file.number, $0.baseAddress, $0.count, off_t(offset))
    }
    bytes.removeLast(bytes.count - Int(try SystemError.check(count < 0 ? -Int(errno) : count, "read \(path)")))
    var whole = bytes[...]
    var damaged = 0
    if start > piece.start {
      // It may begin within a line, which the next block ends with.
      if let first = bytes.firstIndex(of: Self.newline), first + 1 < bytes.count {
        whole = bytes[(first + 1)...]
        start += first + 1
      } else {
        (whole, damaged) = ([], 1)
      }
    }
    let isOldest = start <= pieces[0].start
    return (whole.split(separator: Self.newline).reversed(), isOldest ? nil : start, damaged)
  }

  private static let newline = UInt8(ascii: "\n")

  private func path(_ start: Int) -> String {
    let number = String(start)
    return "\(folder)/" + String(repeating: "0", count: max(0, Self.digits - number.utf8.count)) + number
  }
}
