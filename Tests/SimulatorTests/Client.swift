import DBus
import EventLoop
import Simulator

/// A program on the bus that talks to BlueZ and writes down what it is told.
actor Client: LoopActor {
  nonisolated let loop: EventLoop
  nonisolated let connection: Connection
  /// "Connected=true", "+Device1 94:…", "-Device1 94:…", in the order of the bus.
  private(set) var story: [String] = []
  private var waiting: [(line: String, latch: Latch)] = []

  static let adapter: ObjectPath = "/org/bluez/hci0"

  private init(_ connection: Connection) {
    loop = connection.loop
    self.connection = connection
  }

  static func connect(_ address: BusAddress, on loop: EventLoop) async throws -> Client {
    let client = Client(try await Connection.open(address, on: loop))
    try await client.listen()
    return client
  }

  func close() async { await connection.close() }

  // MARK: Calls

  @discardableResult
  func call(
    _ member: String, of interface: String = "org.bluez.Device1", on path: ObjectPath,
    _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) async throws -> Message {
    let message = try Message(call: member, on: path, interface: interface, to: "org.bluez", arguments)
    return try await connection.call(message)
  }

  @discardableResult
  func callAdapter(
    _ member: String, _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) async throws -> Message {
    try await call(member, of: "org.bluez.Adapter1", on: Self.adapter, arguments)
  }

  /// The error that a call ends with, as "Name: text"; "ok" when it succeeds.
  func outcome(
    _ member: String, of interface: String = "org.bluez.Device1", on path: ObjectPath,
    _ arguments: (inout MessageWriter) -> Void = { _ in }
  ) async -> String {
    do {
      _ = try await call(member, of: interface, on: path, arguments)
      return "ok"
    } catch let error as DBusError {
      return error.description.replacing("org.bluez.Error.", with: "").replacing(
        "org.freedesktop.DBus.Error.", with: "")
    } catch {
      return "\(error)"
    }
  }

  func outcomeOfAdapter(_ member: String, _ arguments: (inout MessageWriter) -> Void = { _ in }) async -> String {
    await outcome(member, of: "org.bluez.Adapter1", on: Self.adapter, arguments)
  }

  func set(
    _ property: String, _ signature: String = "b", of interface: String = "org.bluez.Adapter1",
    on path: ObjectPath = Client.adapter, _ value: (inout MessageWriter) -> Void
  ) async -> String {
    await outcome("Set", of: "org.freedesktop.DBus.Properties", on: path) { body in
      body.append(interface)
      body.append(property)
      body.variant(signature, value)
    }
  }

  func registerAgent(_ capability: String, _ handler: @escaping MethodHandler) async throws {
    await connection.export("/agent", handler)
    try await call("RegisterAgent", of: "org.bluez.AgentManager1", on: "/org/bluez") { body in
      body.append("/agent" as ObjectPath)
      body.append(capability)
    }
  }

  /// How many objects there are.
  func objectCount() async throws -> Int {
    var body = try await call("GetManagedObjects", of: "org.freedesktop.DBus.ObjectManager", on: "/")
      .reader()
    var objects = try body.array()
    var count = 0
    while !objects.atEnd {
      objects.skip()
      count += 1
    }
    return count
  }

  // MARK: Signals

  /// Waits until a line has been written down.
  func wait(for line: String) async throws {
    guard !story.contains(line) else { return }
    let latch = Latch(loop)
    waiting.append((line, latch))
    try await latch.wait()
  }

  func forgetStory() { story = [] }

  private func listen() async throws {
    try await connection.subscribe(to: MatchRule(sender: "org.bluez")) { signal in
      self.assumeIsolated { $0.note(signal) }
    }
    try await connection.watchOwner(of: "org.bluez") { owner in
      self.assumeIsolated { $0.write(owner == nil ? "-bluez" : "+bluez") }
    }
  }

  private func note(_ signal: Message) {
    var body = signal.reader()
    switch signal.member {
    case "InterfacesAdded":
      guard let path = try? body.objectPath() else { return }
      try? body.forEachEntry { name, _ in write("+\(Self.short(name)) \(path.last)") }
    case "InterfacesRemoved":
      guard let path = try? body.objectPath(), let names = try? body.strings() else { return }
      for name in names { write("-\(Self.short(name)) \(path.last)") }
    case "PropertiesChanged":
      let interface = Self.short((try? body.string()) ?? "")
      // Of the main interfaces the property's name says enough.
      let prefix = ["Adapter1", "Device1"].contains(interface) ? "" : "\(interface)."
      try? body.forEachProperty { name, value in write("\(prefix)\(name)=\(Self.text(&value))") }
      for name in (try? body.strings()) ?? [] { write("\(name) gone") }
    default: write("\(signal.member ?? "?") \((try? body.string()) ?? "")")
    }
  }

  private func write(_ line: String) {
    guard !line.hasSuffix("Introspectable"), !line.contains("DBus") else { return }
    story.append(line)
    for entry in waiting where entry.line == line { entry.latch.assumeIsolated { $0.open() } }
    waiting.removeAll { $0.line == line }
  }

  private static func short(_ interface: String) -> String { interface.replacing("org.bluez.", with: "") }

  private static func text(_ value: inout MessageReader) -> String {
    switch value.nextType {
    case UInt8(ascii: "b"): (try? value.bool()).map(String.init) ?? "?"
    case UInt8(ascii: "s"): (try? value.string()) ?? "?"
    case UInt8(ascii: "n"): (try? value.int16()).map { String($0) } ?? "?"
    default: "…"
    }
  }
}

extension ObjectPath {
  fileprivate var last: String { text.split(separator: "/").last.map(String.init) ?? text }
}

/// The headset of these tests.
enum Sony {
  static let address = "94:DB:56:00:00:01"
  static let path: ObjectPath = "/org/bluez/hci0/dev_94_DB_56_00_00_01"
  static let object = "dev_94_DB_56_00_00_01"

  static func headset(pairing: Bool = true) -> Headset {
    var headset = Headset(address, name: "WH-1000XM4")
    headset.isInPairingMode = pairing
    return headset
  }
}
