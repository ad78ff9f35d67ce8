package import Vocabulary

/// What an operation or a watch is told.
package enum Event: Hashable, Sendable {
  /// bluetoothd came or went, or an adapter did, or changed.
  case worldChanged
  /// A device appeared or changed, or its transports did.
  case deviceChanged(DeviceID)
  /// BlueZ removed the device, even if it has come back since.
  case deviceRemoved(DeviceID)
  /// A request was answered: by nil when BlueZ did it.
  case answered(Request, Refusal?)
  /// ``Request/inspect(_:_:)`` or ``Request/flush(_:_:)`` was answered.
  case layers(DeviceID, LayerAnswer)
  /// What the kernel or BlueZ says of a device's link, where it can be heard; see ``LinkEvent``.
  case link(DeviceID, LinkEvent)
  /// The followed login session, its sound server or its cards changed, or what is wished of them.
  case soundChanged
  case expired(Deadline)
  /// The caller does not want it any more.
  case cancelled
  /// A person was needed while pairing, and nobody could be asked.
  case unanswered(String)

  // Only watches are told these. They are rare, and kept out of the others' size.

  /// An operation has begun to work on a device, or has found out on which one it works.
  indirect case operationBegan(DeviceOperation)
  /// It has ended; nil: well. For a watch's own it may never have begun.
  indirect case operationEnded(DeviceOperation, OperationError?)
  /// A device is left alone, or no longer, because somebody wants it so.
  case holdChanged(DeviceID)
  /// The computer is about to sleep, and has slept.
  case sleeping, resumed
  /// What kept A2DP of a device from being connected; nil when it was.
  indirect case audioObstacle(DeviceID, String?)
  /// The followed user has logged out, nobody took the place, and the sound server had these devices, as the session said.
  indirect case loggedOut(user: UInt32, Set<Address>)
}
