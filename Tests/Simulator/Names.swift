/// BlueZ's names on the bus.
enum Bluez {
  static let service = "org.bluez"
  static let adapter = "org.bluez.Adapter1"
  static let device = "org.bluez.Device1"
  static let battery = "org.bluez.Battery1"
  static let media = "org.bluez.Media1"
  static let mediaControl = "org.bluez.MediaControl1"
  static let mediaEndpoint = "org.bluez.MediaEndpoint1"
  static let mediaTransport = "org.bluez.MediaTransport1"
  static let adminPolicySet = "org.bluez.AdminPolicySet1"
  static let adminPolicyStatus = "org.bluez.AdminPolicyStatus1"
  static let agentManager = "org.bluez.AgentManager1"
  static let profileManager = "org.bluez.ProfileManager1"
  static let profile = "org.bluez.Profile1"
  static let agent = "org.bluez.Agent1"
}

/// The services of audio (Bluetooth assigned numbers, 16-bit UUIDs).
package enum Service: UInt16, CaseIterable, Sendable {
  case headset = 0x1108
  case a2dpSource = 0x110A
  case a2dpSink = 0x110B
  case remoteControlTarget = 0x110C
  case remoteControl = 0x110E
  case headsetGateway = 0x1112
  case handsFree = 0x111E
  case handsFreeGateway = 0x111F

  /// The 128-bit form that BlueZ uses, in lower case.
  package var uuid: String { Self.uuid(rawValue) }

  /// Any 16-bit UUID in its 128-bit form.
  static func uuid(_ short: UInt16) -> String {
    let digits = String(short, radix: 16)
    return "0000\(String(repeating: "0", count: 4 - digits.count))\(digits)-0000-1000-8000-00805f9b34fb"
  }

  /// The service that a caller of `ConnectProfile` names: the full UUID, or its short form in hexadecimal.
  init?(name: String) {
    let name = name.lowercased()
    let short = name.hasPrefix("0x") ? UInt16(name.dropFirst(2), radix: 16) : nil
    guard let match = Self.allCases.first(where: { $0.uuid == name || $0.rawValue == short }) else { return nil }
    self = match
  }
}
