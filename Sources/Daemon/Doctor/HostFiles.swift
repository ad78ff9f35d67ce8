internal import Core
internal import EventLoop
internal import Glibc

/// What files of this computer tell the doctor. Nothing of it is kept.
struct HostFiles: Sendable {
  /// What stands before every path: empty but in tests.
  let root: String

  init(root: String = "") { self.root = root }

  /// The kernel's release and its own words on its build: "6.12.43+deb13-amd64".
  static var kernel: Fact<String> {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return .unknown("\(SystemError(call: "uname", errno: errno)).") }
    let release = unsafe withUnsafeBytes(of: &names.release) { unsafe $0.prefix { $0 != 0 }.map(\.self) }
    return .known(String(decoding: release, as: UTF8.self))
  }

  var settings: Fact<BlueZSettings> { BlueZConfiguration.settings(path: root + BlueZConfiguration.path) }

  /// Where users' units are looked for, the one that counts first (systemd.unit(5)).
  private static let userUnits = [
    "/etc/systemd/user", "/run/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user",
  ]

  var sessionUnit: Fact<String?> {
    .known(Self.userUnits.map { "\($0)/mdrctl-session.service" }.first { isThere(root + $0) })
  }

  /// Whether `bluetooth.service` has mdrctld started beside it.
  var isEnabled: Fact<Bool> {
    let units = "\(root)/etc/systemd/system"
    guard isThere(units) else { return .unknown("There is no \(units).") }
    return .known(isThere("\(units)/bluetooth.service.wants/mdrctld.service"))
  }

  /// Whether there is a socket at a path.
  static func isSocket(_ path: String) -> Fact<Bool> {
    var status = stat()
    if unsafe stat(path, &status) == 0 { return .known(status.st_mode & S_IFMT == S_IFSOCK) }
    return errno == ENOENT ? .known(false) : .unknown("\(SystemError(call: "stat \(path)", errno: errno)).")
  }

  /// Whether a directory can be written to, and has room.
  static func state(_ directory: String?) -> Fact<StateFact> {
    guard let directory else {
      return .known(StateFact(path: "STATE_DIRECTORY", obstacle: "mdrctld was given no directory for it."))
    }
    guard unsafe access(directory, W_OK) == 0 else {
      return .known(StateFact(path: directory, obstacle: "\(SystemError(call: "access", errno: errno))."))
    }
    var room = statvfs()
    guard unsafe statvfs(directory, &room) == 0 else {
      return .unknown("\(SystemError(call: "statvfs \(directory)", errno: errno)).")
    }
    return .known(StateFact(path: directory, obstacle: room.f_bavail == 0 ? "The disk is full." : nil))
  }

  /// The USB numbers of an adapter, "10d7:b012"; nil for one that is on no USB, or where sysfs does not tell.
  func controller(_ adapter: String) -> String? {
    let path = "\(root)/sys/class/bluetooth/\(adapter)/device/uevent"
    let mark = Array("PRODUCT=".utf8)
    // A small file of the kernel's: "PRODUCT=10d7/b012/8891".
    guard let bytes = try? StateFile(path: path).read(),
      let line = bytes.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: mark) })
    else { return nil }
    let numbers = line.dropFirst(mark.count).split(separator: UInt8(ascii: "/")).map { digits in
      String(repeating: "0", count: max(0, 4 - digits.count)) + String(decoding: digits, as: UTF8.self).lowercased()
    }
    return numbers.count >= 2 ? "\(numbers[0]):\(numbers[1])" : nil
  }

  private func isThere(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }
}
