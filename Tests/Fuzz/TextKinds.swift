import BlueZ
import Core
import Interface
import Knowledge
import Support
import Vocabulary

@testable import Commands
@testable import Daemon
@testable import Session

// Names and words that strangers, sound servers and callers choose.

extension Kind {
  /// Names of devices and what is made of them: two texts with a NUL between.
  static let texts = Kind("texts", longest: 512) { _ in
    { bytes in
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      let text = String(decoding: parts[0], as: UTF8.self)
      let other = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
      if let modalias = Modalias(text) { _ = modalias.manufacturer }
      if let address = Address(written: text) {
        precondition(Address("\(address)") == address, "an address is not written as it is read")
      }
      precondition(text.shown.utf8.count <= 248 + 3, "what is shown is too long")
      precondition(
        !displayable(text).unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "a control character")
      precondition(displayWidth(displayable(text)) >= 0, "a width below nothing")
      var comparisons = 0
      _ = SearchPattern(text).match(other, counting: &comparisons)
      precondition(comparisons <= 2 * other.lowercased().count, "a search that takes long")
      if let query = DeviceQuery(text) {
        let devices = [text, other, "WH-1000XM4"].enumerated().map { number, name in
          Core.Device(id: DeviceID(AdapterID("hci0"), Address(bits: UInt64(number))), name: name, alias: name)
        }
        _ = try? query.resolve(among: devices)
      }
      _ = PackageVersion(text) < PackageVersion(other)
      let known: [(number: Int, device: RecordedNames.Device)] = [(7, .init(address: "94:DB:56:00:00:01", name: other))]
      let clean = Discretion(known: known, strangers: [text]).clean("\(text) \(other)")
      _ = Discretion.told(clean) { _ in text }
      let aliases = Aliases(
        Aliases.Known(headsets: [("94:DB:56:00:00:01", [other])], strangers: [text], users: ["somebody"]))
      _ = aliases.replaced("\(text) \(other)")
      _ = nearest(to: text, among: ["status", "list", other])
    }
  }

  /// What a sound server says of its cards; the part in the session makes a report of it that the daemon takes.
  static let sound = Kind("sound", longest: 1024) { _ in
    { bytes in
      var choices = Choices(bytes)
      func properties() -> [Property: String] {
        var all: [Property: String] = [:]
        for _ in 0..<choices.below(4) {
          let property = choices.one(of: Array(Property.allCases))
          all[property] = choices.below(3) == 0 ? "94:DB:56:00:00:01" : choices.text()
        }
        return all
      }
      func end() -> EndpointFacts {
        EndpointFacts(
          index: UInt32(choices.byte()),
          name: choices.below(2) == 0 ? "bluez_output.94_DB_56_00_00_01.1" : choices.text(),
          card: choices.below(3) == 0 ? nil : UInt32(choices.below(4)), isMonitor: choices.below(2) == 1,
          hasFailed: choices.below(8) == 7, properties: properties())
      }
      var facts = SoundFacts(
        server: ServerFacts(
          name: choices.below(2) == 0 ? "PulseAudio (on PipeWire 1.4.2)" : choices.text(), version: choices.text(),
          defaultSink: choices.text()))
      for _ in 0..<choices.below(4) {
        let profiles = (0..<choices.below(6)).map { _ in
          ProfileFacts(
            name: choices.text(), description: choices.text(), sinks: choices.below(3), sources: choices.below(3),
            priority: Int(choices.byte()), isAvailable: choices.below(2) == 1)
        }
        facts.cards.append(
          CardFacts(
            index: UInt32(choices.below(4)),
            name: choices.below(2) == 0 ? "bluez_card.94_DB_56_00_00_01" : choices.text(),
            properties: properties(), profiles: profiles, activeProfile: choices.below(2) == 0 ? "a2dp-sink" : nil))
      }
      facts.sinks = (0..<choices.below(4)).map { _ in end() }
      facts.sources = (0..<choices.below(4)).map { _ in end() }
      facts.streams = (0..<choices.below(3)).map { _ in
        StreamFacts(
          source: UInt32(choices.byte()), client: UInt32(choices.byte()), name: choices.text(),
          properties: properties(),
          resampling: choices.below(2) == 0 ? "peaks" : nil)
      }
      facts.clients = (0..<choices.below(3)).map { _ in
        ClientFacts(index: UInt32(choices.byte()), properties: properties())
      }
      for name in facts.cardsWithCodecs { facts.codecs[name] = CodecMessages.codecs(choices.text()) }
      let state = SoundState(facts)
      for card in state.cards {
        precondition(Address(card.address) != nil, "a card without an address is reported")
        for text in [card.name] + card.profiles.map(\.description) {
          precondition(text.utf8.count <= 512, "the daemon would refuse the report")
        }
      }
    }
  }

  /// The words of a command line, a line each.
  static let commandLine = Kind("commandline", longest: 256) { _ in
    let declared = Verb.declared
    return { bytes in
      let words = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
      _ = try? Scanner(words, of: declared)
      for word in words {
        guard let moment = try? Moment(word) else { continue }
        _ = moment.milliseconds(at: 1_700_000_000)
      }
    }
  }
}
