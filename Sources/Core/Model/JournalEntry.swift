package import Vocabulary

/// A removal that has begun, as the journal keeps it: enough to finish it after a crash, and nothing secret.
///
/// The journal only goes forward: what is recorded is finished, never undone, because a key that is put back under a
/// running bluetoothd is loaded again at its next start (`device.c store_device_info`).
package struct JournalEntry: Hashable, Sendable {
  package typealias Purpose = RemovalPurpose

  /// How far it is. Each phase begins with everything before it done.
  package enum Phase: String, CaseIterable, Comparable, Sendable {
    /// The devices are being removed from BlueZ, and what lies below flushed.
    case removing
    /// The adapter is being switched off and on again.
    case powerCycling
    /// All is forgotten; of a repair, the headset is to be paired again.
    case pairing

    package static func < (left: Phase, right: Phase) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  package var purpose: Purpose
  package var phase: Phase
  package var device: DeviceID
  /// Its low-energy twins, which are removed with it.
  package var twins: [DeviceID]
  /// What the headset calls itself.
  package var name: String?
  /// What the user calls it, where that differs.
  package var alias: String?
  package var trusted: Bool
  package var resetsCache: Bool
  package var powerCycles: Bool

  package init(
    purpose: Purpose, phase: Phase = .removing, device: DeviceID, twins: [DeviceID] = [], name: String? = nil,
    alias: String? = nil, trusted: Bool = false, resetsCache: Bool = false, powerCycles: Bool = false
  ) {
    self.purpose = purpose
    self.phase = phase
    self.device = device
    self.twins = twins
    self.name = name
    self.alias = alias
    self.trusted = trusted
    self.resetsCache = resetsCache
    self.powerCycles = powerCycles
  }

  /// What to call the device before the user.
  package var title: String { alias ?? name ?? device.address.description }
}

extension JournalEntry {
  /// All that is removed.
  var devices: [DeviceID] { [device] + twins }

  /// What the privileged helper flushes of each.
  var layers: [HostLayer] { resetsCache ? [.bond, .linkKey, .storedLinkKey, .cache] : [.bond, .linkKey] }

  /// Whether a discovery is started for the kernel to empty its inquiry cache (`hci_inquiry_cache_flush` at the start of
  /// every one over BR/EDR). A repair looks for the headset anyway.
  var flushesInquiries: Bool { resetsCache && purpose == .forget }

  mutating func describe(_ device: Device, twins: [Device]) {
    self.twins = twins.map(\.id)
    name = device.name
    alias = device.ownAlias
    trusted = device.trusted
  }

  mutating func describe(as other: Self) {
    twins = other.twins
    name = other.name
    alias = other.alias
    trusted = other.trusted
  }

  /// Takes over what an earlier removal left.
  mutating func include(_ earlier: Self) {
    twins += earlier.twins.filter { !twins.contains($0) }
    resetsCache = resetsCache || earlier.resetsCache
  }

  /// What a removal does, one sentence each, in order.
  func plan(in world: some World) -> [String] {
    let known = devices.compactMap(world.device)
    var sentences = known.flatMap { device in
      (device.connected ? ["Disconnect \(device.alias)."] : []) + ["Remove \(device.alias) from BlueZ."]
    }
    if flushesInquiries { sentences.append("Start and stop a discovery, which empties the kernel's inquiry cache.") }
    sentences.append(
      resetsCache
        ? "Remove what is left of it: its keys in the kernel and in the controller, and its files of bluetoothd."
        : "Remove what is left of its keys in the kernel and in bluetoothd's files.")
    if powerCycles { sentences.append("Switch \(device.adapter) off and on again.") }
    return sentences
  }
}

extension Device {
  /// What the user calls it, where that is not what it calls itself; BlueZ calls a nameless one by its address.
  var ownAlias: String? {
    let address = id.address.description
    let dashed = String(address.map { $0 == ":" ? "-" : $0 })
    let given = [name, address, dashed]
    return given.contains(alias) ? nil : alias
  }
}
