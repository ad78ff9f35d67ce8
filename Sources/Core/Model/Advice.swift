/// The command lines of mdrctl's that users are advised to run, and how they are told.
///
/// Policy writes each whole, with the adapter that it means. A reader with one adapter is told it without: there is
/// nothing to choose. Whatever leaves the daemon goes through ``told(_:amongSeveral:as:)``.
package enum Advice {
  private static let option = " --adapter "

  /// "mdrctl profile 94:DB:56:00:00:01 stereo --adapter hci0": the verb, the device, what follows it.
  package static func command(_ verb: String, _ device: DeviceID, _ rest: String = "") -> String {
    command("\(verb) \(device.address)\(rest.isEmpty ? "" : " ")\(rest)", on: device.adapter)
  }

  /// "mdrctl adapter power on --adapter hci0".
  package static func command(_ words: String, on adapter: AdapterID) -> String {
    "mdrctl \(words)\(option)\(adapter)"
  }

  /// The text for a reader whose computer has several adapters, or one. Where `adapter` is given, every command is about
  /// that one, whatever it was called when the text was written: names change with the order of plugging.
  package static func told(_ text: String, amongSeveral: Bool, as adapter: AdapterID? = nil) -> String {
    let (bytes, mark) = (Array(text.utf8), Array(option.utf8))
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      guard bytes[place...].starts(with: mark) else {
        result.append(bytes[place])
        place += 1
        continue
      }
      let name = bytes[(place + mark.count)...].prefix(while: isOfName)
      if amongSeveral { result += mark + (adapter.map { Array($0.name.utf8)[...] } ?? name) }
      place = name.endIndex
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }
}
