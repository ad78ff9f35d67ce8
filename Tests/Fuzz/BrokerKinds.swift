import Interface
import KeyFiles
import Varlink
import Vocabulary

@testable import Bridge

// What an MQTT broker and its clients send, and what is made of headsets' names for them.

extension Kind {
  /// A topic and a payload with a NUL between; the payload is a headset's name, too, and all of it a configuration.
  static let broker = Kind("broker", longest: 512) { _ in
    let topics = Topics(prefix: "homeassistant", name: "desk")
    let rights = Rights(mayControl: true, mayRepair: true)
    let address = Address(bits: 0xAC80_0A2E_0002)
    return { bytes in
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      let topic = String(decoding: parts[0], as: UTF8.self)
      let payload = parts.count > 1 ? Array(parts[1]) : []
      var device = Device(
        adapter: "hci0", address: "\(address)", alias: String(decoding: payload, as: UTF8.self), bonded: true,
        profiles: [.a2dp])
      device.connected = payload.first == 1
      var entry = Entry(device)
      entry.result = device.alias
      switch topics.meaning(of: topic) {
      case .state(let address): precondition(topics.state(of: address) == topic, "a topic is not written as it is read")
      case .command(let address, let key):
        precondition(topics.command(key, of: address) == topic, "a topic is not written as it is read")
        if Order(key, payload, for: entry, rights) != nil {
          precondition(
            payload.count <= Order.longestPayload && Entity(rawValue: key) != nil, "an order that nobody offered")
        }
      case .birth, nil: break
      }
      let payloads = Payloads(topics: topics, rights: rights)
      for value in [payloads.discovery(of: address, entry), payloads.state(of: entry)] {
        precondition((try? JSONValue(parsing: value.bytes)) == value, "what is published is not read as it is meant")
      }
      if let told = try? BridgeConfiguration(KeyFile(bytes), path: "bridge.conf", hostName: topic) {
        precondition(!told.host.isEmpty && !told.name.isEmpty && (1...65_535).contains(told.port), "no broker")
      }
    }
  }
}
