import Simulator

/// The headsets of these tests.
enum Sony {
  static let new = "94:DB:56:8A:00:01"
  static let bonded = "AC:80:0A:2E:00:02"
  static let twin = "5C:3A:90:11:22:33"

  /// A WH-1000XM4 in pairing mode.
  static func pairing(_ change: (inout Headset) -> Void = { _ in }) -> Headset {
    var headset = Headset(new, name: "WH-1000XM4")
    headset.isInPairingMode = true
    change(&headset)
    return headset
  }

  /// A WF-1000XM5 that is paired already, or is to be.
  static func earbuds(_ change: (inout Headset) -> Void = { _ in }) -> Headset {
    var headset = Headset(bonded, name: "WF-1000XM5")
    change(&headset)
    return headset
  }
}

extension Simulator {
  /// Whether everything that a pairing takes has been given back: the agent, the discovery, and Pairable.
  var isTidy: Bool {
    get async { agentCount == 0 && discoveryCount() == 0 && controller("hci0")?.isPairable == false }
  }
}
