/// The version of bluetoothd, as far as it can be known over the bus.
///
/// No property says it. `Adapter1.Modalias` carries the Device ID record, whose defaults are those of BlueZ itself:
/// vendor 0x1D6B (Linux Foundation), product 0x0246 (BlueZ), version major << 8 | minor, both as binary numbers
/// (`src/main.c init_defaults`); seen in the laboratory: "usb:v1D6Bp0246d0552" from 5.82. An administrator may set
/// another Device ID; then the version is unknown, and so it is without an adapter. Use it for wording and for
/// workarounds that cannot be told otherwise; prefer to look at what the bus offers.
package struct BlueZVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let major: UInt8
  package let minor: UInt8

  package init(_ major: UInt8, _ minor: UInt8) {
    self.major = major
    self.minor = minor
  }

  /// Nil when the Device ID is not BlueZ's own.
  package init?(adapterModalias modalias: String) {
    let prefix = "usb:v1D6Bp0246d"
    guard modalias.hasPrefix(prefix), modalias.utf8.count == prefix.utf8.count + 4,
      let version = UInt16(modalias.dropFirst(prefix.count), radix: 16), version > 0
    else { return nil }
    self.init(UInt8(version >> 8), UInt8(version & 0xFF))
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
