internal import Core
internal import KeyFiles
internal import Service
internal import Vocabulary

/// A key of `mdrctl.conf`: where it stands, what it may be, and what it is for. The manual is made of this, and a test holds
/// `docs/configuration.md` to it.
package enum ConfigurationKey: CaseIterable, Sendable {
  case logLevel
  case groups, users, seat
  case scan, pair, connect, repair, headset
  case better, memory, idleRelease
  case restart
  case notices
  case historySize

  /// The group of the file that it stands in.
  package var group: String {
    switch self {
    case .logLevel: "General"
    case .groups, .users, .seat: "Control"
    case .scan, .pair, .connect, .repair, .headset: "Timeouts"
    case .better, .memory, .idleRelease: "Connection"
    case .restart: "Sound"
    case .notices: "Session"
    case .historySize: "History"
    }
  }

  package var name: String {
    switch self {
    case .logLevel: "LogLevel"
    case .groups: "Groups"
    case .users: "Users"
    case .seat: "Seat"
    case .scan: "Scan"
    case .pair: "Pair"
    case .connect: "Connect"
    case .repair: "Repair"
    case .headset: "Headset"
    case .better: "Better"
    case .memory: "Remember"
    case .idleRelease: "IdleRelease"
    case .restart: "Restart"
    case .notices: "Notices"
    case .historySize: "Size"
    }
  }

  /// What it is for, in a few words.
  package var purpose: String {
    switch self {
    case .logLevel: "how much is logged; at debug also whole addresses"
    case .groups: "whose members may control, beside root"
    case .users: "who else may"
    case .seat: "whether whoever sits at the computer may: has a session of logind that is active on its seat"
    case .scan: "how long `scan` looks without `--timeout`"
    case .pair: "how long `pair` looks for a headset in pairing mode"
    case .connect: "how long `connect` tries"
    case .repair: "how long `repair` waits for pairing mode"
    case .headset: "how long a headset's control channel stays open after the last question"
    case .better:
      "what is done when a headset connects that comes before the one in use: ask tells it, take lets the other one go "
        + "unless it plays or records, always lets it go"
    case .memory: "until when a headset is not called that was disconnected by hand: login or connection"
    case .idleRelease: "after how long without sound a headset is let go, so that another host can have it; 0 is never"
    case .restart:
      "what `connect` does where no sound server has registered with BlueZ, and a session is there to restart it: ask "
        + "offers `--restart-sound`, auto restarts one that does not come back by itself, never refuses"
    case .notices:
      "whether the login session shows what its user should know of headsets: auto, where a notification server runs, "
        + "start, also one that its bus starts, never"
    case .historySize: "how much of what happened is kept for `history`; 0 is nothing, and what there is goes"
    }
  }

  /// What holds where no file says anything, as it may stand in one.
  package var standard: String { ConfigurationValues().text(of: self) }

  /// What its value is.
  package enum Kind: Hashable, Sendable {
    case level
    /// Names of users or groups, or their numbers.
    case names
    case truth
    /// One of these words.
    case word([String])
    /// Whole units of 1024 bytes.
    case kibibytes(ClosedRange<Int>)
    /// Whole seconds.
    case seconds(ClosedRange<Int>)

    /// Of a number.
    var bounds: ClosedRange<Int>? {
      switch self {
      case .seconds(let bounds), .kibibytes(let bounds): bounds
      case .level, .names, .truth, .word: nil
      }
    }
  }

  private static let longestTime = 86_400

  package var kind: Kind {
    switch self {
    case .logLevel: .level
    case .groups, .users: .names
    case .seat: .truth
    case .scan, .connect, .headset: .seconds(1...Self.longestTime)
    case .better: .word(BetterHeadset.allCases.map(\.rawValue))
    case .memory: .word(HandMemory.allCases.map(\.rawValue))
    case .idleRelease: .seconds(0...Self.longestTime)
    case .restart: .word(ServerRestart.allCases.map(\.rawValue))
    case .notices: .word(NoticeRule.allCases.map(\.rawValue))
    case .historySize: .kibibytes(0...65_536)
    case .pair, .repair: .seconds(Int(ConfigurationValues.shortestSearch / .seconds(1))...Self.longestTime)
    }
  }

  /// What it may be, to follow "must be".
  package var requirement: String {
    switch kind {
    case .level: "one of " + Log.Level.allCases.map(\.word).joined(separator: ", ")
    case .names:
      "at most \(Self.mostNames) names or numbers of \(self == .users ? "users" : "groups"), parted by semicolons"
    case .truth: "true or false"
    case .word(let words): "one of " + words.joined(separator: ", ")
    case .kibibytes(let bounds): "a whole number of KiB from \(bounds.lowerBound) to \(bounds.upperBound)"
    case .seconds(let bounds): "a whole number of seconds from \(bounds.lowerBound) to \(bounds.upperBound)"
    }
  }

  static let mostNames = 32
  /// In bytes; useradd(8) takes 32.
  static let longestName = 256
}

/// What the configuration says, of all keys.
struct ConfigurationValues: Hashable, Sendable {
  var logLevel = Log.Level.info
  /// Whose members may control, by name or number.
  var groups = ["bluetooth"]
  /// Who may control besides, by name or number.
  var users: [String] = []
  /// Whether a user with an active session at the seat may control, too.
  var seat = true
  /// How long to look for devices.
  var scan = Duration.seconds(10)
  /// How long to look for a headset to pair.
  var pair = Duration.seconds(60)
  /// How long to try to connect.
  var connect = Duration.seconds(60)
  /// How long to wait for a headset that is to be repaired.
  var repair = Duration.seconds(120)
  /// How long the control channel of a headset stays open that nobody asks anything.
  var headset = Duration.seconds(30)
  /// What is done when a headset connects that comes before the one that is connected.
  var better = BetterHeadset.ask
  /// How long a disconnection by hand is respected.
  var memory = HandMemory.login
  /// After how long without sound a headset is let go; zero: never.
  var idleRelease = Duration.zero
  /// Whether a sound server that has not registered with BlueZ may be restarted.
  var restart = ServerRestart.ask
  /// Whether sessions show notices.
  var notices = NoticeRule.auto
  /// Bytes that are kept of what happened; 0: nothing is recorded.
  var historySize = 1 << 20

  /// What holds for connections that nobody asks for.
  var calls: CallRules {
    CallRules(better: better, memory: memory, idleLimit: idleRelease == .zero ? nil : idleRelease)
  }

  /// What a headset in pairing mode may take to answer an inquiry (2.56 s), twice. Who gives less would have a bond
  /// removed and no chance to get another.
  static let shortestSearch = Duration.seconds(5)

  /// A key's value as it may stand in the file.
  func text(of key: ConfigurationKey) -> String {
    func seconds(_ time: Duration) -> String { "\(Int(time / .seconds(1)))" }
    return switch key {
    case .logLevel: logLevel.word
    case .groups: groups.joined(separator: ";")
    case .users: users.joined(separator: ";")
    case .seat: seat ? "true" : "false"
    case .scan: seconds(scan)
    case .pair: seconds(pair)
    case .connect: seconds(connect)
    case .repair: seconds(repair)
    case .headset: seconds(headset)
    case .better: better.rawValue
    case .memory: memory.rawValue
    case .idleRelease: seconds(idleRelease)
    case .restart: restart.rawValue
    case .notices: notices.rawValue
    case .historySize: "\(historySize / 1024)"
    }
  }

  /// Takes a key's value over from a file; false, and nothing is changed, when it is not what it must be.
  mutating func take(_ value: KeyFileValue, for key: ConfigurationKey) -> Bool {
    switch key {
    case .logLevel: Self.set(&logLevel, Self.level(value))
    case .groups: Self.set(&groups, Self.names(value))
    case .users: Self.set(&users, Self.names(value))
    case .seat: Self.set(&seat, Self.truth(value))
    case .scan: Self.set(&scan, Self.time(value, key))
    case .pair: Self.set(&pair, Self.time(value, key))
    case .connect: Self.set(&connect, Self.time(value, key))
    case .repair: Self.set(&repair, Self.time(value, key))
    case .headset: Self.set(&headset, Self.time(value, key))
    case .better: Self.set(&better, Self.word(value))
    case .memory: Self.set(&memory, Self.word(value))
    case .idleRelease: Self.set(&idleRelease, Self.time(value, key))
    case .restart: Self.set(&restart, Self.word(value))
    case .notices: Self.set(&notices, Self.word(value))
    case .historySize: Self.set(&historySize, Self.number(value, key).map { $0 * 1024 })
    }
  }

  private static func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  private static func level(_ value: KeyFileValue) -> Log.Level? {
    let word = value.string.map { trimmed($0.utf8) }
    return Log.Level.allCases.first { level in word?.elementsEqual(level.word.utf8) == true }
  }

  private static func word<Word: CaseIterable & RawRepresentable<String>>(_ value: KeyFileValue) -> Word? {
    let word = value.string.map { trimmed($0.utf8) }
    return Word.allCases.first { known in word?.elementsEqual(known.rawValue.utf8) == true }
  }

  private static func time(_ value: KeyFileValue, _ key: ConfigurationKey) -> Duration? {
    number(value, key).map { .seconds($0) }
  }

  /// Nothing but digits: GLib would take "2 min" for 2.
  private static func number(_ value: KeyFileValue, _ key: ConfigurationKey) -> Int? {
    let digits = trimmed(value.bytes)
    guard let bounds = key.kind.bounds, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = value.integer, bounds.contains(Int(number))
    else { return nil }
    return Int(number)
  }

  /// As GLib has it, which also takes 1 and 0.
  private static func truth(_ value: KeyFileValue) -> Bool? {
    let word = trimmed(value.bytes)
    if word.elementsEqual("true".utf8) || word.elementsEqual("1".utf8) { return true }
    return word.elementsEqual("false".utf8) || word.elementsEqual("0".utf8) ? false : nil
  }

  private static func names(_ value: KeyFileValue) -> [String]? {
    guard let list = value.list, list.count <= ConfigurationKey.mostNames else { return nil }
    var names: [String] = []
    for item in list {
      let name = trimmed(item.utf8)
      guard !name.isEmpty, name.count <= ConfigurationKey.longestName,
        name.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") })
      else { return nil }
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names
  }

  /// Without blanks around, which are easily left behind.
  private static func trimmed(_ text: some BidirectionalCollection<UInt8>) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var bytes = Array(text)[...]
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    return Array(bytes)
  }
}

extension Log.Level {
  /// As it stands in the file.
  var word: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
  }
}
