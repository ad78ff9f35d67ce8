package import Vocabulary

/// Whether a bond outlives bluetoothd. `Bonded` does not tell: BlueZ says so of a key that it could not write, and has
/// lost it when it starts again (`device.c` sets it for the key, `adapter.c store_link_key` only logs what fails).
package enum StoredBond {
  /// The layer that tells.
  package static let layers: [HostLayer] = [.bond]

  /// The proofs of a pairing, with that of the bond as the disk shows it. Where nobody could look it is left open.
  package static func proofs(_ proofs: [Proof], of device: DeviceID, _ answer: LayerAnswer) -> [Proof] {
    let obstacle = obstacle(report(of: device, answer))
    return proofs.map { proof in
      guard proof.what == .bonded, proof.obstacle == nil, let obstacle else { return proof }
      return .open(.bonded, because: obstacle)
    }
  }

  /// What is wrong with a bond that is not on the disk; nil where it is there, or nobody could look.
  package static func verdict(on device: Device, _ answer: LayerAnswer) -> Verdict? {
    guard device.bonded, isMissing(report(of: device.id, answer)) else { return nil }
    return Verdict(
      .pairedNotBonded, .certain,
      message: "\(device.alias) is paired, but its key is not on the disk: it is lost when bluetoothd starts again.",
      evidence: "Bonded is true, and there is no link key in /var/lib/bluetooth.", hint: hint(device.id))
  }

  private static func report(of device: DeviceID, _ answer: LayerAnswer) -> LayerReport {
    answer.reports(of: device, layers).first
      ?? LayerReport(device, .bond, before: .unknown, done: .nothing, after: .unknown)
  }

  private static func isMissing(_ report: LayerReport) -> Bool {
    report.after == .absent || report.after == .present && report.hasKey == false
  }

  private static func obstacle(_ report: LayerReport) -> String? {
    switch report.after {
    case _ where isMissing(report):
      "Its key is not on the disk, so it is lost when bluetoothd starts again. \(hint(report.device))"
    case .present: nil
    case .absent, .unknown:
      ["BlueZ says so; whether its key is on the disk was not looked at.", report.reason].compactMap { $0 }
        .joined(separator: " ")
    }
  }

  private static func hint(_ device: DeviceID) -> String {
    """
    See whether bluetoothd can write there (df /var/lib/bluetooth; ls -ld /var/lib/bluetooth; journalctl -u bluetooth), \
    then run: \(Advice.command("repair", device)).
    """
  }
}
