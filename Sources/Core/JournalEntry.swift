/// A removal that has begun, as the journal keeps it: enough to finish it after a crash, and nothing secret.
///
/// The journal only goes forward: what is recorded is finished, never undone, because a key that is put back under a
/// running bluetoothd is loaded again at its next start (`device.c store_device_info`).
package struct JournalEntry: Hashable, Sendable {
  package enum Purpose: String, CaseIterable, Sendable {
    case forget, repair
  }

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
