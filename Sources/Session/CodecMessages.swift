internal import Varlink

/// PulseAudio's messages about the codecs of a Bluetooth card (its `doc/messaging_api.txt`). PipeWire has a profile for
/// each codec instead.
enum CodecMessages {
  static let list = "list-codecs"
  static let change = "switch-codec"

  static func object(_ card: String) -> String { "/card/\(card)/bluez" }

  /// A codec's name as a parameter.
  static func quoted(_ codec: String) -> String { String(decoding: JSONValue.string(codec).bytes, as: UTF8.self) }

  /// What `list-codecs` answered; what is not understood is left out.
  static func codecs(_ answer: String) -> [CodecFacts] {
    guard case .array(let entries)? = try? JSONValue(parsing: Array(answer.utf8)[...]) else { return [] }
    return entries.compactMap { entry in
      guard let name = entry.members?["name"]?.string else { return nil }
      return CodecFacts(name: name, description: entry.members?["description"]?.string ?? name)
    }
  }
}
