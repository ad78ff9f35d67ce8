internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Glibc

/// Who is on the system bus: the processes behind the names, their programs and units.
///
/// The bus tells the process of each name. What program that is the kernel says in `/proc`, which the daemon's unit hides
/// from it; systemd tells it all the same, to everybody, by the unit of the process. Nothing is asked unless the doctor
/// is, and nothing is waited for for long.
struct BusClients: Sendable {
  let connection: Connection
  /// Whose connections are not told, besides our own.
  var others: Set<String> = []

  /// For each answer. The bus and systemd answer such questions at once, or are in trouble.
  private static let patience = Duration.seconds(2)
  /// More connections than a computer has.
  private static let mostNames = 512
  /// Bytes of a command line that are looked at.
  private static let longestCommand = 512

  private static let driverPath: ObjectPath = "/org/freedesktop/DBus"
  private static let systemd = "org.freedesktop.systemd1"
  private static let systemdPath: ObjectPath = "/org/freedesktop/systemd1"
  private static let manager = "org.freedesktop.systemd1.Manager"

  /// The bus itself.
  func bus() async -> Fact<BusClient> {
    do throws(DBusError) {
      let process = try await process(of: BusName.driver)
      var units = Units()
      return .known(await client(process, &units))
    } catch { return .unknown("\(error.description).") }
  }

  /// The processes of all connections, by the names of these.
  func all() async -> Fact<[String: BusClient]> {
    do throws(DBusError) {
      let names = try await listed()
      guard names.count <= Self.mostNames else {
        return .unknown("There are more than \(Self.mostNames) connections to the bus.")
      }
      var (units, clients, named) = (Units(), [Int: BusClient](), [String: BusClient]())
      for name in names {
        let number: Int
        do throws(DBusError) { number = try await process(of: name) } catch {
          // It left meanwhile.
          guard error.name == ErrorName.nameHasNoOwner else { throw error }
          continue
        }
        if clients[number] == nil { clients[number] = await client(number, &units) }
        named[name] = clients[number]
      }
      return .known(named)
    } catch { return .unknown("\(error.description).") }
  }

  /// The names of all connections; nil where the bus does not tell.
  func names() async -> [String]? {
    do throws(DBusError) { return try await listed() } catch { return nil }
  }

  /// The process of one connection; nil when it has gone.
  func client(_ name: String) async -> BusClient? {
    var units = Units()
    do throws(DBusError) { return await client(try await process(of: name), &units) } catch { return nil }
  }

  private func listed() async throws(DBusError) -> [String] {
    var body = try await driver("ListNames").reader()
    let own = await connection.uniqueName
    return try body.strings().filter { $0.hasPrefix(":") && $0 != own && !others.contains($0) }
  }

  /// Whether the process that owns a name answers at all.
  func answers(_ name: String) async -> Fact<Bool> {
    do throws(DBusError) {
      try await connection.call(
        Message(call: "Ping", on: "/", interface: StandardInterface.peer, to: name), timeout: Self.patience)
      return .known(true)
    } catch {
      return error.isNoReply ? .known(false) : .unknown("\(error.description).")
    }
  }

  /// Whether somebody owns a name, or why that is not known.
  func isOwned(_ name: String) async -> Fact<Bool> {
    do throws(DBusError) { return .known(try await connection.owner(of: name) != nil) } catch {
      return .unknown("\(error.description).")
    }
  }

  private func process(of name: String) async throws(DBusError) -> Int {
    var body = try await driver("GetConnectionUnixProcessID") { $0.append(name) }.reader()
    return Int(try body.uint32())
  }

  private func driver(
    _ method: String, _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) async throws(DBusError) -> Message {
    try await connection.call(
      Message(
        call: method, on: Self.driverPath, interface: StandardInterface.driver, to: BusName.driver, arguments),
      timeout: Self.patience)
  }

  // MARK: Programs and units

  /// What systemd has said: the processes of each unit, and whether it still answers.
  private struct Units {
    var known: [String: [Int: BusClient]] = [:]
    var isSilent = false
  }

  private func client(_ process: Int, _ units: inout Units) async -> BusClient {
    if let program = ProcessFiles.program(process) {
      return BusClient(process: process, program: program, unit: ProcessFiles.unit(process))
    }
    guard !units.isSilent, let unit = await unit(of: process, &units) else {
      return BusClient(process: process, program: nil)
    }
    if units.known[unit] == nil { units.known[unit] = await processes(of: unit, &units) }
    return units.known[unit]?[process] ?? BusClient(process: process, program: nil, unit: unit)
  }

  private func unit(of process: Int, _ units: inout Units) async -> String? {
    do throws(DBusError) {
      var body = try await systemd("GetUnitByPID") { $0.append(UInt32(process)) }.reader()
      return ProcessFiles.unescaped(try body.objectPath().lastElement)
    } catch {
      if error.isNoReply { units.isSilent = true }
      return nil
    }
  }

  private func processes(of unit: String, _ units: inout Units) async -> [Int: BusClient] {
    var found: [Int: BusClient] = [:]
    do throws(DBusError) {
      var body = try await systemd("GetUnitProcesses") { $0.append(unit) }.reader()
      var array = try body.array()
      while !array.atEnd {
        var entry = try array.structure()
        let group = try entry.string(cutTo: 4096)
        let process = Int(try entry.uint32())
        let program = ProcessFiles.program(ofCommand: try entry.string(cutTo: Self.longestCommand))
        found[process] = BusClient(process: process, program: program, unit: ProcessFiles.unit(ofGroup: group) ?? unit)
      }
    } catch {
      if error.isNoReply { units.isSilent = true }
    }
    return found
  }

  /// When systemd starts a unit's service again: "no", "on-failure", "always".
  func restart(of unit: String) async -> Fact<String> {
    do throws(DBusError) {
      var body = try await systemd("GetUnit") { $0.append(unit) }.reader()
      let reply = try await connection.call(
        Message(call: "Get", on: try body.objectPath(), interface: StandardInterface.properties, to: Self.systemd) {
          $0.append("org.freedesktop.systemd1.Service")
          $0.append("Restart")
        }, timeout: Self.patience)
      var answer = reply.reader()
      var value = try answer.variant()
      return .known(try value.string(cutTo: Self.longestCommand))
    } catch { return .unknown("\(error.description).") }
  }

  private func systemd(
    _ method: String, _ arguments: (inout MessageWriter) -> Void
  ) async throws(DBusError) -> Message {
    try await connection.call(
      Message(call: method, on: Self.systemdPath, interface: Self.manager, to: Self.systemd, arguments),
      timeout: Self.patience)
  }
}

/// What the kernel and systemd say of a process, in words.
enum ProcessFiles {
  /// Bytes that are looked at of such a file.
  private static let longest = 4096

  /// The program's name (proc_pid_comm(5), at most 15 bytes); nil where it is not shown.
  static func program(_ process: Int) -> String? {
    text("/proc/\(process)/comm").map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
  }

  /// Its unit, by its control group.
  static func unit(_ process: Int) -> String? {
    guard let text = text("/proc/\(process)/cgroup"),
      let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: "0::".utf8) })
    else { return nil }
    return unit(ofGroup: String(decoding: line.dropFirst(3), as: UTF8.self))
  }

  /// The unit of a control group, "/user.slice/user-1000.slice/user@1000.service/app.slice/app.service", and whose
  /// service manager has it: "app.service (user@1000.service)".
  static func unit(ofGroup group: String) -> String? {
    let units = group.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
      .filter { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }
    guard let last = units.last else { return nil }
    guard let manager = units.dropLast().first(where: { $0.hasPrefix("user@") }) else { return last }
    return "\(last) (\(manager))"
  }

  /// The name of a unit in the path of its object: "bluetooth_2eservice" is "bluetooth.service" (sd_bus_path_encode(3)).
  static func unescaped(_ element: String) -> String {
    var (bytes, rest): ([UInt8], ArraySlice<UInt8>) = ([], Array(element.utf8)[...])
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      guard byte == UInt8(ascii: "_"), digits.count == 2,
        let escaped = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(escaped)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Programs that run the one that is named after them.
  private static let interpreters = ["python", "bash", "sh", "dash", "perl", "node", "gjs", "lua", "ruby"]

  /// The program of a command line, "/usr/bin/python3 /usr/bin/blueman-applet"; its arguments are nobody's business.
  static func program(ofCommand command: String) -> String? {
    let words = command.utf8.split(separator: UInt8(ascii: " ")).map { word in
      name(word.split(separator: UInt8(ascii: "/")).last ?? word)
    }
    guard let first = words.first else { return nil }
    let isInterpreter = interpreters.contains { interpreter in
      first.hasPrefix(interpreter)
        && first.utf8.dropFirst(interpreter.utf8.count).allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }
    // A text that is run as it stands is no program's name.
    guard isInterpreter, words.dropFirst().first.map({ !["-c", "-e"].contains($0) }) == true,
      let script = words.dropFirst().first(where: { !$0.hasPrefix("-") })
    else { return first }
    return script
  }

  /// Without the quotes that systemd puts around odd words, and the brackets around a thread of the kernel.
  private static func name(_ word: Substring.UTF8View.SubSequence) -> String {
    let isFrame: (UInt8) -> Bool = { "\"'[]:".utf8.contains($0) }
    var word = word.drop(while: isFrame)
    while let last = word.last, isFrame(last) { word = word.dropLast() }
    return String(decoding: word, as: UTF8.self)
  }

  private static func text(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let file = FileDescriptor(owning: descriptor)
    var bytes = [UInt8](repeating: 0, count: longest)
    guard let count = try? file.read(into: &bytes), count > 0 else { return nil }
    return Array(bytes.prefix(count))
  }
}
