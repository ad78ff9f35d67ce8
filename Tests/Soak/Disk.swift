import Foundation
import Glibc

/// The daemon's state directory, on a small file system of its own where that is allowed.
final class Disk {
  let path: String
  /// Whether it is a file system of its own.
  let isOwn: Bool
  private var filler: String { "\(path)/.filler" }

  /// Where it may be mounted, the directory is a file system of so many kilobytes.
  init(at path: String, kilobytes: Int = 512) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    isOwn = unsafe mount("none", path, "tmpfs", 0, "size=\(kilobytes)k,mode=0700") == 0
  }

  deinit { if isOwn { _ = unsafe umount2(path, Int32(MNT_DETACH)) } }

  /// Fills it; false where it is not its own.
  func fill() throws -> Bool {
    guard isOwn else { return false }
    let descriptor = unsafe open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let block = [UInt8](repeating: 0, count: 4096)
    while unsafe Glibc.write(descriptor, block, block.count) > 0 { continue }
    close(descriptor)
    return true
  }

  /// Makes it read-only; false where it is not its own.
  func protect() throws -> Bool {
    guard isOwn else { return false }
    return unsafe mount("none", path, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0
  }

  /// Takes either back.
  func free() throws {
    guard isOwn else { return }
    _ = unsafe mount("none", path, nil, UInt(MS_REMOUNT), nil)
    _ = unsafe unlink(filler)
  }

  /// What lies there, but for directories, by paths from the directory on.
  func files() -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    return names.filter { name in
      var isDirectory: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory)
      return !isDirectory.boolValue && name != ".filler"
    }.sorted()
  }

  func read(_ name: String) -> [UInt8] { FileManager.default.contents(atPath: "\(path)/\(name)").map(Array.init) ?? [] }

  func write(_ bytes: [UInt8], to name: String) {
    _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(bytes))
  }

  func remove(_ name: String) { _ = unsafe unlink("\(path)/\(name)") }
}
