/// The services of audio, by their role at either end (Bluetooth assigned numbers, 16-bit UUIDs).
package enum AudioService: UInt16, CaseIterable, Sendable {
  /// Among an adapter's only while a sound server has registered a media endpoint.
  case a2dpSource = 0x110A
  case a2dpSink = 0x110B
  case remoteControlTarget = 0x110C
  case remoteControl = 0x110E
  case headset = 0x1108
  case headsetGateway = 0x1112
  case handsFree = 0x111E
  /// Among an adapter's only while somebody has registered the hands-free gateway.
  case handsFreeGateway = 0x111F

  /// The 128-bit form that BlueZ uses, in lower case.
  package var uuid: String {
    let digits = String(rawValue, radix: 16)
    return "0000\(String(repeating: "0", count: 4 - digits.count))\(digits)-0000-1000-8000-00805f9b34fb"
  }
}
