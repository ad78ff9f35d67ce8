internal import Core
internal import EventLoop

/// BlueZ's own settings, as its `main.conf` says them; it is read, and never written.
///
/// bluetoothd reads the file when it starts, so a file that was changed since says what will be.
enum BlueZConfiguration {
  static let path = "/etc/bluetooth/main.conf"

  /// `JustWorksRepairing` in the group General; nil when the file cannot be read. Absent means `never` (`src/main.c`).
  static func repairing(path: String = path) -> BondContext.Repairing? {
    guard let bytes = try? StateFile(path: path).read() else { return nil }
    return repairing(in: String(decoding: bytes, as: UTF8.self))
  }

  static func repairing(in text: String) -> BondContext.Repairing {
    BondContext.Repairing(rawValue: value(of: "JustWorksRepairing", in: text)) ?? .never
  }

  /// `ControllerMode` in the group General where it is not `dual`, which it is by default; nil also when the file cannot
  /// be read. bluetoothd leaves adapters alone that have nothing of the mode (`src/adapter.c read_info_complete`).
  static func controllerMode(path: String = path) -> String? {
    guard let bytes = try? StateFile(path: path).read() else { return nil }
    let mode = value(of: "ControllerMode", in: String(decoding: bytes, as: UTF8.self))
    return ["bredr", "le"].contains(mode) ? mode : nil
  }

  /// A value in the group General; empty when it is not there.
  private static func value(of key: String, in text: String) -> String {
    var group = ""
    var value: Substring = ""
    for line in text.split(separator: "\n") {
      let line = line.trimmed
      if line.first == "#" { continue }
      if line.first == "[", line.last == "]" {
        group = String(line.dropFirst().dropLast())
        continue
      }
      guard group == "General", let sign = line.firstIndex(of: "=") else { continue }
      // Of several, GLib takes the last.
      if line[..<sign].trimmed == key { value = line[line.index(after: sign)...].trimmed }
    }
    return String(value)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return self[first...last]
  }
}
