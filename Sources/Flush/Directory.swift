internal import EventLoop
internal import Glibc

/// Why something in a directory is not touched.
enum FileProblem: Error, Hashable {
  case missing
  /// What it is, and what is wrong with it, in words for a sentence.
  case strange(String)
  case system(SystemError)

  var sentence: String {
    switch self {
    case .missing: "it is missing"
    case .strange(let words): words
    case .system(let error): error.description
    }
  }
}

/// A directory that is held open: what is done in it is done by one name at a time, and symbolic links are not followed.
struct Directory: ~Copyable {
  private let descriptor: FileDescriptor
  /// Who must own everything; nobody else may write to the directories.
  private let owner: UInt32

  /// More names than BlueZ ever makes in a device's directory (`doc/settings-storage.txt`).
  private static let mostNames = 64

  /// Opens a directory by its path, whose last component may not be a link.
  init(path: String, owner: UInt32) throws(FileProblem) {
    try self.init(opening: unsafe open(path, Self.flags), owner: owner, "\(path)")
  }

  private init(opening number: Int32, owner: UInt32, _ name: String) throws(FileProblem) {
    guard number >= 0 else { throw Self.problem("open \(name)") }
    let opened = FileDescriptor(owning: number)
    var information = stat()
    guard unsafe fstat(number, &information) == 0 else { throw Self.problem("stat \(name)") }
    guard information.st_uid == owner else { throw .strange("its directory belongs to another user") }
    guard information.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      throw .strange("others may write to its directory")
    }
    descriptor = opened
    self.owner = owner
  }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  /// Opens the directory of that name inside.
  func directory(_ name: String) throws(FileProblem) -> Directory {
    try Directory(opening: unsafe openat(descriptor.number, name, Self.flags), owner: owner, name)
  }

  /// The size in bytes of the plain file of that name; throws for anything else, and for one that somebody else owns or
  /// that has a second name elsewhere.
  @discardableResult
  func checkFile(_ name: String) throws(FileProblem) -> Int {
    var information = stat()
    guard unsafe fstatat(descriptor.number, name, &information, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw Self.problem("stat")
    }
    return try check(information)
  }

  private func check(_ information: stat) throws(FileProblem) -> Int {
    switch information.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFLNK: throw .strange("it is a symbolic link")
    case S_IFDIR: throw .strange("it is a directory")
    default: throw .strange("it is no plain file")
    }
    guard information.st_uid == owner else { throw .strange("it belongs to another user") }
    guard information.st_nlink == 1 else { throw .strange("it has another name elsewhere") }
    return Int(information.st_size)
  }

  /// What may be told of a plain file, from its first `most` bytes, which are wiped afterwards.
  func outline(of name: String, most: Int) throws(FileProblem) -> FileOutline {
    try checkFile(name)
    let number = unsafe openat(descriptor.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard number >= 0 else { throw Self.problem("open") }
    let file = FileDescriptor(owning: number)
    var information = stat()
    guard unsafe fstat(file.number, &information) == 0 else { throw Self.problem("stat") }
    _ = try check(information)
    let result: Result<FileOutline, FileProblem> = unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: most
    ) { room in
      defer { unsafe wipe(UnsafeMutableRawBufferPointer(room)) }
      var count = 0
      while count < room.count {
        let step = unsafe Glibc.read(file.number, room.baseAddress?.advanced(by: count), room.count - count)
        if step < 0, errno == EINTR { continue }
        guard step >= 0 else { return .failure(Self.problem("read")) }
        if step == 0 { break }
        count += step
      }
      let bytes = unsafe UnsafeBufferPointer(rebasing: room[..<count])
      return .success(FileOutline(scanning: unsafe bytes.span, isWhole: count < room.count))
    }
    return try result.get()
  }

  /// The names inside, sorted.
  func names() throws(FileProblem) -> [String] {
    let copy = unsafe openat(descriptor.number, ".", Self.flags)
    guard copy >= 0 else { throw Self.problem("open") }
    guard let stream = unsafe fdopendir(copy) else {
      let problem = Self.problem("fdopendir")
      close(copy)
      throw problem
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      guard let name else { throw .strange("a name in it is not UTF-8") }
      if name == "." || name == ".." { continue }
      guard names.count < Self.mostNames else { throw .strange("there are too many files in it") }
      names.append(name)
    }
    return names.sorted()
  }

  /// Removes a plain file; one that is gone already is no failure.
  func removeFile(_ name: String) throws(FileProblem) {
    do throws(FileProblem) { try checkFile(name) } catch {
      if error == .missing { return }
      throw error
    }
    try remove(name, 0)
  }

  /// Removes an empty directory.
  func removeDirectory(_ name: String) throws(FileProblem) { try remove(name, AT_REMOVEDIR) }

  private func remove(_ name: String, _ flags: Int32) throws(FileProblem) {
    guard unsafe unlinkat(descriptor.number, name, flags) == 0 || errno == ENOENT else { throw Self.problem("unlink") }
  }

  /// Makes what was removed stay removed over a loss of power.
  func synchronize() throws(FileProblem) {
    guard fsync(descriptor.number) == 0 else { throw Self.problem("fsync") }
  }

  private static func problem(_ call: @autoclosure () -> String) -> FileProblem {
    switch errno {
    case ENOENT: .missing
    case ELOOP, ENOTDIR: .strange("it is a symbolic link, or no directory where one is expected")
    case let code: .system(SystemError(call: call(), errno: code))
    }
  }
}
