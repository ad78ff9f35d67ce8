internal import Glibc

/// rfkill switches, as the kernel shows them in sysfs.
///
/// For BlueZ before 5.73, which does not say why an adapter is off (`Adapter1.PowerState` is experimental there), and for the
/// moment before a newer one says it.
enum Rfkill {
  /// Whether a switch of the adapter's own blocks it. Source: `Documentation/ABI/stable/sysfs-class-rfkill`; `soft` and
  /// `hard` are "1" while blocking.
  static func blocks(_ adapter: String, sysfs: String = "/sys/class/bluetooth") -> Bool {
    // The name comes from the bus: nothing but "hci" and digits reaches the file system.
    let digits = adapter.utf8.dropFirst(3)
    guard adapter.hasPrefix("hci"), !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    return ["soft", "hard"].contains { kind in
      matches("\(sysfs)/\(adapter)/rfkill*/\(kind)").contains { firstByte(of: $0) == UInt8(ascii: "1") }
    }
  }

  private static func matches(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }

  private static func firstByte(of path: String) -> UInt8? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1 ? byte : nil
  }
}
