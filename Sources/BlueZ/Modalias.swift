internal import CBlueZ

/// Who made a device and which one it is, as its Device ID profile says: "bluetooth:v0075p0001d0100" or
/// "usb:v054Cp0D58d0106" (`lib/uuid.h`, `src/device.c`).
package struct Modalias: Hashable, Sendable {
  /// Who gave the vendor its number.
  package enum Registry: String, Sendable {
    case bluetooth
    case usb
  }
  package let registry: Registry
  package let vendor: UInt16
  package let product: UInt16
  package let version: UInt16

  /// Nil for any other text.
  package init?(_ text: String) {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let registry = Registry(rawValue: String(parts[0])) else { return nil }
    let fields = Array(parts[1].utf8)
    guard fields.count == 15, fields[0] == UInt8(ascii: "v"), fields[5] == UInt8(ascii: "p"),
      fields[10] == UInt8(ascii: "d"), let vendor = Self.number(fields[1...4]),
      let product = Self.number(fields[6...9]), let version = Self.number(fields[11...14])
    else { return nil }
    self.registry = registry
    self.vendor = vendor
    self.product = product
    self.version = version
  }

  /// The vendor's name: libbluetooth's list of the Bluetooth SIG's companies. Of USB's vendors only Sony is known here,
  /// whose headphones carry its USB number.
  package var manufacturer: String? {
    switch registry {
    case .bluetooth: unsafe String(cString: cbluez_company_name(vendor))
    case .usb: vendor == 0x054C ? "Sony" : nil
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt16? {
    UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
