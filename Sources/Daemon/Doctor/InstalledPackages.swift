internal import Core
internal import EventLoop
internal import Glibc
internal import Knowledge

/// The versions of packages as their distribution's database has them.
///
/// dpkg's is a text of some megabytes, which is read piece by piece, and between the pieces the loop turns; pacman's has
/// the version in the name of each package's directory. rpm's is a database of its own format, which is not read.
struct InstalledPackages: Sendable {
  /// What stands before every path: empty but in tests.
  let root: String
  let loop: EventLoop

  /// Bytes; more than any computer's list of packages has.
  private static let longest = 64 << 20
  /// Bytes at a time: some milliseconds' work.
  private static let piece = 256 << 10
  private static let mostEntries = 100_000

  /// The packages of these names that are installed; or why nobody can say.
  func versions(of names: [String]) async -> Fact<[String: PackageFact]> {
    let dpkg = "\(root)/var/lib/dpkg/status"
    if unsafe access(dpkg, F_OK) == 0 { return await fromDpkg(dpkg, names) }
    let pacman = "\(root)/var/lib/pacman/local"
    if unsafe access(pacman, F_OK) == 0 { return fromPacman(pacman, names) }
    for path in ["/usr/lib/sysimage/rpm", "/var/lib/rpm"] where unsafe access(root + path, F_OK) == 0 {
      return .unknown("rpm's database is not read.")
    }
    return .unknown("No database of packages is known here.")
  }

  private func fromDpkg(_ path: String, _ names: [String]) async -> Fact<[String: PackageFact]> {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .unknown("\(SystemError(call: "open \(path)", errno: errno)).") }
    let file = FileDescriptor(owning: descriptor)
    var status = DpkgStatus(names)
    var (total, piece) = (0, [UInt8](repeating: 0, count: Self.piece))
    while !status.isComplete {
      let count: Int
      do throws(SystemError) { count = try file.read(into: &piece) } catch { return .unknown("\(error).") }
      guard count > 0 else { break }
      total += count
      guard total <= Self.longest else { return .unknown("\(path) is longer than \(Self.longest) bytes.") }
      status.take(piece[..<count])
      try? await LoopClock(loop).sleep(for: .zero)
    }
    status.end()
    return .known(status.found)
  }

  private func fromPacman(_ path: String, _ names: [String]) -> Fact<[String: PackageFact]> {
    guard let directory = unsafe opendir(path) else {
      return .unknown("\(SystemError(call: "open \(path)", errno: errno)).")
    }
    defer { unsafe closedir(directory) }
    var (found, count): ([String: PackageFact], Int) = ([:], 0)
    while let entry = unsafe readdir(directory) {
      count += 1
      guard count <= Self.mostEntries else { return .unknown("\(path) has more than \(Self.mostEntries) entries.") }
      let text = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // NAME-VERSION-RELEASE, of which the last two have no dash.
      for name in names where text.utf8.starts(with: name.utf8) {
        let rest = text.utf8.dropFirst(name.utf8.count)
        guard rest.first == UInt8(ascii: "-"), rest.count(where: { $0 == UInt8(ascii: "-") }) == 2 else { continue }
        found[name] = PackageFact(String(Substring(rest.dropFirst())), in: "pacman")
      }
    }
    return .known(found)
  }
}

extension PackageFact {
  init(_ version: String, in database: String) {
    self.init(version: version, upstream: PackageVersion(version).upstream, database: database)
  }
}

/// dpkg's list of packages, as it comes: paragraphs of `Name: value`, of which three are looked at (deb-control(5)).
struct DpkgStatus {
  private(set) var found: [String: PackageFact] = [:]
  private let wanted: [[UInt8]]
  private var isInstalled = false
  private var name: Int?
  private var version: String?
  /// The start of a line whose end has not come.
  private var rest: [UInt8] = []

  /// Bytes of a line that is looked at; what is longer is none of the three.
  private static let longestLine = 512

  init(_ names: [String]) { wanted = names.map { Array($0.utf8) } }

  var isComplete: Bool { found.count == wanted.count }

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    var bytes = bytes
    while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
      if rest.isEmpty {
        take(line: bytes[..<end])
      } else {
        keep(bytes[..<end])
        let line = rest[...]
        rest = []
        take(line: line)
      }
      bytes = bytes[(end + 1)...]
    }
    keep(bytes)
  }

  /// The text has ended.
  mutating func end() {
    take(line: rest[...])
    rest = []
    finish()
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    rest += bytes.prefix(max(0, Self.longestLine - rest.count))
  }

  private mutating func take(line: ArraySlice<UInt8>) {
    guard let first = line.first else { return finish() }
    switch first {
    case UInt8(ascii: "P"):
      if let value = Self.value("Package: ", line) { name = wanted.firstIndex { $0.elementsEqual(value) } }
    case UInt8(ascii: "S") where name != nil:
      // "install ok installed": what is wanted, whether it is sound, what it is.
      if let value = Self.value("Status: ", line) {
        isInstalled = value.reversed().starts(with: " installed".utf8.reversed())
      }
    case UInt8(ascii: "V") where name != nil:
      if let value = Self.value("Version: ", line) { version = String(decoding: value, as: UTF8.self) }
    default: break
    }
  }

  private mutating func finish() {
    if let name, isInstalled, let version {
      found[String(decoding: wanted[name], as: UTF8.self)] = PackageFact(version, in: "dpkg")
    }
    (name, version, isInstalled) = (nil, nil, false)
  }

  private static func value(_ name: String, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    line.starts(with: name.utf8) ? line.dropFirst(name.utf8.count) : nil
  }
}
