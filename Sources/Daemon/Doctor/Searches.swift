internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop

/// Remembers who was on the bus when somebody else's search for devices began: BlueZ tells that one runs, and not whose.
///
/// It asks the bus when a search begins and when it ends, a few questions each, and nothing in between.
actor Searches: LoopActor {
  nonisolated let loop: EventLoop
  private let mirror: BlueZMirror
  private let port: BlueZPort
  /// The wall clock does not matter, only how long ago it was.
  private let now: @Sendable () -> Duration
  private var running: [AdapterID: Search] = [:]
  private var ended: [AdapterID: (client: BusClient, time: Duration)] = [:]

  /// A search that runs.
  private struct Search {
    let began: Duration
    /// The connections that there were; nil while the bus has not told, and where it does not.
    var names: Set<String>?
    /// Whoever had come to the bus last, of those.
    var latest: [String: BusClient] = [:]
  }

  /// What is known of whoever came to the bus before those has long been so.
  private static let mostLatest = 3

  init(mirror: BlueZMirror, port: BlueZPort, now: @escaping @Sendable () -> Duration = Searches.clock()) {
    (loop, self.mirror, self.port, self.now) = (port.loop, mirror, port, now)
  }

  private static func clock() -> @Sendable () -> Duration {
    let begun = ContinuousClock.now
    return { ContinuousClock.now - begun }
  }

  /// Takes a change of BlueZ's objects.
  func take(_ change: TreeChange) {
    switch change {
    case .adapterChanged(let old, let new) where old.discovering != new.discovering:
      let id = AdapterID(new.path.lastElement)
      if new.discovering { begin(on: id) } else { end(on: id) }
    case .adapterRemoved(let adapter): running[AdapterID(adapter.path.lastElement)] = nil
    case .bluezVanished: running = [:]
    default: break
    }
  }

  private func begin(on id: AdapterID) {
    running[id] = nil
    guard !port.assumeIsolated({ $0.isSearching(id) }) else { return }
    let began = now()
    running[id] = Search(began: began)
    loop.spawn {
      guard let bus = await self.bus, let names = await bus.names() else { return }
      var latest: [String: BusClient] = [:]
      for name in names.sorted(by: Self.cameLater).prefix(Self.mostLatest) { latest[name] = await bus.client(name) }
      await self.note(Set(names), latest, on: id, began)
    }
  }

  private func note(_ names: Set<String>, _ latest: [String: BusClient], on id: AdapterID, _ began: Duration) {
    guard running[id]?.began == began else { return }
    running[id]?.names = names
    running[id]?.latest = latest
  }

  /// Who leaves the bus ends what he began; where several have left, nobody knows who it was.
  private func end(on id: AdapterID) {
    ended[id] = nil
    guard let search = running.removeValue(forKey: id), let before = search.names else { return }
    let ending = now()
    loop.spawn {
      guard let names = await self.bus?.names() else { return }
      let gone = before.subtracting(names)
      guard gone.count == 1, let client = gone.first.flatMap({ search.latest[$0] }) else { return }
      await self.note(endBy: client, on: id, ending)
    }
  }

  private func note(endBy client: BusClient, on id: AdapterID, _ time: Duration) { ended[id] = (client, time) }

  private var bus: BusClients? {
    mirror.connection.map { BusClients(connection: $0, others: Set([mirror.bluezOwner].compactMap(\.self))) }
  }

  /// The search that runs on an adapter, of which `clients` are on the bus now, by their names there, and `watched` are
  /// those whose end bluetoothd waits for: whose the search is is among them, also where it began before the daemon.
  func search(on id: AdapterID, among clients: [String: BusClient]?, watched: Set<String>?) -> SearchFact {
    var fact = SearchFact()
    if let last = ended[id] { fact.ended = EndedSearch(client: last.client, ago: now() - last.time) }
    let search = running[id]
    fact.age = search.map { now() - $0.began }
    // Who came after it began may keep it on when the first one has ended his.
    guard let clients, let names = watched ?? search?.names else { return fact }
    let there = clients.filter { names.contains($0.key) }
    fact.clients = Array(Set(there.values))
    fact.newest = there.min { Self.cameLater($0.key, $1.key) }?.value
    fact.isTold = watched != nil
    return fact
  }

  /// The bus counts its connections: ":1.42" came later than ":1.9".
  private static func cameLater(_ one: String, _ other: String) -> Bool { number(of: one) > number(of: other) }

  private static func number(of name: String) -> Int { name.split(separator: ".").last.flatMap { Int($0) } ?? 0 }
}
