internal import BlueZ
internal import Interface
internal import Vocabulary

/// Which device of which adapter a call is about, and what of it. Whoever calls decides none of it by text: file names
/// and packets are made of the 48 bits.
struct Subject: Hashable, Sendable {
  let adapter: Address
  let device: Address
  /// N of the adapter hciN.
  let index: Int

  /// As the kernel and BlueZ name the adapter.
  var adapterName: String { "hci\(index)" }
}

/// Input that is not acceptable, in a sentence.
struct UnacceptableInput: Error, Hashable { let message: String }

/// Parses an address that can be a device's or an adapter's own: not 00:00:00:00:00:00, which is "any" to the kernel,
/// and not FF:FF:FF:FF:FF:FF.
func parseAddress(_ text: String, of what: String) throws(UnacceptableInput) -> Address {
  guard let address = Address(text), address.bits != 0, address.bits != 0xFFFF_FFFF_FFFF else {
    throw UnacceptableInput(message: "The \(what) is not a Bluetooth address such as 94:DB:56:00:00:01.")
  }
  return address
}

/// Parses the names of layers: at least one, each once.
func parseLayers(_ names: [String]) throws(UnacceptableInput) -> [Flush.LayerName] {
  var layers: [Flush.LayerName] = []
  for name in names {
    guard let layer = Flush.LayerName(rawValue: name) else {
      let known = Flush.LayerName.allCases.map(\.rawValue).joined(separator: ", ")
      throw UnacceptableInput(message: "There is a layer that does not exist; there are: \(known).")
    }
    guard !layers.contains(layer) else { throw UnacceptableInput(message: "The layer \(layer) is named twice.") }
    layers.append(layer)
  }
  guard !layers.isEmpty else { throw UnacceptableInput(message: "No layer is named.") }
  return layers
}

extension Address {
  /// As HCI and the management interface have it: the last octet of the text first.
  var littleEndian: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) } }
}
