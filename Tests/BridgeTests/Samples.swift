import Interface
import Vocabulary

@testable import Bridge

let headset = Address(bits: 0xAC80_0A2E_0002)
let other = Address(bits: 0x94DB_5600_0001)
let topics = Topics(prefix: "homeassistant", name: "desk")

/// A bonded headset.
func sample(_ address: Address = headset, _ change: (inout Device) -> Void = { _ in }) -> Device {
  var device = Device(
    adapter: "hci0", address: address.description, alias: "WF-1000XM5", paired: true, bonded: true, trusted: true,
    profiles: [.a2dp, .hfp])
  change(&device)
  return device
}

extension Control.MonitorReply {
  /// What there is, with one adapter.
  static func everything(_ devices: Device..., powered: Bool = true) -> Self {
    Self(event: .state, adapters: [.sample(powered: powered)], devices: devices)
  }
}

extension Adapter {
  static func sample(powered: Bool) -> Self {
    Self(
      name: "hci0", address: "00:1A:7D:DA:71:13", alias: "desk", powered: powered, blocked: false, pairable: false,
      discoverable: false, discovering: false, audioReady: true, selected: true)
  }
}
