/// The BlueZ versions that are simulated: those of Debian 12 and 13, and the newest.
package enum BluezVersion: String, CaseIterable, Codable, Sendable {
  case v5_66 = "5.66"
  case v5_82 = "5.82"
  case v5_87 = "5.87"

  /// As the adapter's `Modalias` has it: the minor number is the low byte (5.66 is 0x0542).
  package var modalias: String {
    let low =
      switch self {
      case .v5_66: "42"
      case .v5_82: "52"
      case .v5_87: "57"
      }
    return "usb:v1D6Bp0246d05\(low)"
  }

  /// `Adapter1.PowerState` is there without `-E` (since 5.73).
  var hasPowerState: Bool { self != .v5_66 }
  /// `Adapter1.Connectable` and Device1's advertising properties (since 5.79).
  var hasConnectable: Bool { self != .v5_66 }
  /// `Battery1` knows the level that the sound server learnt over HFP (since 5.71; before with `-E` only).
  var hasBattery: Bool { self != .v5_66 }
  /// `Device1.Disconnected` (since 5.83).
  var hasDisconnectedSignal: Bool { self == .v5_87 }
  /// `ConnectProfile` refuses what is no UUID (since 5.80; before it connected everything).
  var checksProfileNames: Bool { self != .v5_66 }
  /// `Pair` during `Connect`, and the other way round, is `InProgress` (since 5.81).
  var pairExcludesConnect: Bool { self != .v5_66 }
  /// Something on the computer calls a headset again that has hung up over a stale key (not with 5.87).
  var callsAgainWithStaleKey: Bool { self != .v5_87 }
  /// `RemoveDevice` on a device that is connected over two bearers answers and keeps it (before 5.79).
  var keepsDualBearerDevices: Bool { self == .v5_66 }
}
