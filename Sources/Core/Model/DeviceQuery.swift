package import Vocabulary

/// What a user wrote to name a device: an address, a name, an alias, or a part of one.
package struct DeviceQuery: Sendable, Equatable {
  package let text: String
  package let address: Address?
  private let pattern: SearchPattern

  /// Bytes. A Bluetooth name has no more (baseband specification, Local Name).
  package static let longestText = 248

  /// Blank text names nothing, nor does one that is longer than any name.
  package init?(_ text: String) {
    guard text.utf8.count <= Self.longestText else { return nil }
    let scalars = text.unicodeScalars
    let first = scalars.firstIndex { !$0.properties.isWhitespace }
    let last = scalars.lastIndex { !$0.properties.isWhitespace }
    guard let first, let last else { return nil }
    self.text = String(scalars[first...last])
    address = Address(written: self.text)
    pattern = SearchPattern(self.text)
  }

  /// How well a device fits, best first.
  package enum Fit: Int, Comparable, Sendable {
    case address, name, part
    package static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
  }

  /// How a device fits, if at all. Case does not matter; someone who writes an address means no name.
  package func fit(_ device: Device) -> Fit? {
    if let address { return device.id.address == address ? .address : nil }
    let matches = [device.alias, device.name].compactMap { $0.flatMap(pattern.match) }
    return matches.contains(.whole) ? .name : matches.isEmpty ? nil : .part
  }

  /// The devices that fit best, in order of address.
  package func best(of devices: [Device]) -> [Device] {
    let fitting = devices.compactMap { device in fit(device).map { (device: device, fit: $0) } }
    guard let best = fitting.map(\.fit).min() else { return [] }
    return fitting.filter { $0.fit == best }.map(\.device).sorted { $0.id.address < $1.id.address }
  }

  /// The one known device that is meant. A device that is bonded or connected is meant before one merely in sight,
  /// but a headset in any case before a low-energy twin.
  package func resolve(among devices: [Device]) throws(OperationError) -> Device {
    let candidates = best(of: devices)
    let headsets = candidates.filter { Twin.original(of: $0) == nil }
    let meant = headsets.isEmpty ? candidates : headsets
    let known = meant.filter { $0.bonded || $0.connected }
    guard let first = known.first ?? meant.first else { throw .deviceNotFound(text) }
    guard meant.count == 1 || known.count == 1 else { throw .ambiguous(text, candidates) }
    return first
  }
}
