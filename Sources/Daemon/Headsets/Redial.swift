/// Why a control channel could not be opened, as far as it matters for trying again.
enum DialTrouble: Hashable, CaseIterable {
  /// BlueZ is at something else with the device: most often its sound is coming up.
  case busy
  /// BlueZ has not noticed yet that the last channel has ended.
  case ghost
  /// The headset turned the channel down, or closed it at once: another client has it.
  case held
  /// It is open, and the headset does not speak over it.
  case mute
  /// Another attempt would end in the same way.
  case hopeless
}

/// When to try again to open a control channel. Nobody is fought for it: after a few attempts the caller is told.
struct Redial {
  private var failures: [DialTrouble: Int] = [:]

  /// How long to wait before the next attempt; nil when there is none.
  mutating func delay(after trouble: DialTrouble) -> Duration? {
    let number = failures[trouble, default: 0]
    failures[trouble] = number + 1
    let delays = Self.delays(trouble)
    return number < delays.count ? .milliseconds(delays[number]) : nil
  }

  /// Of sound that comes up 1.5 s were told by users; hands-free and stereo one after the other take longer.
  private static func delays(_ trouble: DialTrouble) -> [Int] {
    switch trouble {
    case .busy: [500, 1000, 1500, 2000, 3000, 4000, 4000, 4000]
    case .ghost: [250, 500, 1000, 2000]
    case .held: [1000, 2000, 4000]
    case .mute: [1000]
    case .hopeless: []
    }
  }
}
