internal import DBus

/// What the objects of bluetoothd look like on the bus.
enum Views {
  /// Properties that can be set; every other one is read-only.
  static let writable: [String: Set<String>] = [
    Bluez.adapter: [
      "Alias", "Powered", "Discoverable", "DiscoverableTimeout", "Pairable", "PairableTimeout", "Connectable",
    ],
    Bluez.device: ["Alias", "Trusted", "Blocked", "WakeAllowed"],
    Bluez.mediaTransport: ["Volume", "Delay"],
  ]

  /// The interfaces of an object that exists before any controller does.
  static let daemon: [InterfaceView] = [
    standard("Introspectable"), InterfaceView(name: Bluez.agentManager), InterfaceView(name: Bluez.profileManager),
  ]

  /// An adapter, with the services that the sound server has registered.
  static func adapter(
    _ controller: Controller, isDiscovering: Bool, powerState: String, sound: SoundServer, version: BluezVersion
  ) -> [InterfaceView] {
    var properties = [
      PropertyView("Address", .string(controller.address)),
      PropertyView("AddressType", .string("public")),
      PropertyView("Name", .string("simulated")),
      PropertyView("Alias", .string(controller.alias)),
      PropertyView("Class", .uint32(controller.isPowered ? 0x7C_010C : 0)),
      PropertyView("Powered", .bool(controller.isPowered)),
    ]
    if version.hasPowerState { properties.append(PropertyView("PowerState", .string(powerState))) }
    properties += [
      PropertyView("Discoverable", .bool(controller.isDiscoverable)),
      PropertyView("DiscoverableTimeout", .uint32(180)),
      PropertyView("Pairable", .bool(controller.isPairable)),
      PropertyView("PairableTimeout", .uint32(0)),
      PropertyView("Discovering", .bool(isDiscovering)),
      PropertyView("UUIDs", .strings(services(of: sound))),
      PropertyView("Modalias", .string(version.modalias)),
      PropertyView("Roles", .strings(["central", "peripheral"])),
    ]
    if version.hasConnectable {
      properties += [
        PropertyView("Connectable", .bool(controller.isDiscoverable)), PropertyView("Manufacturer", .uint16(2)),
        PropertyView("Version", .byte(11)),
      ]
    }
    return [
      standard("Introspectable"), InterfaceView(name: Bluez.adapter, properties: properties), standard("Properties"),
      InterfaceView(
        name: Bluez.media,
        properties: [PropertyView("SupportedUUIDs", .strings([Service.a2dpSource.uuid, Service.a2dpSink.uuid]))]),
      InterfaceView(name: Bluez.adminPolicySet),
      InterfaceView(name: Bluez.adminPolicyStatus, properties: [PropertyView("ServiceAllowList", .strings([]))]),
    ]
  }

  /// A device, with MediaControl1 and Battery1 where it has them.
  static func device(_ device: KnownDevice, adapter: ObjectPath, version: BluezVersion) -> [InterfaceView] {
    var views = [
      standard("Introspectable"),
      InterfaceView(name: Bluez.device, properties: properties(of: device, adapter: adapter, version: version)),
      standard("Properties"),
      InterfaceView(name: Bluez.adminPolicyStatus, properties: [PropertyView("AffectedByPolicy", .bool(false))]),
    ]
    if device.servicesResolved || device.isPaired, device.uuids.contains(Service.remoteControlTarget.uuid) {
      let connected = device.connected.contains(.remoteControlTarget)
      views.append(InterfaceView(name: Bluez.mediaControl, properties: [PropertyView("Connected", .bool(connected))]))
    }
    if let battery = device.battery, version.hasBattery {
      views.append(
        InterfaceView(
          name: Bluez.battery,
          properties: [PropertyView("Percentage", .byte(battery)), PropertyView("Source", .string("HFP 1.7"))]))
    }
    return views
  }

  /// Makes a device look as no bluetoothd would show it.
  static func spoil(_ views: inout [InterfaceView], _ headset: Headset) {
    views.removeAll { headset.missingInterfaces.contains($0.name) }
    guard !headset.oddProperties.isEmpty || !headset.missingProperties.isEmpty,
      let index = views.firstIndex(where: { $0.name == Bluez.device })
    else { return }
    views[index].properties.removeAll {
      headset.missingProperties.contains($0.name) || headset.oddProperties[$0.name] != nil
    }
    views[index].properties += headset.oddProperties.map { PropertyView($0.key, $0.value) }
  }

  /// The A2DP endpoint of a connected device.
  static func endpoint(of device: KnownDevice) -> [InterfaceView] {
    [
      standard("Introspectable"),
      InterfaceView(
        name: Bluez.mediaEndpoint,
        properties: [
          PropertyView("UUID", .string(Service.a2dpSink.uuid)), PropertyView("Codec", .byte(0)),
          PropertyView("Capabilities", .bytes([0xFF, 0xFF, 0x02, 0x35])), PropertyView("Device", .path(device.path)),
          PropertyView("DelayReporting", .bool(true)),
        ]), standard("Properties"),
    ]
  }

  /// The A2DP stream of a connected device.
  static func transport(_ transport: KnownDevice.Transport, of device: KnownDevice) -> [InterfaceView] {
    [
      standard("Introspectable"),
      InterfaceView(
        name: Bluez.mediaTransport,
        properties: [
          PropertyView("Device", .path(device.path)), PropertyView("UUID", .string(Service.a2dpSource.uuid)),
          PropertyView("Codec", .byte(transport.codec)),
          PropertyView("Configuration", .bytes([0x21, 0x15, 0x02, 0x35])),
          PropertyView("State", .string(transport.state)), PropertyView("Delay", .uint16(0)),
          PropertyView("Volume", .uint16(transport.volume)),
        ]), standard("Properties"),
    ]
  }

  private static func properties(
    of device: KnownDevice, adapter: ObjectPath, version: BluezVersion
  ) -> [PropertyView] {
    var properties = [
      PropertyView("Address", .string(device.address)), PropertyView("AddressType", .string(device.addressType)),
    ]
    if let name = device.name { properties.append(PropertyView("Name", .string(name))) }
    let fallback = device.address.split(separator: ":").joined(separator: "-")
    properties.append(PropertyView("Alias", .string(device.alias ?? device.name ?? fallback)))
    if let deviceClass = device.deviceClass { properties.append(PropertyView("Class", .uint32(deviceClass))) }
    if let icon = device.icon { properties.append(PropertyView("Icon", .string(icon))) }
    properties += [
      PropertyView("Paired", .bool(device.isPaired)), PropertyView("Bonded", .bool(device.isBonded)),
      PropertyView("Trusted", .bool(device.isTrusted)), PropertyView("Blocked", .bool(device.isBlocked)),
      PropertyView("LegacyPairing", .bool(false)),
    ]
    if let rssi = device.rssi { properties.append(PropertyView("RSSI", .int16(rssi))) }
    properties += [
      PropertyView("Connected", .bool(device.isConnected)), PropertyView("UUIDs", .strings(device.uuids)),
    ]
    if let modalias = device.modalias { properties.append(PropertyView("Modalias", .string(modalias))) }
    properties.append(PropertyView("Adapter", .path(adapter)))
    if !device.manufacturerData.isEmpty {
      properties.append(PropertyView("ManufacturerData", .manufacturerData(device.manufacturerData)))
    }
    properties.append(PropertyView("ServicesResolved", .bool(device.servicesResolved)))
    return properties
  }

  /// A2DP source and AVRCP while a sound server has endpoints, HFP gateway while one has registered the profile; the
  /// rest is always there.
  private static func services(of sound: SoundServer) -> [String] {
    var services = [Service.uuid(0x1200), Service.uuid(0x1800), Service.uuid(0x1801)]
    services += [Service.remoteControl.uuid, Service.remoteControlTarget.uuid]
    if sound.hasStereo { services.append(Service.a2dpSource.uuid) }
    if sound.hasHandsFree { services += [Service.handsFreeGateway.uuid, Service.headsetGateway.uuid] }
    return services.sorted()
  }

  private static func standard(_ name: String) -> InterfaceView {
    InterfaceView(name: "org.freedesktop.DBus.\(name)")
  }
}
