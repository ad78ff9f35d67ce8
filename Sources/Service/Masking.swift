/// The text without whole Bluetooth addresses: the maker's half is kept, "AC:80:0A:xx:xx:xx". Also those in the names of
/// BlueZ's objects, "dev_AC_80_0A_xx_xx_xx", and of our files, "AC800Axxxxxx".
package func withoutAddresses(_ text: String) -> String {
  var bytes = Array(text.utf8)
  // Six pairs of digits with five separators.
  let length = 17
  var start = 0
  while start + length <= bytes.count {
    guard isAddress(bytes[start..<(start + length)]) else {
      start += 1
      continue
    }
    for offset in [9, 10, 12, 13, 15, 16] { bytes[start + offset] = UInt8(ascii: "x") }
    start += length
  }
  maskRuns(&bytes)
  return String(decoding: bytes, as: UTF8.self)
}

/// Twelve digits in a row, as capitals: a UUID's last twelve are small letters in BlueZ's hands.
private func maskRuns(_ bytes: inout [UInt8]) {
  var start = 0
  while start < bytes.count {
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    if end - start == 12 { for place in (start + 6)..<end { bytes[place] = UInt8(ascii: "x") } }
    start = end + 1
  }
}

private func isDigit(_ byte: UInt8) -> Bool { isHexadecimal(byte) && byte < UInt8(ascii: "a") }

private func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
  let separator = bytes[bytes.startIndex + 2]
  guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "_") || separator == UInt8(ascii: "-") else {
    return false
  }
  return bytes.enumerated().allSatisfy { offset, byte in offset % 3 == 2 ? byte == separator : isHexadecimal(byte) }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
    UInt8(ascii: "a")...UInt8(ascii: "f"):
    true
  default: false
  }
}
