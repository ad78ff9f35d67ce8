internal import Interface
internal import Vocabulary

/// The headsets of this computer, by what mdrctld tells.
///
/// A headset that BlueZ does not list any more was forgotten, or bluetoothd stops and takes its objects away before it
/// says so, or the adapter was pulled out. So it is shown as not connected at first, and given up when it is still gone a
/// while later with an adapter that is on: see ``settle()``.
struct Mirror {
  private(set) var entries: [Address: Entry] = [:]
  /// Those that BlueZ does not list, of ``entries`` and of what the broker still holds.
  private(set) var gone: Set<Address> = []
  /// Of a device its objects, one for each adapter that it is bonded with.
  private var objects: [Address: [Device]] = [:]
  private var adapters: [String: Bool] = [:]
  private var isFollowing = false

  /// More are not offered.
  static let mostEntries = 64

  /// Takes what a monitor was told. Returns whose standing and sound may be others now.
  mutating func take(_ reply: Control.MonitorReply) -> Set<Address> {
    switch reply.event {
    case .state:
      isFollowing = true
      adapters = (reply.adapters ?? []).reduce(into: [:]) { $0[$1.name] = $1.powered }
      objects = [:]
      for device in reply.devices ?? [] { place(device) }
      // What there was before mdrctld was away may be over; what there is, is told anew.
      for address in entries.keys { entries[address]?.forgetTold() }
      for address in Set(entries.keys).union(objects.keys).sorted() { update(address) }
      return Set(entries.keys).subtracting(gone)
    case .bluezAppeared: return []
    case .bluezVanished:
      (adapters, objects) = ([:], [:])
      for address in entries.keys { update(address) }
      return []
    case .adapterAdded, .adapterChanged:
      if let adapter = reply.adapter { adapters[adapter.name] = adapter.powered }
      return []
    case .adapterRemoved:
      if let adapter = reply.adapter { adapters[adapter.name] = nil }
      return []
    case .deviceAdded, .deviceChanged, .deviceRemoved, .headsetChanged, .soundChanged: return takeDevice(reply)
    }
  }

  private mutating func takeDevice(_ reply: Control.MonitorReply) -> Set<Address> {
    guard let device = reply.device, let address = Address(device.address) else { return [] }
    let before = entries[address]
    if reply.event == .deviceRemoved {
      objects[address]?.removeAll { $0.adapter == device.adapter }
    } else {
      place(device)
    }
    update(address)
    if reply.event == .soundChanged { entries[address]?.card = reply.card }
    if let report = reply.headset { entries[address]?.take(report) }
    guard let now = entries[address], !gone.contains(address) else { return [] }
    // How strong it is heard is told often, and of no interest here. That nothing is another one says that a wish is.
    var unheard = now
    unheard.device.rssi = before?.device.rssi
    return unheard == before && now != before ? [] : [address]
  }

  private mutating func place(_ device: Device) {
    guard let address = Address(device.address) else { return }
    objects[address, default: []].removeAll { $0.adapter == device.adapter }
    objects[address, default: []].append(device)
  }

  private mutating func update(_ address: Address) {
    let offered = (objects[address] ?? []).filter(\.isOffered).sorted { $0.adapter < $1.adapter }
    if offered.isEmpty, objects[address]?.isEmpty == true { objects[address] = nil }
    guard let device = offered.first(where: \.connected) ?? offered.first else {
      guard var device = entries[address]?.device else { return }
      device.connected = false
      entries[address]?.take(device)
      gone.insert(address)
      return
    }
    gone.remove(address)
    if entries[address] != nil {
      entries[address]?.take(device)
    } else if entries.count < Self.mostEntries {
      entries[address] = Entry(device)
    }
  }

  /// Changes what is known of a headset beside what BlueZ says; of one that is not here nothing.
  mutating func change(_ address: Address, _ body: (inout Entry) -> Void) {
    if var entry = entries[address] {
      body(&entry)
      entries[address] = entry
    }
  }

  /// The broker holds the state of a headset.
  mutating func isHeld(_ address: Address) {
    if entries[address] == nil { gone.insert(address) }
  }

  /// mdrctld is away: what comes and goes is not seen.
  mutating func lose() { isFollowing = false }

  /// To be called when nothing was heard of adapters and devices that go for a while: gives up the headsets that are gone,
  /// and returns them. Without an adapter that is on none is.
  mutating func settle() -> Set<Address> {
    guard isFollowing, adapters.values.contains(true) else { return [] }
    defer { gone = [] }
    for address in gone { entries[address] = nil }
    return gone
  }
}
