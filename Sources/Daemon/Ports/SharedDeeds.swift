internal import BlueZ
internal import Core
internal import DBus
internal import Service
internal import Vocabulary

// What is shared of an adapter, and how it is switched on and off on BlueZ.

extension SharedUse.Deeds {
  /// The discovery of our connection. Headsets pair over BR/EDR; their low-energy advertisements are of no use here.
  /// Names are matched by policy; the empty pattern keeps other clients' patterns from hiding devices.
  static func discovery(_ tree: ObjectTree, _ log: Log) -> Self {
    Self(
      start: { id in
        await refusal(id) { path throws(BlueZError) in
          try await tree.setDiscoveryFilter(.classic, adapter: path)
          try await tree.startDiscovery(adapter: path)
        }
      },
      stop: { id in
        let refusal = await refusal(id) { path throws(BlueZError) in try await tree.stopDiscovery(adapter: path) }
        if let refusal { log.notice("a discovery was not stopped", ["adapter": id.name, "error": refusal.words]) }
        return refusal
      },
      isOff: { _ in })
  }

  /// The property Pairable. BlueZ keeps it over restarts, so a crash must not leave it behind: it is in the journal
  /// from before it is set until BlueZ has said that it is restored.
  static func pairable(_ tree: ObjectTree, _ journal: Journal, _ log: Log) -> Self {
    /// The adapter's own address; nil while it is not there, and then the journal keeps what it has.
    let address: @Sendable (AdapterID) -> Address? = { id in
      guard let path = ObjectPath.adapter(id.name) else { return nil }
      return tree.assumeIsolated { $0.adapters[path] }.map { $0.address }
    }
    return Self(
      start: { id in
        if let address = address(id) { await journal.madePairable(address) }
        return await refusal(id) { path throws(BlueZError) in try await tree.setPairable(true, adapter: path) }
      },
      stop: { id in
        let refusal = await refusal(id) { path throws(BlueZError) in
          try await tree.setPairable(false, adapter: path)
        }
        if let refusal {
          log.notice(
            "an adapter is still pairable; that is taken back as soon as BlueZ allows it",
            ["adapter": id.name, "error": refusal.words])
        }
        return refusal
      },
      isOff: { id in
        if let address = address(id) { journal.assumeIsolated { $0.releasedPairable(address) } }
      })
  }

  /// Why it could not be done; nil when it was.
  private static func refusal(
    _ id: AdapterID, _ deed: (ObjectPath) async throws(BlueZError) -> Void
  ) async -> Refusal? {
    guard let path = ObjectPath.adapter(id.name) else { return Refusal(.doesNotExist, "no object for \(id)") }
    do throws(BlueZError) {
      try await deed(path)
      return nil
    } catch { return Refusal(error) }
  }
}
