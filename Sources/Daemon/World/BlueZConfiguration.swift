internal import Core
internal import EventLoop
internal import KeyFiles

/// BlueZ's own settings, as its `main.conf` says them; it is read, and never written.
///
/// bluetoothd reads the file when it starts, so a file that was changed since says what will be. One with a line that
/// GLib refuses it does not use at all (`src/main.c load_config`).
enum BlueZConfiguration {
  static let path = "/etc/bluetooth/main.conf"

  /// `JustWorksRepairing` in the group General; nil when the file cannot be read. Absent means `never` (`src/main.c`).
  static func repairing(path: String = path) -> BondContext.Repairing? { file(path).map(repairing) }

  static func repairing(in file: KeyFile) -> BondContext.Repairing {
    text(of: "JustWorksRepairing", in: file).flatMap(BondContext.Repairing.init) ?? .never
  }

  /// `ControllerMode` in the group General where it is not `dual`, which it is by default; nil also when the file cannot
  /// be read. bluetoothd leaves adapters alone that have nothing of the mode (`src/adapter.c read_info_complete`).
  static func controllerMode(path: String = path) -> String? {
    let mode = file(path).flatMap { text(of: "ControllerMode", in: $0) }
    return mode.flatMap { ["bredr", "le"].contains($0) ? $0 : nil }
  }

  /// All that the file says, with its lines, for the doctor.
  static func settings(path: String = path) -> Fact<BlueZSettings> {
    var settings = BlueZSettings(path: path)
    do throws(SystemError) {
      guard let bytes = try StateFile(path: path).read() else {
        settings.isThere = false
        return .known(settings)
      }
      let file = KeyFile(bytes)
      if let error = file.error {
        // GLib would read a longer one.
        guard error.problem != .tooLong else { return .unknown("\(path) is longer than \(KeyFile.longest) bytes.") }
        settings.fault = (error.line, error.description)
        return .known(settings)
      }
      for pair in file.pairs {
        guard let text = pair.value.string else { continue }
        let name = String(decoding: pair.group + [UInt8(ascii: "/")] + pair.key, as: UTF8.self)
        settings.values[name] = BlueZSettings.Value(text: text, line: pair.value.line)
      }
      return .known(settings)
    } catch { return .unknown("\(error).") }
  }

  private static func file(_ path: String) -> KeyFile? {
    guard let bytes = try? StateFile(path: path).read() else { return nil }
    let file = KeyFile(bytes)
    return file.error?.problem == .tooLong ? nil : file
  }

  private static func text(of key: String, in file: KeyFile) -> String? {
    file.error == nil ? file["General", key]?.string : nil
  }
}
