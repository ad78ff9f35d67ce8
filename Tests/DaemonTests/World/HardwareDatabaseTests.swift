import Foundation
import Interface
import Service
import Support
import Testing

/// Makers and models by systemd's hardware database, from a file as `systemd-hwdb update` writes it
/// (`src/libsystemd/sd-hwdb/hwdb-internal.h`).
@Suite struct HardwareDatabaseTests {
  /// A database with one entry.
  private func database(_ pattern: String, _ values: KeyValuePairs<String, String>) throws -> TemporaryDirectory {
    let nodes = 24 + 16 * values.count
    var strings: [UInt8] = []
    func number(_ number: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    func string(_ text: String) -> [UInt8] {
      defer { strings += Array(text.utf8) + [0] }
      return number(80 + nodes + strings.count)
    }
    // The only node: its pattern, no children, its values; each key begins with a space.
    var node = string(pattern) + number(0) + number(values.count)
    for (key, value) in values { node += string(" " + key) + string(value) }
    let sizes = [80 + nodes + strings.count, 80, 24, 16, 16, 80, nodes, strings.count]
    let header = Array("KSLPHHRH".utf8) + number(252) + sizes.flatMap(number)
    let directory = try TemporaryDirectory()
    try Data(header + node + strings).write(to: URL(filePath: directory.path + "/hwdb.bin"))
    return directory
  }

  @Test func `a Modalias is looked up with its registry`() throws {
    let directory = try database(
      "usb:v054Cp0C7F*", ["ID_VENDOR_FROM_DATABASE": "Sony Corp.", "ID_MODEL_FROM_DATABASE": "WH-CH700N"])
    func device(_ modalias: String) -> [String?] {
      let device = HardwareDatabase.device(modalias, path: directory.path + "/hwdb.bin")
      return [device.manufacturer, device.model]
    }
    #expect(device("usb:v054Cp0C7Fd0100") == ["Sony Corp.", "WH-CH700N"])
    #expect(device("bluetooth:v054Cp0C7Fd0100") == [nil, nil])
    #expect(device("usb:v054Cp0C7E") == [nil, nil])
    #expect(device("") == [nil, nil])
  }

  @Test func `a database that is missing or broken knows nothing`() throws {
    let directory = try TemporaryDirectory()
    try Data("KSLPHHRH".utf8).write(to: URL(filePath: directory.path + "/hwdb.bin"))
    for path in ["/missing", "/hwdb.bin"] {
      let device = HardwareDatabase.device("usb:v054Cp0C7Fd0100", path: directory.path + path)
      #expect(device.manufacturer == nil)
      #expect(device.model == nil)
    }
  }
}
