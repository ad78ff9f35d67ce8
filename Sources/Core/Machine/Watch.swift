/// Something that nobody asked for and that is followed while it lasts: the link of a bond, the sound of a device, a
/// login. A state machine without I/O, as an ``Operation`` is, but without an end of its own.
///
/// Events go in, actions come out; one runner keeps all watches, owns their deadlines, and tells them which operations
/// begin and end. A watch never brackets an operation itself: what it wants done that takes several steps it has begun,
/// and hears of its end as of anybody's.
package protocol Watch: Sendable {
  /// Nothing is armed, asked for or waited for, and nothing has to be remembered: it may be thrown away.
  var isAtRest: Bool { get }
  /// Whether it looks at the event. Its own deadlines and answers reach it always.
  func isConcerned(by event: Event) -> Bool
  /// `now` is any clock that only goes forward.
  mutating func handle(_ event: Event, at now: Duration, in world: some World) -> [WatchAction]
  /// Whether a call that it began, and that had to wait for another one on the same adapter, is still to be made.
  func stillCalls(_ id: DeviceID, in world: some World) -> Bool
}

extension Watch {
  package func stillCalls(_ id: DeviceID, in world: some World) -> Bool { true }
}

/// What a watch wants done.
package enum WatchAction: Equatable, Sendable {
  case request(Request)
  case arm(Deadline, Duration)
  case disarm(Deadline)
  /// Begins an operation, which gives way to whatever somebody asks for. Its end, also when it could not begin, comes as
  /// ``Event/operationEnded(_:_:)``.
  case begin(Undertaking)
  /// What is wrong with a device's bond, to be remembered and shown; nil when it was seen to be sound.
  case diagnose(DeviceID, Verdict?)
  /// Something of a device for the log.
  case tell(DeviceID, String)
  /// A user had the device in a session, to be remembered.
  case noteUse(DeviceID, user: UInt32)
  /// The sound server of this user has registered with BlueZ in this login, to be remembered as long as it lasts.
  case noteEndpoints(user: UInt32)
  /// Headsets were called for the login of this user, to be remembered as long as it lasts.
  case noteCalled(user: UInt32)
  /// A device is left alone from now on; nil: no more.
  case hold(DeviceID, Hold.Reason?)
}

/// What an operation does to a device, as far as watches distinguish it, or want it done.
package enum Undertaking: Hashable, Sendable {
  case connect(DeviceID)
  case disconnect(DeviceID)
  /// Puts the sound into one of this kind; nil: only the codec is another one.
  case audio(DeviceID, AudioCard.Kind?)

  package var device: DeviceID {
    switch self {
    case .connect(let id), .disconnect(let id), .audio(let id, _): id
    }
  }
}

/// An operation that works on a device, as watches see it.
package struct DeviceOperation: Hashable, Sendable {
  package let device: DeviceID
  /// Nil for what they do not distinguish.
  package let undertaking: Undertaking?
  /// Whether somebody asked for it; otherwise a watch did.
  package let isAsked: Bool

  package init(on device: DeviceID, _ undertaking: Undertaking?, isAsked: Bool) {
    (self.device, self.undertaking, self.isAsked) = (device, undertaking, isAsked)
  }

  /// What a watch has begun.
  package init(begunAs undertaking: Undertaking) {
    self.init(on: undertaking.device, undertaking, isAsked: false)
  }

  /// Whether it puts the sound into something.
  var isAudio: Bool { if case .audio = undertaking { true } else { false } }
}
