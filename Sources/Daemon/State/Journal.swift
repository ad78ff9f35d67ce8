internal import Core
internal import EventLoop
internal import Glibc
internal import Service
internal import Varlink
internal import Vocabulary

/// The journal: removals that have begun and are not complete, one file for each bond.
///
/// An entry is on the disk before anything is removed, and off it when everything is gone. Nothing secret is in it.
actor Journal: LoopActor {
  nonisolated let loop: EventLoop
  private let folder: String?
  private let pairable: StateFile?
  private let log: Log
  private var entries: [BondKey: StoredEntry] = [:]
  /// Under which keys devices were recorded: their adapter may go before the last word is said.
  private var recorded: [DeviceID: BondKey] = [:]

  /// Reads what is there. Without a state directory entries last as long as the daemon.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    folder = directory.map { "\($0)/journal" }
    pairable = directory.map { StateFile(path: "\($0)/pairable") }
    if let bytes = try? pairable?.read() {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      leftPairable = Set(lines.compactMap { Address($0) })
    }
    guard let folder else { return }
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
      log.error("the journal has no directory", ["error": "\(SystemError(call: "mkdir \(folder)", errno: errno))"])
    }
    for name in StateFile.names(in: folder) {
      // Left by a crash before it was renamed: never valid.
      if name.hasSuffix(".new") {
        _ = unsafe unlink("\(folder)/\(name)")
        continue
      }
      guard let key = BondKey(fileName: name) else {
        log.warning("not a file of the journal; remove it", ["file": "\(folder)/\(name)"])
        continue
      }
      do {
        guard let bytes = try StateFile(path: "\(folder)/\(name)").read() else { continue }
        let entry = try JSONValue(parsing: bytes).decode(StoredEntry.self)
        guard entry.entry(key, on: AdapterID("")) != nil else {
          throw JSONSyntaxError(reason: "unknown words", offset: 0)
        }
        entries[key] = entry
      } catch {
        log.error(
          "the journal cannot be read; forget the device again, then remove the file",
          ["file": "\(folder)/\(name)", "error": words(of: error)])
      }
    }
  }

  /// Every entry, in order of addresses.
  var keys: [BondKey] { entries.keys.sorted() }

  /// An entry as an operation takes it, for an adapter that has this name now.
  func entry(_ key: BondKey, on adapter: AdapterID) -> JournalEntry? { entries[key]?.entry(key, on: adapter) }

  /// What the device of an entry calls itself, and what the user calls it where that differs.
  func names(_ key: BondKey) -> (name: String?, alias: String?)? { entries[key].map { ($0.name, $0.alias) } }

  /// Under which key the device was recorded last.
  func key(of device: DeviceID) -> BondKey? { recorded[device] }

  /// Writes an entry, durably.
  func record(_ entry: JournalEntry, of adapter: Address) -> Refusal? {
    let key = BondKey(adapter: adapter, device: entry.device.address)
    let stored = StoredEntry(entry)
    if let folder {
      let file = file(key, in: folder)
      do throws(SystemError) { try file.writeDurably(stored.bytes) } catch {
        undo(file, entries[key])
        return Refusal(.other, "\(error)")
      }
    }
    entries[key] = stored
    recorded[entry.device] = key
    return nil
  }

  /// A file that was renamed and may not last is there all the same; what was refused must not be done at the next start.
  private func undo(_ file: StateFile, _ earlier: StoredEntry?) {
    guard let bytes = try? file.read(), bytes != earlier?.bytes else { return }
    do throws(SystemError) {
      if let earlier { try file.writeDurably(earlier.bytes) } else { try file.removeDurably() }
    } catch {
      log.error("the journal may hold an entry that was refused", ["error": "\(error)"])
    }
  }

  /// Removes an entry, durably. One that cannot be removed is still there, and can be erased again.
  func erase(_ device: Address, of adapter: Address) -> Refusal? {
    let key = BondKey(adapter: adapter, device: device)
    guard entries[key] != nil else { return nil }
    do throws(SystemError) {
      if let folder { try file(key, in: folder).removeDurably() }
      entries[key] = nil
      return nil
    } catch {
      log.error("an entry of the journal cannot be removed", ["error": "\(error)"])
      return Refusal(.other, "\(error)")
    }
  }

  // MARK: Pairable adapters

  /// The adapters that are pairable only because of us.
  private(set) var leftPairable: Set<Address> = []

  func madePairable(_ adapter: Address) {
    leftPairable.insert(adapter)
    storePairable()
  }

  func releasedPairable(_ adapter: Address) {
    guard leftPairable.remove(adapter) != nil else { return }
    storePairable()
  }

  private func storePairable() {
    guard let pairable else { return }
    do throws(SystemError) {
      if leftPairable.isEmpty { return try pairable.remove() }
      try pairable.write(Array(leftPairable.sorted().map { "\($0)\n" }.joined().utf8))
    } catch {
      log.warning("an adapter would be left pairable by a crash", ["error": "\(error)"])
    }
  }

  private func file(_ key: BondKey, in folder: String) -> StateFile { StateFile(path: "\(folder)/\(key.fileName)") }
}

extension BondKey {
  /// "001A7DDA7113-94DB56000001".
  fileprivate var fileName: String { "\(Self.digits(adapter))-\(Self.digits(device))" }

  fileprivate init?(fileName: String) {
    let halves = fileName.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count == 2, let adapter = Self.address(halves[0]), let device = Self.address(halves[1]) else {
      return nil
    }
    self.init(adapter: adapter, device: device)
    guard self.fileName == fileName else { return nil }
  }

  private static func digits(_ address: Address) -> String { String(address.description.filter { $0 != ":" }) }

  private static func address(_ digits: Substring) -> Address? {
    guard digits.utf8.count == 12 else { return nil }
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, place % 2 == 0 { text.append(":") }
      text.append(digit)
    }
    return Address(text)
  }
}

/// An entry as it is stored.
private struct StoredEntry: Codable, Hashable, Sendable {
  var purpose: String
  var phase: String
  var twins: [String]
  var name: String?
  var alias: String?
  var trusted: Bool
  var resetsCache: Bool
  var powerCycles: Bool

  init(_ entry: JournalEntry) {
    purpose = entry.purpose.rawValue
    phase = entry.phase.rawValue
    twins = entry.twins.map(\.address.description)
    name = entry.name
    alias = entry.alias
    trusted = entry.trusted
    resetsCache = entry.resetsCache
    powerCycles = entry.powerCycles
  }

  var bytes: [UInt8] {
    guard let value = try? JSONValue(encoding: self) else { preconditionFailure("strings and flags can be encoded") }
    return value.bytes
  }

  func entry(_ key: BondKey, on adapter: AdapterID) -> JournalEntry? {
    guard let purpose = JournalEntry.Purpose(rawValue: purpose), let phase = JournalEntry.Phase(rawValue: phase) else {
      return nil
    }
    return JournalEntry(
      purpose: purpose, phase: phase, device: DeviceID(adapter, key.device),
      twins: twins.compactMap { Address($0) }.map { DeviceID(adapter, $0) }, name: name, alias: alias, trusted: trusted,
      resetsCache: resetsCache, powerCycles: powerCycles)
  }
}
