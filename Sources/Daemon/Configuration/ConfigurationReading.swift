internal import KeyFiles
internal import Service

/// What all files of the configuration say together, and where each value comes from.
struct ConfigurationReading: Hashable, Sendable {
  /// Where a value comes from.
  enum Origin: Hashable, Sendable {
    case byDefault
    case file(String, line: Int)
    /// A variable of the environment, which tests and people who look for a fault set; it counts more than any file.
    case environment(String)
    /// It stands in for what a configuration that is not acceptable may have meant to forbid.
    case caution
  }

  private(set) var values = ConfigurationValues()
  /// Of the keys that are not as by default.
  private(set) var origins: [ConfigurationKey: Origin] = [:]
  /// Every file that there is, in the order in which they count.
  private(set) var files: [String] = []
  /// Why this cannot be used, as far as was seen; values and origins are then of no use.
  private(set) var faults: [ConfigurationFault] = []

  /// More than anybody reads.
  private static let mostFaults = 16
  /// Of what a file says so much is repeated, in bytes.
  private static let longestQuote = 64

  /// Reads `mdrctl.conf` and its drop-ins in a directory.
  init(directory: String) {
    do throws(ConfigurationFault) { files = try ConfigurationFiles.paths(in: directory) } catch { add(error) }
    for path in files {
      do throws(ConfigurationFault) { take(try ConfigurationFiles.read(path), path) } catch { add(error) }
    }
  }

  private init() {}

  /// What holds when the files are not acceptable and nothing was in force before: everything as by default, but for who
  /// may control. They may have said that fewer people may than by default, so nobody may, but for root.
  static let cautious: Self = {
    var reading = Self()
    (reading.values.groups, reading.values.users, reading.values.seat) = ([], [], false)
    for key in [ConfigurationKey.groups, .users, .seat] { reading.origins[key] = .caution }
    return reading
  }()

  func origin(of key: ConfigurationKey) -> Origin { origins[key] ?? .byDefault }

  /// Takes over what a variable of the environment says.
  mutating func override(logLevel: Log.Level, by variable: String) {
    values.logLevel = logLevel
    origins[.logLevel] = .environment(variable)
  }

  private mutating func add(_ fault: ConfigurationFault) {
    if faults.count < Self.mostFaults { faults.append(fault) }
  }

  private mutating func take(_ file: KeyFile, _ path: String) {
    var found: [ConfigurationFault] = []
    func note(_ line: Int, _ message: String) {
      found.append(ConfigurationFault(file: path, line: line, message: message))
    }
    let groups = Self.each(ConfigurationKey.allCases.map(\.group))
    for heading in file.headings where !groups.contains(where: { heading.name.elementsEqual($0.utf8) }) {
      let known = groups.map { "[\($0)]" }.joined(separator: ", ")
      note(heading.line, "There is no group [\(Self.quoted(heading.name))]; there are: \(known).")
    }
    for pair in file.pairs {
      let keys = ConfigurationKey.allCases.filter { pair.group.elementsEqual($0.group.utf8) }
      // Of a group that does not exist enough has been said.
      guard let group = keys.first?.group else { continue }
      guard let key = keys.first(where: { pair.key.elementsEqual($0.name.utf8) }) else {
        let known = keys.map(\.name).joined(separator: ", ")
        let name = Self.quoted(pair.key)
        note(pair.value.line, "There is no key \(name) in the group [\(group)]; there are: \(known).")
        continue
      }
      guard values.take(pair.value, for: key) else {
        let value = Self.quoted(pair.value.bytes)
        note(pair.value.line, "\(key.name) must be \(key.requirement); it is \"\(value)\".")
        continue
      }
      origins[key] = .file(path, line: pair.value.line)
    }
    for fault in found.sorted(by: { ($0.line ?? 0) < ($1.line ?? 0) }) { add(fault) }
  }

  private static func each(_ names: [String]) -> [String] {
    names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix(longestQuote), as: UTF8.self) + (bytes.count > longestQuote ? "…" : "")
  }
}
