internal import CSystemd

/// systemd's hardware database: the makers and models of devices by their Modalias (`hwdb(7)`). It is as good as what
/// distributions put into it, which knows USB's products and the Bluetooth SIG's companies.
///
/// It is opened for each question and closed again, so that nothing of its megabytes stays mapped.
package enum HardwareDatabase {
  /// What the Modalias, "usb:v054Cp0D58d0106", belongs to; nil for what the database does not know, or where there is
  /// none. The registry, "usb" or "bluetooth", is a part of the question: the same number is another company's in each.
  package static func device(
    _ modalias: String, path: String? = nil
  ) -> (manufacturer: String?, model: String?) {
    var database: OpaquePointer?
    let result = unsafe path.map { unsafe sd_hwdb_new_from_path($0, &database) } ?? sd_hwdb_new(&database)
    guard result >= 0, let database = unsafe database else { return (nil, nil) }
    defer { unsafe sd_hwdb_unref(database) }
    func value(_ key: String) -> String? {
      var text: UnsafePointer<CChar>?
      guard unsafe sd_hwdb_get(database, modalias, key, &text) >= 0, let text = unsafe text else { return nil }
      return unsafe String(cString: text)
    }
    return (value("ID_VENDOR_FROM_DATABASE"), value("ID_MODEL_FROM_DATABASE"))
  }
}
