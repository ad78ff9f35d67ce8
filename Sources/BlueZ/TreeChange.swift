package import DBus

/// One change of the tree, in the order in which BlueZ made it.
package enum TreeChange: Hashable, Sendable {
  /// bluetoothd is there. Everything it has follows as added, and then ``bluezReady``.
  case bluezAppeared
  /// What was there when BlueZ appeared is complete.
  case bluezReady
  /// bluetoothd or the bus is gone, and with it everything in the tree; no further change tells so of single objects.
  case bluezVanished
  /// bluetoothd is there but did not tell its objects. It is asked again after a while.
  case bluezUnreadable(DBusError)

  case adapterAdded(Adapter)
  case adapterChanged(old: Adapter, new: Adapter)
  case adapterRemoved(Adapter)
  case deviceAdded(Device)
  case deviceChanged(old: Device, new: Device)
  case deviceRemoved(Device)
  /// The last link went down; comes before the change of `connected`. Since BlueZ 5.83.
  case deviceDisconnected(Device, DisconnectReason)
  case transportAdded(MediaTransport)
  case transportChanged(old: MediaTransport, new: MediaTransport)
  case transportRemoved(MediaTransport)
  case endpointAdded(MediaEndpoint)
  case endpointChanged(old: MediaEndpoint, new: MediaEndpoint)
  case endpointRemoved(MediaEndpoint)
}

/// Why a link went down, in the words of `Device1.Disconnected` (`src/device.c device_disconnected`, BlueZ 5.83).
package enum DisconnectReason: Hashable, Sendable {
  case unknown, timeout, local, remote, suspend
  /// The link had failed to authenticate: the device no longer has the key of the bond.
  case authentication
  case other(String)

  init(_ name: String) {
    self =
      switch name {
      case "org.bluez.Reason.Unknown": .unknown
      case "org.bluez.Reason.Timeout": .timeout
      case "org.bluez.Reason.Local": .local
      case "org.bluez.Reason.Remote": .remote
      case "org.bluez.Reason.Authentication": .authentication
      case "org.bluez.Reason.Suspend": .suspend
      default: .other(name)
      }
  }
}
