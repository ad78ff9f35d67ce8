package import DBus
package import EventLoop

/// The mirror of BlueZ's objects: asked for once, then kept right by signals.
///
/// It follows one bus connection at a time. As long as bluetoothd owns its name the objects are there; when it goes
/// away, or the connection does, the tree is empty. Signals count only when they come from bluetoothd itself.
///
/// Observers are called synchronously on the loop, in the order of the bus: an observer that is told about a change
/// sees the tree exactly as it was made by it, and a task that waited for an answer of BlueZ sees what preceded the
/// answer (see ``Connection``).
///
///     let tree = ObjectTree(on: loop)
///     await tree.observe { change in … }
///     try await tree.follow(connection)
///     let headset = await tree.devices.values.first { $0.connected }
package actor ObjectTree: LoopActor {
  /// How long to wait before bluetoothd is asked again for objects that it did not tell: at first, and at most.
  package static let firstRetry: Duration = .seconds(1)
  package static let longestRetry: Duration = .seconds(30)

  package nonisolated let loop: EventLoop
  package internal(set) var adapters: [ObjectPath: Adapter] = [:]
  package internal(set) var devices: [ObjectPath: Device] = [:]
  package internal(set) var transports: [ObjectPath: MediaTransport] = [:]
  package internal(set) var endpoints: [ObjectPath: MediaEndpoint] = [:]
  /// Whether BlueZ is there and its objects are complete.
  package private(set) var isReady = false
  /// The unique name of bluetoothd; nil while there is none.
  package private(set) var owner: String?
  /// Whether BlueZ offers interfaces for single bearers (since 5.84).
  package internal(set) var hasBearers = false
  /// The connection that the tree follows; nil before the first and after its end.
  package private(set) var connection: Connection?

  /// Why the bus, or bluetoothd, did not do what it was asked last; nil since it did.
  private var busFailure: DBusError?
  private var failure: DBusError?
  /// Whether all that is to be heard of BlueZ is subscribed to.
  private var isFollowing = false
  private var retry = ObjectTree.firstRetry

  private var observers: [(number: UInt64, handler: @Sendable (TreeChange) -> Void)] = []
  private var nextObserver: UInt64 = 0
  /// Counts the owners of the name, so that an answer of an earlier one is known as such.
  private var generation: UInt64 = 0
  /// Whether the observers know of the present owner.
  private var isTold = false

  package init(on loop: EventLoop) { self.loop = loop }

  /// One observer; give it to ``stopObserving(_:)`` when it is over.
  package struct Observation: Hashable, Sendable { let number: UInt64 }

  /// Calls `handler` on the loop for each change from now on.
  @discardableResult
  package func observe(_ handler: @escaping @Sendable (TreeChange) -> Void) -> Observation {
    nextObserver += 1
    observers.append((nextObserver, handler))
    return Observation(number: nextObserver)
  }

  /// The observer is not called again.
  package func stopObserving(_ observation: Observation) {
    observers.removeAll { $0.number == observation.number }
  }

  /// The version of bluetoothd, if an adapter tells.
  package var version: BlueZVersion? { adapters.values.lazy.compactMap(\.bluezVersion).first }

  /// Why the tree is not ready.
  package enum Absence: Hashable, Sendable {
    /// There is no connection to the bus, and why, as far as that is known.
    case noBus(DBusError?)
    /// The bus has not done what it was asked.
    case busSilent
    /// Nobody owns BlueZ's name.
    case notRunning
    /// bluetoothd has been asked for its objects.
    case asked
    /// bluetoothd did not tell its objects, and is asked again.
    case unreadable(DBusError)
  }

  /// Why the tree is not ready; nil while it is.
  package var absence: Absence? {
    if isReady { return nil }
    guard connection != nil else { return .noBus(busFailure) }
    guard isFollowing else { return .busSilent }
    guard owner != nil else { return .notRunning }
    return failure.map { .unreadable($0) } ?? .asked
  }

  // MARK: Following

  /// There is no connection, for this reason.
  package func noteBus(_ error: DBusError) {
    if connection == nil { busFailure = busFailure ?? error }
  }

  /// Subscribes to BlueZ's changes on a connection and fills the tree as soon as bluetoothd is there, now or later.
  ///
  /// Call it once for each connection; the end of the connection empties the tree. A connection on which it throws is of
  /// no use: some changes would never be heard of. Close it, and follow the next one.
  package func follow(_ connection: Connection) async throws(DBusError) {
    self.connection = connection
    await connection.onEnd { [weak self] error in
      self?.assumeIsolated { $0.connectionEnded(connection, error) }
    }
    do throws(DBusError) { try await subscribe(connection) } catch {
      if self.connection === connection { busFailure = error }
      throw error
    }
    guard self.connection === connection else { return }
    isFollowing = true
    busFailure = nil
  }

  private func subscribe(_ connection: Connection) async throws(DBusError) {
    for interface in Self.mirrored {
      try await connection.subscribe(to: Self.changes(of: interface)) { [weak self] signal in
        self?.assumeIsolated { $0.receive { tree throws(DBusError) in try tree.changeProperties(signal, interface) } }
      }
    }
    try await connection.subscribe(to: Self.objects) { [weak self] signal in
      self?.assumeIsolated { $0.receive { tree throws(DBusError) in try tree.changeObjects(signal) } }
    }
    try await connection.subscribe(to: Self.disconnections) { [weak self] signal in
      self?.assumeIsolated { $0.receive { tree throws(DBusError) in try tree.noteDisconnection(signal) } }
    }
    try await connection.watchOwner(of: BlueZName.service) { [weak self] owner in
      self?.assumeIsolated { $0.ownerChanged(to: owner) }
    }
  }

  // The rules are narrow on purpose: a remote player's position or a GATT notification must not wake the process.

  private static let mirrored = [
    BlueZInterface.device, BlueZInterface.adapter, BlueZInterface.battery, BlueZInterface.mediaTransport,
    BlueZInterface.mediaEndpoint,
  ]

  private static func changes(of interface: String) -> MatchRule {
    MatchRule(
      sender: BlueZName.service, interface: StandardInterface.properties, member: "PropertiesChanged",
      pathNamespace: BlueZName.manager, firstArgument: interface)
  }

  private static let objects = MatchRule(
    sender: BlueZName.service, interface: StandardInterface.objectManager, path: BlueZName.root)

  private static let disconnections = MatchRule(
    sender: BlueZName.service, interface: BlueZInterface.device, member: "Disconnected")

  private func connectionEnded(_ connection: Connection, _ error: DBusError) {
    guard self.connection === connection else { return }
    self.connection = nil
    isFollowing = false
    busFailure = busFailure ?? error
    ownerChanged(to: nil)
  }

  private func ownerChanged(to owner: String?) {
    guard owner != self.owner else { return }
    let wasTold = isTold
    empty()
    self.owner = owner
    generation += 1
    failure = nil
    retry = Self.firstRetry
    if wasTold { tell(.bluezVanished) }
    if owner != nil { fill(generation) }
  }

  private func empty() {
    adapters = [:]
    devices = [:]
    transports = [:]
    endpoints = [:]
    hasBearers = false
    isReady = false
    isTold = false
  }

  /// Asks bluetoothd for its objects. What it signals before the answer is part of the answer.
  private func fill(_ generation: UInt64) {
    guard generation == self.generation, let connection, let owner else { return }
    let filled: @Sendable (Result<Message, DBusError>) -> Void = { [weak self] result in
      self?.assumeIsolated { $0.filled(generation, result) }
    }
    do throws(DBusError) {
      let question = try Message(
        call: "GetManagedObjects", on: BlueZName.root, interface: StandardInterface.objectManager, to: owner)
      connection.assumeIsolated { connection in
        do throws(DBusError) { try connection.call(question, completion: filled) } catch { filled(.failure(error)) }
      }
    } catch { filled(.failure(error)) }
  }

  private func filled(_ generation: UInt64, _ result: Result<Message, DBusError>) {
    // An owner that went away takes its unanswered questions along; the next one is asked anew.
    guard generation == self.generation else { return }
    do throws(DBusError) {
      var body = try result.get().reader()
      isTold = true
      tell(.bluezAppeared)
      try addObjects(&body)
      isReady = true
      failure = nil
      retry = Self.firstRetry
      tell(.bluezReady)
    } catch {
      // Half an answer is none: what it left out might be gone, and what it has would not be heard to go.
      let wasTold = isTold
      empty()
      failure = error
      if wasTold { tell(.bluezVanished) }
      tell(.bluezUnreadable(error))
      loop.schedule(after: retry) { [weak self] in self?.assumeIsolated { $0.fill(generation) } }
      retry = min(retry * 2, Self.longestRetry)
    }
  }

  private func receive(_ apply: (isolated ObjectTree) throws(DBusError) -> Void) {
    guard isReady else { return }
    // A signal of another shape than BlueZ's is as good as none.
    try? apply(self)
  }

  func tell(_ change: TreeChange) {
    for observer in observers { observer.handler(change) }
  }
}
