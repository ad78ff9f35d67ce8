internal import BlueZ
internal import Core
internal import DBus
internal import Interface
internal import Vocabulary

/// The audio services among the UUIDs of an adapter or a device.
enum AudioServices {
  static let byUUID = Dictionary(uniqueKeysWithValues: AudioService.allCases.map { ($0.uuid, $0) })

  static func among(_ uuids: [String]) -> Set<AudioService> { Set(uuids.compactMap { byUUID[$0] }) }

  static func profiles(_ uuids: [String]) -> [Interface.Device.Profile] {
    let services = among(uuids)
    let offered: [(Interface.Device.Profile, Bool)] = [
      (.a2dp, services.contains(.a2dpSink)), (.hfp, services.contains(.handsFree)),
      (.hsp, services.contains(.headset)),
      (.avrcp, services.contains(.remoteControl) || services.contains(.remoteControlTarget)),
    ]
    return offered.filter(\.1).map(\.0)
  }
}
