internal import Glibc

/// The rfkill switches of adapters, which whoever sits at the computer may set, as systemd has it; the daemon may not.
package struct RfkillSwitch: Sendable {
  private let sysfs: String
  private let device: String

  package init(sysfs: String = "/sys/class/bluetooth", device: String = "/dev/rfkill") {
    (self.sysfs, self.device) = (sysfs, device)
  }

  /// Why a switch was not opened.
  package enum Obstacle: Error, Hashable, Sendable {
    /// The adapter has none that the kernel shows.
    case missing
    /// It is one that only a hand can move, or the firmware.
    case hard
    /// The kernel does not let it be set; why, as the C library says it.
    case refused(String)
  }

  /// Takes the soft block of an adapter, "hci0", away.
  ///
  /// Source: `Documentation/driver-api/rfkill.rst` and `linux/rfkill.h`, whose `rfkill_event` this writes.
  package func unblock(_ adapter: String) throws(Obstacle) {
    guard let number = number(of: adapter) else { throw .missing }
    guard flag("hard", of: adapter, number) != true else { throw .hard }
    let descriptor = unsafe open(device, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refused() }
    defer { close(descriptor) }
    let bytes = Self.event(number)
    guard unsafe write(descriptor, bytes, bytes.count) == bytes.count else { throw refused() }
  }

  private func refused() -> Obstacle { unsafe .refused("\(device): " + String(cString: strerror(errno))) }

  /// That the switch of a number is of Bluetooth, is changed, and blocks no more.
  private static func event(_ number: UInt32) -> [UInt8] {
    let (bluetooth, change): (UInt8, UInt8) = (2, 2)
    let index = unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
    return index + [bluetooth, change, 0, 0]
  }

  private func number(of adapter: String) -> UInt32? {
    let digits = adapter.utf8.dropFirst(3)
    guard adapter.hasPrefix("hci"), !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let directory = unsafe opendir("\(sysfs)/\(adapter)")
    else { return nil }
    defer { unsafe closedir(directory) }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasPrefix("rfkill"), let number = UInt32(name.dropFirst("rfkill".utf8.count)) { return number }
    }
    return nil
  }

  private func flag(_ name: String, of adapter: String, _ number: UInt32) -> Bool? {
    let descriptor = unsafe open("\(sysfs)/\(adapter)/rfkill\(number)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1 ? byte == UInt8(ascii: "1") : nil
  }
}
