/// Low-energy twins: what a headset calls itself in low-energy advertisements, "LE_WH-1000XM4".
///
/// Sony's headsets advertise under that name beside their BR/EDR identity. BlueZ shows it as a device of its own, which
/// pairs and then offers no stereo audio; users pair it by mistake.
package enum Twin {
  private static let prefix = "LE_"

  /// The name of the headset whose twin this device is.
  package static func original(of device: Device) -> String? {
    // An alias is the user's own once the device has a name.
    let name = device.name ?? device.alias
    let rest = name.utf8.dropFirst(prefix.utf8.count)
    return name.utf8.starts(with: prefix.utf8) && !rest.isEmpty ? String(decoding: rest, as: UTF8.self) : nil
  }

  /// Whether someone who writes this means a twin, if it fits one.
  static func isNamed(by query: DeviceQuery) -> Bool {
    query.address != nil || query.text.uppercased().hasPrefix(prefix)
  }

  /// The twins that belong to a headset: those of its name, unless a second headset of that name is known, in which
  /// case nobody can say whose they are.
  package static func twins(of device: Device, in world: some World) -> [Device] {
    guard let name = device.name, original(of: device) == nil else { return [] }
    let all = world.devices(of: device.id.adapter)
    guard !all.contains(where: { $0.name?.hasSameBytes(as: name) == true && $0.id != device.id }) else {
      return []
    }
    return all.filter { original(of: $0)?.hasSameBytes(as: name) == true }
  }
}
