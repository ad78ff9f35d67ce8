internal import Glibc

/// The Bluetooth adapters that the kernel has, as sysfs shows them, whatever bluetoothd makes of them.
enum KernelAdapters {
  /// Their names in order; nil where the kernel does not show them. A kernel without Bluetooth has no such directory.
  static func names(sysfs: String = "/sys/class/bluetooth") -> [String]? {
    guard let directory = unsafe opendir(sysfs) else { return unsafe access("/sys/class", R_OK) == 0 ? [] : nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // Links are there, too: "hci0:256".
      let digits = name.utf8.dropFirst(3)
      if name.hasPrefix("hci"), !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
        names.append(name)
      }
    }
    return names.sorted()
  }
}
