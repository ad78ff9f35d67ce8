internal import Core
internal import EventLoop
internal import Service
internal import Varlink

/// Records of one kind by their names, kept over restarts in a JSON file: `{"version": 1, LIST: [RECORD, …]}`, where a
/// record has the members of its name and of its value.
///
/// Records are read one by one: one that is not understood costs no other, and is written back as it is. So is what a
/// newer version has added to the file or to a record. A file that cannot be read at all is set aside as `NAME.bad`, and
/// one of a version that is not known is never written.
///
/// What names and values must be able to do is asked where they are read and written: demands made here would be looked
/// up for each kind of record when the daemon starts.
struct Store<ID: Hashable & Sendable, Value: Sendable>: Sendable {
  private let file: StateFile?
  private let list: String
  private var records: [ID: Record] = [:]
  /// What was not understood.
  private var strange: [JSONValue] = []
  /// What else is in the file.
  private var members = JSONMembers()
  /// Why the file must not be written.
  private var obstacle: String?
  private var isWritten = true

  private struct Record: Sendable {
    var value: Value
    /// What a newer version has added.
    var more = JSONMembers()
  }
}

extension Store where ID: Codable & Comparable, Value: Codable {
  /// A file without a version is of this one, too.
  private static var version: JSONValue { .integer(1) }

  /// Reads what is there. `what` names the records for people: "the sound policies". Without a directory they last as
  /// long as the daemon.
  init(_ name: String, in directory: String?, list: String, of what: String, log: Log) {
    self.list = list
    file = directory.map { StateFile(path: "\($0)/\(name)") }
    guard let file else { return }
    do {
      guard let bytes = try file.read() else { return }
      try take(JSONValue(parsing: bytes), from: file.path)
      guard !strange.isEmpty else { return }
      log.warning(
        "some of \(what) are not understood, and are kept as they are",
        ["file": file.path, "records": "\(strange.count)"])
    } catch {
      log.warning("\(what) cannot be read, and are set aside as \(file.path).bad", ["error": words(of: error)])
      do throws(SystemError) { try file.setAside() } catch { obstacle = "\(error)." }
    }
  }

  private mutating func take(_ value: JSONValue, from path: String) throws {
    guard let all = value.members else { throw JSONSyntaxError(reason: "\(value) is no object", offset: 0) }
    let isNewer = all["version"].map { $0 != Self.version } ?? false
    if isNewer { obstacle = "\(path) is of a newer version of mdrctl." }
    guard case .array(let elements) = all[list] else {
      guard isNewer else { throw JSONSyntaxError(reason: "there is no \"\(list)\"", offset: 0) }
      return
    }
    members = all.filter { $0.name != list }
    for element in elements {
      guard let id = try? element.decode(ID.self), let value = try? element.decode(Value.self) else {
        strange.append(element)
        continue
      }
      let own = Self.members(id, value)
      let more = element.members?.filter { own[$0.name] == nil && $0.value != .null } ?? [:]
      records[id] = Record(value: value, more: more)
    }
  }

  /// What can be decoded can be encoded.
  private static func members(_ id: ID, _ value: Value) -> JSONMembers {
    let name = (try? JSONValue(encoding: id))?.members ?? [:]
    return name.merging((try? JSONValue(encoding: value))?.members ?? [:])
  }

  var ids: [ID] { records.keys.sorted() }

  /// The value of that name. What a newer version has added to it stays with the name, until the value is nil.
  subscript(id: ID) -> Value? {
    get { records[id]?.value }
    set {
      isWritten = false
      guard let newValue else { return records[id] = nil }
      records[id, default: Record(value: newValue)].value = newValue
    }
  }

  /// Writes all of them where one was set since, without waiting for the disk. Returns why they will not be there after a
  /// restart, as a sentence; nil when they will.
  mutating func write() -> String? {
    guard !isWritten else { return nil }
    guard let file else { return "mdrctld has no state directory." }
    if let obstacle { return obstacle }
    var all = members
    all["version"] = Self.version
    let known = ids.compactMap { id in
      records[id].map { JSONValue.object(Self.members(id, $0.value).merging($0.more)) }
    }
    // Who reads them in order finds what was set last at the end.
    all[list] = .array(strange + known)
    do throws(SystemError) { try file.write(JSONValue.object(all).bytes) } catch { return "\(error)." }
    isWritten = true
    return nil
  }
}
