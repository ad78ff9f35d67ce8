internal import Core
internal import Vocabulary

/// Finds the adapter and the device that a caller names.
struct Resolver: Sendable {
  let world: LiveWorld
  let history: BondHistory
  let journal: Journal
  let selected: SelectedAdapter

  var mirror: BlueZMirror { world.mirror }

  /// The adapter of a name ("hci0") or an address; without one the selected adapter, else the first that is on.
  func adapter(_ name: String?) async throws(OperationError) -> AdapterID { try adapterNow(name) }

  /// The same, for callers on the loop.
  func adapterNow(_ name: String?) throws(OperationError) -> AdapterID {
    guard mirror.hasBlueZ else { throw .bluezMissing(mirror.absence) }
    if let name {
      let all = mirror.allAdapters.sorted { $0.id.name < $1.id.name }
      let address = Address(written: name)?.description
      guard
        let found = all.first(where: { $0.id.name.hasSameBytes(as: name) || address.map(isAddress(of: $0.id)) == true })
      else {
        throw .adapterNotFound(name, known: all.map(\.id.name))
      }
      return found.id
    }
    guard let adapter = defaultAdapter else { throw .noAdapter(mirror.host) }
    return adapter
  }

  /// The adapters that are meant and there, for callers on the loop: all without a name.
  func adaptersNow(_ name: String?) -> [AdapterID] {
    guard name != nil else { return mirror.allAdapters.map(\.id) }
    return (try? adapterNow(name)).map { [$0] } ?? []
  }

  /// The adapter that is used when none is named; nil when there is none. For callers on the loop.
  var defaultAdapter: AdapterID? {
    let all = mirror.allAdapters.sorted { $0.id.name < $1.id.name }
    let address = selected.assumeIsolated { $0.address }
    let chosen = address.flatMap { address in all.first { isAddress(of: $0.id)(address) } }
    return (chosen ?? all.first(where: \.powered) ?? all.first)?.id
  }

  /// Why a device is not known that was bonded once, if that is so.
  func lost(_ query: DeviceQuery) -> OperationError? {
    let records = history.assumeIsolated { history in
      history.keys.compactMap { key in history[key].map { (key, $0) } }
    }
    let lost = records.filter { $0.1.finding?.verdict.isOfAbsence == true }
    let devices = lost.map { Device(id: DeviceID(AdapterID(""), $0.0.device), name: $0.1.name, alias: $0.1.alias) }
    guard let device = query.best(of: devices).first,
      let (key, record) = lost.first(where: { $0.0.device == device.id.address }), let verdict = record.finding?.verdict
    else { return nil }
    let hint = mirror.told(verdict.hint, as: mirror.adapter(at: key.adapter))
    return OperationError(.deviceNotFound, verdict.message, evidence: verdict.evidence, hint: hint)
  }

  /// The known device that a text names; without an adapter on whichever it is, see ``DeviceChoice``. Without a text the
  /// headset that is connected, else the only one that is paired.
  func device(_ text: String?, adapter name: String?) async throws(OperationError) -> Device {
    let query = try text.map(Self.query)
    let adapter = try await adapter(name)
    let devices = name == nil ? mirror.allDevices : mirror.devices(of: adapter)
    guard let query else { return try DeviceChoice.unnamed(among: devices, selected: adapter) }
    do throws(OperationError) { return try query.resolve(among: devices, selected: adapter) } catch {
      guard error.code == .deviceNotFound else { throw error }
      throw lost(query) ?? error
    }
  }

  /// The bond that is to be forgotten. Without an adapter it must be the only one of that headset: nobody can tell
  /// which of two was meant, and the wrong one would be lost.
  func bondToForget(_ text: String, adapter name: String?) async throws(OperationError) -> DeviceID {
    let id = try await bond(text, adapter: name)
    guard name == nil else { return id }
    try Self.query(text).mustMeanOne(of: mirror.allDevices)
    var all = Set(world.bonds(at: id.address))
    if mirror.device(id) != nil { all.insert(id) }
    return try only(of: all, or: id)
  }

  /// The bond that is to be repaired: of several of one headset the one that is known to need it.
  func bondToRepair(_ text: String, adapter name: String?) async throws(OperationError) -> DeviceID {
    let id = try await bond(text, adapter: name)
    guard name == nil else { return id }
    try Self.query(text).mustMeanOne(of: mirror.allDevices)
    let all = Set(world.bonds(at: id.address))
    let broken = all.filter(world.needsRepair)
    return try only(of: broken.isEmpty ? all : broken, or: id)
  }

  private func only(of all: Set<DeviceID>, or id: DeviceID) throws(OperationError) -> DeviceID {
    guard all.count < 2 else {
      throw .ambiguous(all.compactMap(mirror.device).first ?? Device(id: id, name: nil), on: all.map(\.adapter))
    }
    return all.first ?? id
  }

  /// What a text names for forgetting and repairing: a device that BlueZ knows, or one that is remembered here although
  /// BlueZ does not know it any more, or any address at all.
  func bond(_ text: String?, adapter name: String?) async throws(OperationError) -> DeviceID {
    do throws(OperationError) { return try await device(text, adapter: name).id } catch {
      guard error.code == .deviceNotFound, let text else { throw error }
      let query = try Self.query(text)
      let adapter = try await self.adapter(name)
      let remembered = query.best(of: remembered(on: name == nil ? nil : adapter, or: adapter))
      guard Set(remembered.map(\.id.address)).count < 2 else { throw .ambiguous(text, remembered) }
      if let device = remembered.first { return device.id }
      guard let address = query.address else { throw lost(query) ?? error }
      return DeviceID(adapter, address)
    }
  }

  /// The devices that are remembered here, as far as their adapters are there; those of an address that the adapter has
  /// no more count for the `successor`.
  private func remembered(on adapter: AdapterID?, or successor: AdapterID) -> [Device] {
    let outdated = history.assumeIsolated { history in
      Set(history.keys.filter { history[$0]?.isOutdated == true })
    }
    let bonds = history.assumeIsolated { history in
      history.keys.map { ($0, history[$0]?.name, history[$0]?.alias) }
    }
    let unfinished = journal.assumeIsolated { journal in
      journal.keys.map { ($0, journal.names($0)?.name, journal.names($0)?.alias) }
    }
    var known: [DeviceID: Device] = [:]
    for (key, name, alias) in bonds + unfinished {
      let heir = outdated.contains(key) ? DeviceID(successor, key.device) : nil
      guard let id = mirror.device(at: key) ?? heir, adapter == nil || adapter == id.adapter else { continue }
      known[id] = Device(id: id, name: name, alias: alias)
    }
    return Array(known.values)
  }

  static func query(_ text: String) throws(OperationError) -> DeviceQuery {
    guard let query = DeviceQuery(text) else {
      throw OperationError(
        .invalidArgument, "That names no device.",
        hint: "A device is named by its address, its name, its alias, or a part of a name.")
    }
    return query
  }

  private func isAddress(of id: AdapterID) -> (String) -> Bool { { mirror.address(of: id) == $0 } }
}
