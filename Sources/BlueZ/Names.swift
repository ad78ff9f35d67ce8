internal import DBus

/// BlueZ's bus name and its fixed objects.
package enum BlueZName {
  /// The well-known name of bluetoothd.
  package static let service = "org.bluez"
  /// The object manager of all adapters and devices.
  static let root: ObjectPath = "/"
  /// The object that agents are registered at; adapters and devices are below it.
  static let manager: ObjectPath = "/org/bluez"
}

/// BlueZ's interfaces.
package enum BlueZInterface {
  package static let adapter = "org.bluez.Adapter1"
  package static let device = "org.bluez.Device1"
  package static let battery = "org.bluez.Battery1"
  package static let mediaTransport = "org.bluez.MediaTransport1"
  package static let mediaEndpoint = "org.bluez.MediaEndpoint1"
  package static let agent = "org.bluez.Agent1"
  package static let agentManager = "org.bluez.AgentManager1"
  package static let profile = "org.bluez.Profile1"
  static let profileManager = "org.bluez.ProfileManager1"
  /// One bearer of a device, BR/EDR or LE; since BlueZ 5.84.
  static let bearerPrefix = "org.bluez.Bearer."
}

/// Properties of ``BlueZInterface/adapter``.
enum AdapterProperty {
  static let address = "Address"
  static let name = "Name"
  static let alias = "Alias"
  static let deviceClass = "Class"
  static let powered = "Powered"
  static let powerState = "PowerState"
  static let discoverable = "Discoverable"
  static let pairable = "Pairable"
  static let discovering = "Discovering"
  static let uuids = "UUIDs"
  static let modalias = "Modalias"
}

/// Properties of ``BlueZInterface/device``.
enum DeviceProperty {
  static let address = "Address"
  static let addressType = "AddressType"
  static let adapter = "Adapter"
  static let name = "Name"
  static let alias = "Alias"
  static let icon = "Icon"
  static let deviceClass = "Class"
  static let paired = "Paired"
  static let bonded = "Bonded"
  static let trusted = "Trusted"
  static let blocked = "Blocked"
  static let connected = "Connected"
  static let servicesResolved = "ServicesResolved"
  static let uuids = "UUIDs"
  static let modalias = "Modalias"
  static let rssi = "RSSI"
}

/// Properties of ``BlueZInterface/battery``.
enum BatteryProperty {
  static let percentage = "Percentage"
}

/// Properties of ``BlueZInterface/mediaTransport`` and ``BlueZInterface/mediaEndpoint``.
enum MediaProperty {
  static let device = "Device"
  static let uuid = "UUID"
  static let codec = "Codec"
  static let state = "State"
  static let volume = "Volume"
  static let capabilities = "Capabilities"
}
