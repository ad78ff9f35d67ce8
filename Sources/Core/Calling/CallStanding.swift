package import Vocabulary

/// How it stands with a bonded device's connection: what was decided last, and what comes next.
package struct CallStanding: Hashable, Sendable {
  package let state: CallState
  /// One sentence.
  package let message: String
  /// In how long something is done about it; nil: when something else has happened.
  package let next: Duration?

  init(_ state: CallState, _ message: String, next: Duration? = nil) {
    (self.state, self.message, self.next) = (state, message, next)
  }
}

extension CallWatch {
  /// How it stands with a bonded device, from what is true now.
  package func standing(of id: DeviceID, at now: Duration, in world: some World) -> CallStanding {
    let device = world.deviceOrNameless(id)
    if device.connected { return connected(id, at: now, in: world) }
    if calling == id { return CallStanding(.calling, "It is being called.") }
    if let obstacle = Self.obstacle(to: id, in: world) { return CallStanding(.notAllowed, obstacle) }
    if world.isStale(id) { return CallStanding(.staleBond, "Its bond is of no use, so it is not called.") }
    if let hold = world.hold(on: id) { return CallStanding(hold, world.callRules) }
    guard let adapter = world.adapter(adapter), adapter.powered else {
      let call = absences[id] == nil ? "" : ", and it is called when that is on"
      return CallStanding(.notReady, "The adapter is off\(call).")
    }
    guard adapter.hasAudio else {
      let call = absences[id] == nil ? "" : ", and it is called when one has"
      return CallStanding(.notReady, "No sound server has registered with BlueZ\(call).")
    }
    if let rival = rival(of: id, in: world) {
      let relation =
        world.callWish(of: rival).tier < world.callWish(of: id).tier ? "which comes before it" : "its equal"
      return CallStanding(.lowerTier, "It is not called while \(world.title(of: rival)) is connected, \(relation).")
    }
    if let absence = absences[id] { return CallStanding(absence, at: now) }
    if gaveUp.contains(id) {
      return CallStanding(
        .gaveUp, "It has not answered for \(words(Self.patience)), and is called no more before the next login.")
    }
    if unexplained[id] != nil { return CallStanding(.waiting, "Its link has just ended; why is not known yet.") }
    // Nobody is known to log in where no session has joined.
    let call =
      world.sound == nil ? "; without mdrctl-session in a login it is not called" : ", and is called at the next login"
    return CallStanding(.waiting, "It connects by itself when it is switched on\(call).")
  }

  private func connected(_ id: DeviceID, at now: Duration, in world: some World) -> CallStanding {
    if let better = better(than: id, in: world) {
      return CallStanding(.outranked, "\(world.title(of: better)) is connected, too, and comes before it.")
    }
    guard let limit = world.callRules.idleLimit, let since = here[id]?.quietSince else {
      let isElsewhere = world.word(of: id).playsElsewhere
      return CallStanding(.connected, isElsewhere ? "It is connected, and plays for another host." : "It is connected.")
    }
    return CallStanding(
      .connected, "It is let go after \(words(limit)) without sound.", next: max(.zero, since + limit - now))
  }
}

extension CallStanding {
  fileprivate init(_ hold: Hold, _ rules: CallRules) {
    let end = rules.memory == .login ? " before the next login" : " until it is connected by hand or calls by itself"
    switch hold.reason {
    case .disconnected: self.init(.disconnected, "It was disconnected by hand, and is not called\(end).")
    case .left: self.init(.left, "It hung up: switched off, or gone to another host. It is not called\(end).")
    case .elsewhere:
      self.init(.elsewhere, "It answered and refused, as one does that another host has. It is not called\(end).")
    case .released:
      self.init(.released, "It was let go after a time without sound, and is called when something plays.")
    case .yielded:
      let time = hold.remaining.map { "for \(words($0))" } ?? "until it is taken back"
      self.init(.yielded, "It was let go \(time).", next: hold.remaining)
    }
  }

  fileprivate init(_ absence: CallWatch.Absence, at now: Duration) {
    let next = absence.due.map { max(.zero, $0 - now) }
    let reason = absence.cause.words + (absence.isPolite ? "; it played for another host" : "")
    let tries = absence.attempts == 0 ? "" : "; called \(absence.attempts) times in vain"
    self.init(.backOff, "\(reason)\(tries)\(next.map { "; it is called in \(words($0))" } ?? "").", next: next)
  }
}

extension CallWatch {
  /// Why a device that is not here is called, one sentence without its end; nil where it is not.
  package func reason(toCall id: DeviceID) -> String? { absences[id]?.cause.words }
}

extension CallWatch.Cause {
  fileprivate var words: String {
    switch self {
    case .lost: "It went out of range"
    case .asleep: "The computer slept"
    case .interrupted: "The adapter, bluetoothd or the sound server went"
    case .yielded: "The time is over for which it was let go"
    case .displaced: "The headset that it gave way to has gone"
    case .wanted: "Something plays"
    }
  }
}

/// "32 s", "15 min", "2 h": as exact as one needs.
func words(_ time: Duration) -> String {
  let seconds = time.components.seconds
  if seconds < 120 { return "\(seconds) s" }
  if seconds < 2 * 3600 { return "\(seconds / 60) min" }
  return "\(seconds / 3600) h"
}
