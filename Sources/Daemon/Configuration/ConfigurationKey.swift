internal import KeyFiles
internal import Service

/// A key of `mdrctl.conf`: where it stands and what it may be. What each is for, in words: `docs/configuration.md`, which a
/// test holds to this.
enum ConfigurationKey: CaseIterable, Sendable {
  case logLevel
  case groups, users
  case scan, pair, connect, repair

  /// The group of the file that it stands in.
  var group: String {
    switch self {
    case .logLevel: "General"
    case .groups, .users: "Control"
    case .scan, .pair, .connect, .repair: "Timeouts"
    }
  }

  var name: String {
    switch self {
    case .logLevel: "LogLevel"
    case .groups: "Groups"
    case .users: "Users"
    case .scan: "Scan"
    case .pair: "Pair"
    case .connect: "Connect"
    case .repair: "Repair"
    }
  }

  /// What its value is.
  enum Kind: Hashable, Sendable {
    case level
    /// Names of users or groups, or their numbers.
    case names
    /// Whole seconds.
    case seconds(ClosedRange<Int>)
  }

  private static let longestTime = 86_400

  var kind: Kind {
    switch self {
    case .logLevel: .level
    case .groups, .users: .names
    case .scan, .connect: .seconds(1...Self.longestTime)
    case .pair, .repair: .seconds(Int(ConfigurationValues.shortestSearch / .seconds(1))...Self.longestTime)
    }
  }

  /// What it may be, to follow "must be".
  var requirement: String {
    switch kind {
    case .level: "one of " + Log.Level.allCases.map(\.word).joined(separator: ", ")
    case .names:
      "at most \(Self.mostNames) names or numbers of \(self == .users ? "users" : "groups"), parted by semicolons"
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
  /// How long to look for devices.
  var scan = Duration.seconds(10)
  /// How long to look for a headset to pair.
  var pair = Duration.seconds(60)
  /// How long to try to connect.
  var connect = Duration.seconds(60)
  /// How long to wait for a headset that is to be repaired.
  var repair = Duration.seconds(120)

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
    case .scan: seconds(scan)
    case .pair: seconds(pair)
    case .connect: seconds(connect)
    case .repair: seconds(repair)
    }
  }

  /// Takes a key's value over from a file; false, and nothing is changed, when it is not what it must be.
  mutating func take(_ value: KeyFileValue, for key: ConfigurationKey) -> Bool {
    switch key {
    case .logLevel: Self.set(&logLevel, Self.level(value))
    case .groups: Self.set(&groups, Self.names(value))
    case .users: Self.set(&users, Self.names(value))
    case .scan: Self.set(&scan, Self.time(value, key))
    case .pair: Self.set(&pair, Self.time(value, key))
    case .connect: Self.set(&connect, Self.time(value, key))
    case .repair: Self.set(&repair, Self.time(value, key))
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

  /// Nothing but digits: GLib would take "2 min" for 2.
  private static func time(_ value: KeyFileValue, _ key: ConfigurationKey) -> Duration? {
    let digits = trimmed(value.bytes)
    guard case .seconds(let bounds) = key.kind, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = value.integer, bounds.contains(Int(number))
    else { return nil }
    return .seconds(Int(number))
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
