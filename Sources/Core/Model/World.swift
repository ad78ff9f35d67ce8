/// What BlueZ says is there, now. Operations read it; only BlueZ's signals change it.
package protocol World {
  /// Whether bluetoothd is on the bus.
  var hasBlueZ: Bool { get }
  /// Why not, while it is not.
  var absence: BlueZAbsence { get }
  /// The adapters as the kernel has them, for when BlueZ has none.
  var host: HostAdapters { get }
  /// The device, while BlueZ knows it.
  func device(_ id: DeviceID) -> Device?
  /// The adapter, while it is plugged in.
  func adapter(_ id: AdapterID) -> Adapter?
  /// Whether the adapter is being switched off, which is told before what it takes along, or is on although an rfkill
  /// switch blocks it, which the kernel shows before BlueZ does.
  func isGoingOff(_ id: AdapterID) -> Bool
  /// The adapters that are plugged in, in no order.
  var allAdapters: [Adapter] { get }
  /// The devices of an adapter, in no order.
  func devices(of adapter: AdapterID) -> [Device]
  /// The audio streams of a device.
  func transports(of device: DeviceID) -> [Transport]
  /// What is known of a device's bond besides.
  func bondContext(of device: DeviceID) -> BondContext
  /// The removal of a device that was begun and is not complete; see ``JournalEntry``.
  func unfinished(_ device: DeviceID) -> JournalEntry?
  /// The login session whose sound server is followed.
  var sound: AudioSession? { get }
  /// Whether the sound server of another session is there, too, and whoever is connected may be so by its endpoints.
  var isSoundShared: Bool { get }
  /// Who had a device, and when.
  func use(of device: DeviceID, by user: UInt32) -> DeviceUse
  /// What is wished of a device's sound.
  func wish(of device: DeviceID) -> AudioWish
  /// What is wished of a device's connection.
  func callWish(of device: DeviceID) -> CallWish
  /// What holds for connections that nobody asks for.
  var callRules: CallRules { get }
  /// Why a device is left alone.
  func hold(on device: DeviceID) -> Hold?
  /// The devices of an adapter that are left alone, in no order; there are few.
  func heldDevices(of adapter: AdapterID) -> [DeviceID]
  /// Whether a device's bond is known to be of no use.
  func isStale(_ device: DeviceID) -> Bool
  /// What a headset said of itself lately.
  func word(of device: DeviceID) -> HeadsetWord
}

extension World {
  package var absence: BlueZAbsence { .notRunning }
  package var host: HostAdapters { HostAdapters() }
  package var isSoundShared: Bool { false }
  package func use(of device: DeviceID, by user: UInt32) -> DeviceUse { DeviceUse() }
  package func callWish(of device: DeviceID) -> CallWish { CallWish() }
  package var callRules: CallRules { CallRules() }
  package func hold(on device: DeviceID) -> Hold? { nil }
  package func heldDevices(of adapter: AdapterID) -> [DeviceID] { [] }
  package func isStale(_ device: DeviceID) -> Bool { false }
  package func word(of device: DeviceID) -> HeadsetWord { HeadsetWord() }
}

extension World {
  /// The device, or one of its address that nothing is known of.
  package func deviceOrNameless(_ id: DeviceID) -> Device { device(id) ?? Device(id: id, name: nil) }

  /// What a device is called, or its address.
  package func title(of id: DeviceID) -> String { deviceOrNameless(id).alias }

  /// The device as the followed session's sound server has it.
  package func card(of device: DeviceID) -> AudioCard? { sound?.cards[device.address] }

  /// Whether BlueZ has a stream of A2DP with the device.
  package func hasStereo(_ device: DeviceID) -> Bool { transports(of: device).contains { $0.profile == .a2dp } }

  /// Whether some program has the device's A2DP stream.
  package func isStereoActive(_ device: DeviceID) -> Bool {
    transports(of: device).contains { $0.profile == .a2dp && $0.isActive }
  }

  /// Whether something is heard over the device or recorded with it, as far as can be seen: some program has one of its
  /// streams, or records.
  package func isInUse(_ device: DeviceID) -> Bool {
    transports(of: device).contains(where: \.isActive) || card(of: device)?.captures.isEmpty == false
  }

  /// The other device of the adapter that has the A2DP stream, if any.
  package func otherInStereo(than device: DeviceID) -> Device? {
    devices(of: device.adapter).first { $0.id != device && $0.connected && hasStereo($0.id) }
  }
}
