/// What each user's connections take of a server: places, bytes that wait, and turns. All are given out by user, so that
/// nobody gets more of them for having more connections.
struct Shares {
  typealias Identifier = ObjectIdentifier

  private struct Place {
    let user: UInt32
    let hasPriority: Bool
    /// Which connection came first.
    let number: Int
    /// Bytes that are kept for it.
    var waiting = 0
  }

  private struct User {
    var places = 0
    /// Bytes that are kept for its connections.
    var waiting = 0
    /// Of which turn of the loop the next two tell.
    var turn: UInt64 = 0
    var calls = 0
    var bytes = 0
    /// The connections that have a call and must wait for a turn, in order.
    var queue: [Identifier] = []
  }

  private let limits: VarlinkLimits
  private var places: [Identifier: Place] = [:]
  private var users: [UInt32: User] = [:]
  /// Connections whose turn it is.
  private var called: Set<Identifier> = []
  private var lastNumber = 0
  private var placesWithPriority = 0
  private var waiting = 0
  /// Bytes that came and went since memory was given back, and since a pause was looked for.
  private var moved = 0
  private var movedLately = 0

  init(_ limits: VarlinkLimits) { self.limits = limits }

  // MARK: Places

  enum Room: Equatable {
    case free
    case none
    /// One of these has to go, the first of which was made first.
    case takenBy([Identifier])
  }

  /// Whether there is room for one more connection of a user. When all places are taken, whoever has most of them gives
  /// one up, as long as that leaves him no fewer than the other gets.
  func room(for user: UInt32, hasPriority: Bool) -> Room {
    guard users[user, default: User()].places < limits.connectionsPerUser else { return .none }
    let (taken, all) =
      hasPriority
      ? (placesWithPriority, limits.reservedConnections) : (places.count - placesWithPriority, limits.connections)
    guard taken >= all else { return .free }
    let pool = places.filter { $0.value.hasPriority == hasPriority }
    var counts: [UInt32: Int] = [:]
    for place in pool.values { counts[place.user, default: 0] += 1 }
    guard let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
      most.value > counts[user, default: 0] + 1
    else { return .none }
    return .takenBy(ordered(pool.filter { $0.value.user == most.key }))
  }

  mutating func add(_ connection: Identifier, of user: UInt32, hasPriority: Bool) {
    lastNumber += 1
    places[connection] = Place(user: user, hasPriority: hasPriority, number: lastNumber)
    if hasPriority { placesWithPriority += 1 }
    users[user, default: User()].places += 1
  }

  mutating func remove(_ connection: Identifier) {
    set(0, for: connection)
    called.remove(connection)
    guard let place = places.removeValue(forKey: connection) else { return }
    if place.hasPriority { placesWithPriority -= 1 }
    users[place.user]?.places -= 1
    users[place.user]?.queue.removeAll { $0 == connection }
    if users[place.user]?.places == 0 { users[place.user] = nil }
  }

  private func ordered(_ places: [Identifier: Place]) -> [Identifier] {
    places.sorted { $0.value.number < $1.value.number }.map(\.key)
  }

  // MARK: Bytes that wait

  /// So many bytes are kept for a connection now.
  mutating func set(_ count: Int, for connection: Identifier) {
    guard let place = places[connection], place.waiting != count else { return }
    places[connection]?.waiting = count
    users[place.user]?.waiting += count - place.waiting
    waiting += count - place.waiting
  }

  /// The connections of which one has to go, since more is kept for the user, or for all, than may be; nil when all is
  /// well. A connection that nobody shares the bytes with is bounded for itself.
  func crowd(around user: UInt32) -> [Identifier]? {
    if users[user, default: User()].waiting > limits.waitingPerUser, let crowd = crowd(of: user) { return crowd }
    guard waiting > limits.waiting else { return nil }
    return users.max { ($0.value.waiting, $0.key) < ($1.value.waiting, $1.key) }.flatMap { crowd(of: $0.key) }
  }

  private func crowd(of user: UInt32) -> [Identifier]? {
    let holding = places.filter { $0.value.user == user && $0.value.waiting > 0 }
    return holding.count > 1 ? ordered(holding) : nil
  }

  // MARK: Turns

  /// Whether a connection may begin a call of this size in this turn of the loop; if not, it will be among ``next()``.
  mutating func takeTurn(_ connection: Identifier, of size: Int, in turn: UInt64) -> Bool {
    guard let place = places[connection], var user = users[place.user] else { return true }
    defer { users[place.user] = user }
    if user.turn != turn { (user.turn, user.calls, user.bytes) = (turn, 0, 0) }
    // Who comes anew stands behind those that wait.
    let isNext = called.remove(connection) != nil || user.queue.isEmpty
    guard isNext, user.calls < limits.callsPerTurn, user.bytes < limits.bytesPerTurn else {
      user.queue.append(connection)
      return false
    }
    user.calls += 1
    user.bytes += size
    return true
  }

  /// Those whose turn it is, of each user as many as may begin a call.
  mutating func next() -> [Identifier] {
    var next: [Identifier] = []
    for user in users.keys.sorted() {
      let first = users[user]?.queue.prefix(limits.callsPerTurn) ?? []
      users[user]?.queue.removeFirst(first.count)
      next += first
    }
    called.formUnion(next)
    return next
  }

  /// Whether somebody waits for a turn.
  var isAnybodyWaiting: Bool { users.values.contains { !$0.queue.isEmpty } }

  // MARK: Bursts

  /// Counts bytes that came or went; true when there have been so many that memory is worth giving back.
  mutating func move(_ count: Int) -> Bool {
    moved += count
    movedLately += count
    return moved >= limits.burst
  }

  /// Whether hardly anything has come or gone since this was asked last; then a new count begins.
  mutating func isBurstOver() -> Bool {
    defer { movedLately = 0 }
    guard movedLately < limits.burst / 16 else { return false }
    moved = 0
    return true
  }
}
