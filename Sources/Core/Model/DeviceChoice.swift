internal import Vocabulary

/// Which device is meant where there are several adapters, or where nothing was named.
///
/// A headset may have a bond with each adapter. The one that is connected is meant, else the only one; then what the
/// selected adapter has; otherwise the user is asked.
package enum DeviceChoice {
  /// The device that is meant without a name: the headset that is connected, else the only one that is paired.
  package static func unnamed(among devices: [Device], selected: AdapterID) throws(OperationError) -> Device {
    let all = devices.filter { $0.bonded && $0.isAudio }
    let connected = all.filter(\.connected)
    let choice = connected.isEmpty ? all : connected
    guard let first = choice.first else {
      throw OperationError(.deviceNotFound, "There is no paired headset.", hint: "Pair one: mdrctl pair.")
    }
    guard Set(choice.map(\.id.address)).count == 1 else {
      throw OperationError(
        .ambiguousDevice, "More than one headset is \(connected.isEmpty ? "paired" : "connected").",
        hint: "Name one of them.", candidates: choice.map(\.alias).sorted { $0.precedes($1) })
    }
    guard let adapter = adapter(of: choice, selected: selected) else {
      throw .ambiguous(first, on: choice.map(\.id.adapter))
    }
    return choice.first { $0.id.adapter == adapter } ?? first
  }

  /// The adapter whose device is meant; nil when the user must say.
  static func adapter(of candidates: [Device], selected: AdapterID) -> AdapterID? {
    let bonds = candidates.filter(\.bonded)
    for group in [bonds.filter(\.connected), bonds, candidates.filter(\.connected), candidates] {
      let adapters = Set(group.map(\.id.adapter))
      guard let first = adapters.first else { continue }
      return adapters.count == 1 ? first : adapters.contains(selected) ? selected : nil
    }
    return nil
  }
}

extension DeviceQuery {
  /// The one known device that is meant, of those of all adapters.
  package func resolve(among devices: [Device], selected: AdapterID) throws(OperationError) -> Device {
    let candidates = best(of: devices)
    let headsets = candidates.filter { Twin.original(of: $0) == nil }
    let meant = headsets.isEmpty ? candidates : headsets
    guard let first = meant.first else { throw .deviceNotFound(text) }
    guard let adapter = DeviceChoice.adapter(of: meant, selected: selected) else {
      let isOneHeadset = meant.allSatisfy { $0.id.address == first.id.address }
      throw isOneHeadset ? .ambiguous(first, on: meant.map(\.id.adapter)) : .ambiguous(text, meant)
    }
    return try resolve(among: candidates.filter { $0.id.adapter == adapter })
  }

  /// The bonds that a text may mean are all of one headset: nobody can tell which of two was meant, and the wrong one
  /// would be lost.
  package func mustMeanOne(of devices: [Device]) throws(OperationError) {
    let bonds = best(of: devices).filter { $0.bonded && Twin.original(of: $0) == nil }
    guard Set(bonds.map(\.id.address)).count < 2 else { throw .ambiguous(text, bonds) }
  }
}
