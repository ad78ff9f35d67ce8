internal import Core

/// Finds the adapter and the device that a caller names.
struct Resolver: Sendable {
  let mirror: MirrorView
  let selected: SelectedAdapter

  /// The adapter of a name ("hci0") or an address; without one the selected adapter, else the first that is on.
  func adapter(_ name: String?) async throws(OperationError) -> AdapterID {
    guard mirror.hasBlueZ else { throw .bluezMissing() }
    if let name {
      let all = mirror.allAdapters.sorted { $0.id.name < $1.id.name }
      let address = Address(name)?.description
      guard let found = all.first(where: { $0.id.name == name || address.map(isAddress(of: $0.id)) == true }) else {
        throw .adapterNotFound(name, known: all.map(\.id.name))
      }
      return found.id
    }
    guard let adapter = defaultAdapter else { throw .noAdapter }
    return adapter
  }

  /// The adapter that is used when none is named; nil when there is none. For callers on the loop.
  var defaultAdapter: AdapterID? {
    let all = mirror.allAdapters.sorted { $0.id.name < $1.id.name }
    let address = selected.assumeIsolated { $0.address }
    let chosen = address.flatMap { address in all.first { isAddress(of: $0.id)(address) } }
    return (chosen ?? all.first(where: \.powered) ?? all.first)?.id
  }

  /// The known device that a text names. Without an adapter those of the selected one come first, then all others.
  func device(_ text: String, adapter name: String?) async throws(OperationError) -> Device {
    let query = try Self.query(text)
    let adapter = try await adapter(name)
    do throws(OperationError) {
      return try query.resolve(among: mirror.devices(of: adapter))
    } catch {
      guard name == nil, error.code == .deviceNotFound else { throw error }
      return try query.resolve(among: mirror.allDevices)
    }
  }

  static func query(_ text: String) throws(OperationError) -> DeviceQuery {
    guard let query = DeviceQuery(text), text.utf8.count <= 248 else {
      throw OperationError(
        .invalidArgument, "That names no device.",
        hint: "A device is named by its address, its name, its alias, or a part of a name.")
    }
    return query
  }

  private func isAddress(of id: AdapterID) -> (String) -> Bool { { mirror.address(of: id) == $0 } }
}
