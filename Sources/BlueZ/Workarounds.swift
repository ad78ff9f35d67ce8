internal import DBus

/// What versions of BlueZ do differently from each other or from their documentation. Each entry names the versions and
/// the evidence.
enum Workaround {
  /// "No profile to connect" has three encodings.
  ///
  /// 1. `NotAvailable` with "br-connection-profile-unavailable": nothing connectable is left, up to 5.83
  ///    (`src/device.c connect_profiles`); the name `BREDR.ProfileUnavailable` since 5.84.
  /// 2. `Failed` with "br-connection-profile-unavailable": the profile is known but no sound server has registered an
  ///    endpoint (`a2dp_sink_connect` returns -ENOPROTOOPT), up to 5.83; seen in the laboratory on 5.82.
  /// 3. The same since 5.84 as `Failed` with "br-connection-unknown"; see ``hidesNoSoundServer(_:version:adapter:)``.
  static func meansNoProfile(_ error: DBusError, _ reason: ConnectionReason?) -> Bool {
    error.name == "org.bluez.Error.BREDR.ProfileUnavailable" || reason == .profileUnavailable
  }

  /// Whether an unknown failure to connect is the third encoding of "no profile".
  ///
  /// 5.84 to at least 5.87: `btd_error_bredr_errno` compares with positive error numbers although every caller passes
  /// negative ones, and the table of texts lost its row for ENOPROTOOPT (`src/error.c`). The adapter's UUIDs tell the
  /// case apart: without a sound server they lack the audio source.
  static func hidesNoSoundServer(_ error: BlueZError, version: BlueZVersion?, adapter: Adapter?) -> Bool {
    guard let adapter, !adapter.hasSoundServer, error.code == .failed, error.reason == .unknown else { return false }
    return version.map { $0 >= BlueZVersion(5, 84) } ?? true
  }

  /// Whether a text may be given to `ConnectProfile`.
  ///
  /// Up to 5.79 a text that is no UUID makes it connect every profile (`bt_name2string` returns NULL and the call acts
  /// as `Connect`); since 5.80 it is an error.
  static func isFullUUID(_ text: String) -> Bool {
    let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12]
      && groups.joined().allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
          UInt8(ascii: "A")...UInt8(ascii: "F"):
          true
        default: false
        }
      }
  }
}
