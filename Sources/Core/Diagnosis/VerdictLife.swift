// How long what was found holds.

package import Vocabulary

extension Verdict.Cause {
  /// What ends a finding before another attempt does.
  package enum End: CaseIterable, Sendable {
    /// It is of the bond: it ends when the bond is seen to be sound, is made anew or is given up.
    case bond
    /// The adapter is there, on, and not blocked.
    case adapter
    /// A sound server has registered what the device can be connected for.
    case soundServer
    /// Nothing tells for sure that it is over; the device in sight or linked does, and until then it is what the last
    /// try came to.
    case sight
  }

  package var end: End {
    switch self {
    case .headsetLostKey, .headsetOtherKey, .hostLostKey, .kernelOnlyKey, .pairedNotBonded, .repairingRefused,
      .keyTypeBug, .dualBoot, .adapterChanged:
      .bond
    case .adapterTrouble: .adapter
    case .noSoundServer: .soundServer
    case .headsetRefuses, .unreachable, .busy: .sight
    }
  }
}

extension Verdict {
  /// Whether it tells of the bond itself, and not of what is in its way for now.
  package var concernsBond: Bool { cause.end == .bond }

  /// Whether what it tells of is seen to be over.
  package func isOver(for device: Device?, on adapter: Adapter?) -> Bool {
    switch cause.end {
    case .bond: false
    case .adapter: adapter.map { $0.powered && !$0.blocked } ?? false
    case .soundServer: adapter?.hasAudio ?? false
    case .sight: device.map { $0.connected || $0.rssi != nil } ?? false
    }
  }
}
