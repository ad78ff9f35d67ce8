/// A2DP codecs by name.
package enum Codec {
  /// The name of a codec. Identifier 255 means a vendor's own: then the capabilities begin with the vendor's number
  /// (four octets) and the vendor's number for the codec (two), little endian (A2DP 1.3, section 4.7).
  package static func name(_ identifier: UInt8?, capabilities: [UInt8] = []) -> String {
    switch identifier {
    case nil: "unknown"
    case 0x00: "SBC"
    case 0x01: "MP3"
    case 0x02: "AAC"
    case 0x04: "ATRAC"
    case 0xFF: vendorName(capabilities)
    case let other?: "codec \(other)"
    }
  }

  private static func vendorName(_ capabilities: [UInt8]) -> String {
    guard capabilities.count >= 6 else { return "vendor" }
    let vendor = capabilities[0..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let codec = capabilities[4..<6].reversed().reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
    // Numbers as PipeWire's and Android's sources use them.
    switch (vendor, codec) {
    case (0x0000_012D, 0x00AA): return "LDAC"
    case (0x0000_004F, 0x0001): return "aptX"
    case (0x0000_00D7, 0x0024): return "aptX HD"
    case (0x0000_000A, 0x0002), (0x0000_00D7, 0x0002): return "aptX LL"
    case (0x0000_0075, 0x0102): return "Samsung HD"
    case (0x0000_053A, 0x484C): return "LHDC"
    default: return "vendor"
    }
  }
}
