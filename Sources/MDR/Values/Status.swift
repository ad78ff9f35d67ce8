/// What a battery holds.
package struct Battery: Hashable, Sendable {
  /// V1: 0, 1, F0 for unknown; V2: 0 to 3. Told in one vocabulary.
  package enum Charging: Hashable, Sendable { case no, yes, full, unknown }

  /// Per cent, 0 to 100.
  package let level: UInt8
  package let charging: Charging
  /// A limit in per cent that some models tell beside it; what it limits is not known.
  package let threshold: UInt8?

  package init(level: UInt8, charging: Charging, threshold: UInt8? = nil) {
    self.level = level
    self.charging = charging
    self.threshold = threshold
  }
}

/// One value for each earbud; nil for one that is absent, or in a closed case.
package struct Pair<Value: Hashable & Sendable>: Hashable, Sendable {
  package let left: Value?
  package let right: Value?
  package init(left: Value?, right: Value?) { (self.left, self.right) = (left, right) }
}

/// The codec that the headset says it receives.
package enum ReportedCodec: UInt8, CaseIterable, Sendable {
  case unsettled = 0x00
  case sbc = 0x01
  case aac = 0x02
  case ldac = 0x10
  case aptx = 0x20
  case aptxHD = 0x21
  case lc3 = 0x30
  case other = 0xFF
}

/// Which DSEE the headset has, and whether it works now.
package struct DSEEIndicator: Hashable, Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable { case hx, plain, extreme, ultimate }
  /// `invalid`: switched on, and not possible with what is played.
  package enum State: UInt8, CaseIterable, Sendable { case off, valid, invalid }

  package let kind: Kind
  package let state: State
  package init(kind: Kind, state: State) { (self.kind, self.state) = (kind, state) }
}

/// What is played, by the headset's word.
package enum Playback: UInt8, CaseIterable, Sendable {
  case playing = 1
  case paused, stopped
}

/// What a headset has the player do (AVRCP does it better).
package enum PlaybackCommand: UInt8, CaseIterable, Sendable {
  case pause = 1
  case next, previous
  case stop = 6
  case play
}
