internal import BlueZ
internal import EventLoop
internal import Interface

/// The kernel's own key for a device. It may hold one that bluetoothd does not know of; then pairing ends with "Already
/// Paired" and RemoveDevice does not help (`net/bluetooth/mgmt.c`).
///
/// Looking at it is left out on purpose. The management interface has no question for it, and the kernel's list in
/// debugfs shows every device's key beside its address: this program shall not hold any of them for a moment.
struct KernelKey: Store {
  func inspect(_ subject: Subject) -> Finding {
    .unknown("The kernel does not tell which keys it holds; only removing one shows whether it was there.")
  }

  func flush(_ subject: Subject) -> Removal {
    do throws(SystemError) {
      let socket = try ManagementSocket()
      // Nothing in an address of low energy says of which kind it is.
      return Self.removal(
        bredr: try unpair(subject, .bredr, socket),
        lowEnergy: [try unpair(subject, .lePublic, socket), try unpair(subject, .leRandom, socket)])
    } catch {
      return .nothing(.unknown("The kernel was not asked: \(error)."))
    }
  }

  private func unpair(
    _ subject: Subject, _ type: Management.AddressType, _ socket: ManagementSocket
  ) throws(SystemError) -> Management.Status {
    try socket.request(
      Management.unpairDevice(subject.device, type, index: subject.index), command: Management.Command.unpairDevice)
  }

  /// What the kernel's answers mean together. A headset without low energy is simply not paired there.
  static func removal(bredr: Management.Status, lowEnergy: [Management.Status]) -> Removal {
    let kept = [Management.Status.success, .notPaired]
    if let refusal = ([bredr] + lowEnergy).first(where: { !kept.contains($0) }) {
      return .nothing(.unknown("The kernel refused: \(refusal)."))
    }
    let bearers =
      (bredr == .success ? ["BR/EDR"] : []) + (lowEnergy.contains(.success) ? ["low energy"] : [])
    return bearers.isEmpty ? .nothing(.absent) : .done(.present("a key for \(bearers.joined(separator: " and "))"))
  }
}
