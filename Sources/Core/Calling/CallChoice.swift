internal import Vocabulary

// Which headset comes first, and which may be called at all.

extension CallWatch {
  /// What keeps a bonded device from being called, whatever becomes of it; nil when nothing does.
  static func obstacle(to id: DeviceID, in world: some World) -> String? {
    guard let device = world.device(id) else { return "It is not known to BlueZ." }
    if device.blocked { return "It is blocked: this computer keeps off it." }
    if !device.trusted { return "It is not trusted, so it may not connect by itself, and is not called." }
    if !world.callWish(of: id).isAutomatic { return "It is not called by itself, as its users want it." }
    if world.wish(of: id).policy == .off { return "Its sound policy is off." }
    return nil
  }

  func mayCall(_ id: DeviceID, in world: some World) -> Bool {
    guard let device = world.device(id), device.bonded, !device.connected, device.isAudio else { return false }
    let hold = world.hold(on: id)
    let isFree = hold == nil || hold?.reason == .released && absences[id]?.cause == .wanted
    return isFree && Self.obstacle(to: id, in: world) == nil && !world.isStale(id)
  }

  package func stillCalls(_ id: DeviceID, in world: some World) -> Bool {
    mayCall(id, in: world) && isFirst(id, in: world)
  }

  /// Whether none is connected that is its equal or comes before it.
  func isFirst(_ id: DeviceID, in world: some World) -> Bool { rival(of: id, in: world) == nil }

  /// Who is connected and is its equal, or comes before it.
  func rival(of id: DeviceID, in world: some World) -> DeviceID? {
    let tier = world.callWish(of: id).tier
    return here.keys.sorted().first { $0 != id && world.callWish(of: $0).tier <= tier }
  }

  /// Who is connected and comes before it; not for another host that it plays for, by its own word.
  func better(than id: DeviceID, in world: some World) -> DeviceID? {
    let tier = world.callWish(of: id).tier
    return here.keys.sorted().first {
      $0 != id && world.callWish(of: $0).tier < tier && world.word(of: $0).politeness == nil
    }
  }

  /// One that played for another host when it was heard of last is called later; not at all for a sound that plays now. What
  /// somebody gave a time for is called when that is over.
  func polite(_ absence: Absence, of id: DeviceID, at now: Duration, in world: some World) -> Absence? {
    guard absence.cause != .yielded, let due = absence.due, let pause = world.word(of: id).politeness,
      due < now + pause - .seconds(1)
    else { return absence }
    guard absence.cause != .wanted else { return nil }
    var later = absence
    (later.due, later.isPolite) = (now + pause, true)
    return later
  }

  /// Whether one is to be called before another.
  static func precedes(_ left: DeviceID, _ right: DeviceID, in world: some World) -> Bool {
    let (first, second) = (world.callWish(of: left).tier, world.callWish(of: right).tier)
    if first != second { return first < second }
    let user = world.sound?.user ?? 0
    let (earlier, later) = (world.use(of: right, by: user), world.use(of: left, by: user))
    return earlier < later || !(later < earlier) && left < right
  }
}
