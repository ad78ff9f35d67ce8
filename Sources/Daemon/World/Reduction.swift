internal import BlueZ
internal import Core
internal import DBus
internal import Interface
internal import Vocabulary

// BlueZ's values become policy's, here and nowhere else.

extension Core.Adapter {
  init(_ adapter: BlueZ.Adapter) {
    let name = adapter.path.lastElement
    self.init(
      id: AdapterID(name), powered: adapter.powered, blocked: Self.isBlocked(adapter, name: name),
      pairable: adapter.pairable, discovering: adapter.discovering, services: AudioServices.among(adapter.uuids))
  }

  private static func isBlocked(_ adapter: BlueZ.Adapter, name: String) -> Bool {
    // BlueZ may tell that it is off before it tells that it is blocked (5.82, laboratory); 5.66 never tells the latter.
    !adapter.powered && (adapter.powerState == .blocked || Rfkill.blocks(name))
  }
}

extension Core.Device {
  init(_ device: BlueZ.Device) { self.init(device, id: DeviceID(device)) }

  init(_ device: BlueZ.Device, id: DeviceID) {
    self.init(
      id: id, name: device.name.flatMap(Self.visible), alias: Self.visible(device.alias) ?? id.address.description,
      classOfDevice: device.deviceClass,
      paired: device.paired, bonded: device.bonded,
      trusted: device.trusted, blocked: device.blocked, connected: device.connected,
      servicesResolved: device.servicesResolved, rssi: device.rssi, isShown: device.isShown,
      services: AudioServices.among(device.uuids), battery: device.battery,
      hasControl: !SonyService.among(device.uuids).isEmpty)
  }

  /// A name that shows nothing is none: the address is shown.
  private static func visible(_ name: String) -> String? { showsSomething(name) ? name : nil }
}

extension MediaTransport {
  /// The transport's UUID is the local role: A2DP Source, where this computer plays.
  var profile: Core.Transport.Profile {
    switch AudioServices.byUUID[uuid] {
    case .a2dpSource, .a2dpSink: .a2dp
    case .handsFree, .handsFreeGateway: .hfp
    case .headset, .headsetGateway: .hsp
    default: .other
    }
  }

  var wireProfile: Interface.Transport.Profile {
    switch profile {
    case .a2dp: .a2dp
    case .hfp: .hfp
    case .hsp: .hsp
    case .other: .other
    }
  }
}

extension MediaTransport.State {
  /// BlueZ's own word.
  var text: String {
    switch self {
    case .idle: "idle"
    case .pending: "pending"
    case .active: "active"
    case .other(let text): text
    }
  }
}

extension DisconnectReason {
  /// The same as policy knows it.
  var link: LinkEvent.Reason {
    switch self {
    case .unknown, .other: .unspecified
    case .timeout: .timeout
    case .local: .local
    case .remote: .remote
    case .suspend: .suspended
    case .authentication: .authentication
    }
  }
}

extension BlueZAbsence {
  init(_ absence: ObjectTree.Absence?) {
    self =
      switch absence {
      case .noBus(let error) where error?.isNoReply == true: .busSilent(Self.words(error))
      case .noBus(let error): .noBus(Self.words(error))
      case .busSilent: .busSilent("It has not taken all that mdrctld asked it for.")
      case .notRunning: .notRunning
      case .asked, nil: .starting
      case .unreadable(let error):
        switch BlueZError(error).code {
        case .accessDenied, .notAuthorized, .notPermitted: .notPermitted(error.description)
        case .noReply: .silent(error.description)
        case .bluezGone: .notRunning
        default: .unreadable(error.description)
        }
      }
  }

  private static func words(_ error: DBusError?) -> String { error?.description ?? "It has not been tried yet." }
}

extension BlueZChange {
  /// Nil for what clients and policy do not look at.
  init?(_ change: TreeChange) {
    switch change {
    case .bluezAppeared: self = .bluezAppeared
    case .bluezReady: self = .bluezReady
    case .bluezVanished: self = .bluezVanished
    case .adapterAdded(let adapter): self = .adapterAdded(AdapterID(adapter.path.lastElement))
    case .adapterChanged(_, let adapter): self = .adapterChanged(AdapterID(adapter.path.lastElement))
    case .adapterRemoved(let adapter): self = .adapterRemoved(AdapterID(adapter.path.lastElement))
    case .deviceAdded(let device): self = .deviceAdded(DeviceID(device))
    case .deviceChanged(_, let device): self = .deviceChanged(DeviceID(device))
    case .deviceRemoved(let device): self = .deviceRemoved(DeviceID(device))
    case .transportAdded(let stream), .transportChanged(_, let stream), .transportRemoved(let stream):
      guard let id = DeviceID(ofStream: stream) else { return nil }
      self = .deviceChanged(id)
    case .bluezUnreadable, .deviceDisconnected, .endpointAdded, .endpointChanged, .endpointRemoved:
      return nil
    }
  }

  /// The same as operations are told it.
  var event: Event {
    switch self {
    case .bluezAppeared, .bluezReady, .bluezVanished, .adapterAdded, .adapterChanged, .adapterRemoved:
      .worldChanged
    case .deviceAdded(let id), .deviceChanged(let id): .deviceChanged(id)
    case .deviceRemoved(let id): .deviceRemoved(id)
    }
  }
}

extension DeviceID {
  /// The device whose stream it is, read from the stream's `Device` property: ".../hci0/dev_94_DB_56_00_00_01".
  init?(ofStream stream: MediaTransport) {
    guard let adapter = stream.device.parent, stream.device.lastElement.hasPrefix("dev_"),
      let address = Address(String(stream.device.lastElement.dropFirst(4).map { $0 == "_" ? ":" : $0 }))
    else { return nil }
    self.init(AdapterID(adapter.lastElement), address)
  }
}
