package import DBus
package import Vocabulary

/// A remote device, as `org.bluez.Device1` and `org.bluez.Battery1` describe it.
///
/// Texts are what the device or its owner chose, unchanged: they are to be cleaned before a terminal shows them.
package struct Device: Hashable, Sendable {
  /// Which kind of address it is. BR/EDR devices always have a public one.
  package enum AddressType: Hashable, Sendable {
    case `public`, random
    case other(String)
  }

  package let path: ObjectPath
  package let address: Address
  /// The adapter that knows it. The same device at another adapter is another object.
  package var adapter: ObjectPath
  package var addressType: AddressType = .public
  /// What the device calls itself; nil while unknown.
  package var name: String?
  /// What its owner calls it; the name, or the address with dashes, unless set.
  package var alias = ""
  /// A freedesktop.org icon name such as "audio-headset".
  package var icon: String?
  /// Class of Device (Bluetooth Assigned Numbers).
  package var deviceClass: UInt32?
  /// Whether a key is in use; ``bonded`` tells whether it will last.
  package var paired = false
  /// Whether a key is stored. A pairing without it does not outlive the link.
  package var bonded = false
  /// Whether it may connect services without an agent's consent.
  package var trusted = false
  /// Whether BlueZ refuses its connections.
  package var blocked = false
  /// Whether any link is up; it says nothing about profiles.
  package var connected = false
  /// Whether ``uuids`` comes from the device itself, over the link that is up.
  package var servicesResolved = false
  /// The services of the device, in BlueZ's lower case; see `AudioService`.
  package var uuids: [String] = []
  /// Maker and model; see ``Modalias``.
  package var modalias: String?
  /// Signal strength in dBm at the last inquiry answer or advertisement. Present during discovery only; never that of
  /// the link.
  package var rssi: Int16?
  /// Whether the discovery that runs has shown it otherwise than by its signal strength, which BlueZ may withhold
  /// (``ObjectTree`` sees to it): it appeared meanwhile, or told its name or class.
  package internal(set) var isShown = false
  /// Charge in percent, if something told BlueZ.
  package var battery: UInt8?

  package init(path: ObjectPath, address: Address, adapter: ObjectPath) {
    self.path = path
    self.address = address
    self.adapter = adapter
  }
}

extension Device {
  /// Whether nothing is another than how strong it is heard, as it was before.
  package func isHeardAgain(since old: Self) -> Bool {
    guard rssi != nil, old.rssi != nil, rssi != old.rssi else { return false }
    var before = old
    before.rssi = rssi
    return before == self
  }
}

extension Device: PropertyBag {
  mutating func update(_ property: String, _ value: inout MessageReader) {
    switch property {
    case DeviceProperty.addressType:
      if let text = try? value.text() { addressType = AddressType(text) }
    case DeviceProperty.adapter:
      if let path = try? value.objectPath() { adapter = path }
    case DeviceProperty.name: value.read(into: &name)
    case DeviceProperty.alias: value.read(into: &alias)
    case DeviceProperty.icon: value.read(into: &icon)
    case DeviceProperty.deviceClass: value.read(into: &deviceClass)
    case DeviceProperty.paired: value.read(into: &paired)
    case DeviceProperty.bonded: value.read(into: &bonded)
    case DeviceProperty.trusted: value.read(into: &trusted)
    case DeviceProperty.blocked: value.read(into: &blocked)
    case DeviceProperty.connected: value.read(into: &connected)
    case DeviceProperty.servicesResolved: value.read(into: &servicesResolved)
    case DeviceProperty.uuids: value.read(into: &uuids)
    case DeviceProperty.modalias: value.read(into: &modalias)
    case DeviceProperty.rssi: value.read(into: &rssi)
    default: break
    }
  }

  mutating func invalidate(_ property: String) {
    switch property {
    case DeviceProperty.name: name = nil
    case DeviceProperty.icon: icon = nil
    case DeviceProperty.deviceClass: deviceClass = nil
    case DeviceProperty.modalias: modalias = nil
    case DeviceProperty.rssi: rssi = nil
    default: break
    }
  }

  /// Takes over the properties of `org.bluez.Battery1`.
  mutating func updateBattery(from properties: inout MessageReader) throws(DBusError) {
    try properties.forEachProperty { name, value throws(DBusError) in
      if name == BatteryProperty.percentage { value.read(into: &battery) }
    }
  }
}

extension Device.AddressType {
  init(_ text: String) {
    self =
      switch text {
      case "public": .public
      case "random": .random
      default: .other(text)
      }
  }
}
