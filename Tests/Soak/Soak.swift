import EventLoop
import Foundation
import Glibc
import Interface
import Simulator
import Support

/// What is not as it must be.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A run: clients that ask for this and that while this and that goes wrong, and now and then a rest, in which nothing may
/// be left of it.
final class Soak {
  let stage: TestStage
  let disk: Disk
  let headsets = ["94:DB:56:8A:00:01", "AC:80:0A:2E:00:02", "94:DB:56:8A:00:03"]
  let adapters = ["hci0", "hci1"]
  var random: SeededGenerator
  /// How many steps there were.
  private(set) var step = 0
  /// What puts something right, and after which step.
  var heals: [(step: Int, what: String, heal: (Soak) throws -> Void)] = []
  var session: FakeSession?
  private(set) var record: [String] = []
  private var clients: [Client] = []
  private var asked = 0
  private var caused = 0
  private var left = 0
  private var endings: [Int32: Int] = [:]
  /// What the daemon had in its first rest, by its process.
  private var first: (process: Int32, figures: Figures)?
  private let directory: String

  private static let most = 12
  /// What a command is waited for. BlueZ may take three minutes for a pairing that it never answers; nobody waits so long.
  private static let patience = Duration.seconds(20)
  /// What it may take to put things back when it is told to end, or to answer what BlueZ is not asked for.
  private static let longest = Duration.seconds(90)
  /// Operations between two rests.
  private static let betweenRests = 250
  /// Descriptors and kilobytes that the daemon may have more than in its first rest. A link that is watched has one.
  private static let moreDescriptors = 6
  private static let moreMemory = 3 * 1024

  /// What the daemon has.
  private struct Figures {
    let descriptors: Int
    /// Kilobytes that are its own (`RssAnon`).
    let memory: Int
  }

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    let version = random.one(of: BluezVersion.allCases)
    stage = try TestStage(version: version, timing: .fast)
    disk = try Disk(at: stage.statePath)
    directory = "\(FileManager.default.currentDirectoryPath)/.build/soak/\(seed)"
    try? FileManager.default.removeItem(atPath: directory)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try stage.onLoop { [headsets] simulator in
      await simulator.add(Controller())
      await simulator.add(Controller("hci1", address: "00:1A:7D:DA:71:14"))
      await simulator.add(
        known: [Headset(headsets[1], name: "WF-1000XM5"), Headset(headsets[2], name: "WH-CH720N")], bonded: true)
      var new = Headset(headsets[0], name: "WH-1000XM4")
      new.isInPairingMode = true
      await simulator.add(new)
      await simulator.add(Headset.twin(of: new, address: "5C:3A:90:11:22:33"))
      try await simulator.start()
    }
    try startHelper(.works)
    try writeConfiguration("")
    note("BlueZ \(version.rawValue), \(disk.isOwn ? "a disk of its own" : "no disk of its own")")
    try startDaemon()
  }

  func startDaemon() throws {
    let number = record.count
    try stage.startDaemon("\(Self.programs)/mdrctld", log: "\(directory)/mdrctld-\(number).log")
    note("mdrctld \(stage.daemonProcess?.processID ?? 0)")
  }

  func writeConfiguration(_ text: String) throws {
    try FileManager.default.createDirectory(atPath: stage.configurationPath, withIntermediateDirectories: true)
    // What every operation asks for is what one wants to read when one of them never ends.
    try "[General]\nLogLevel=debug\n\(text)"
      .write(toFile: "\(stage.configurationPath)/mdrctl.conf", atomically: true, encoding: .utf8)
  }

  /// Where the programs are: beside this one.
  private static var programs: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((own ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent
  }

  private func note(_ words: String) { record.append("\(step): \(words)") }

  // MARK: Steps

  /// Goes on until so many operations were asked for.
  func run(_ operations: Int) throws {
    var next = Self.betweenRests
    while asked < operations {
      try takeStep()
      guard asked >= next else { continue }
      next += Self.betweenRests
      try rest()
    }
    try rest()
    try endDaemon()
  }

  private func takeStep() throws {
    step += 1
    for entry in heals where entry.step <= step { try heal(entry) }
    heals.removeAll { $0.step <= step }
    if random.once(in: 5) {
      let trouble = random.weighted(Trouble.allCases.map { ($0.weight, $0) })
      caused += 1
      note(try cause(trouble))
    } else {
      try ask()
    }
    guard stage.daemonProcess?.hasEnded != true else { throw Failure("mdrctld has ended by itself") }
    // Some go in the middle.
    if let client = clients.last, random.once(in: 10) { leave(client) }
    for client in clients where client.ends(within: .zero) { took(client) }
    clients.removeAll { $0.status != nil }
  }

  private func heal(_ entry: (step: Int, what: String, heal: (Soak) throws -> Void)) throws {
    note(entry.what)
    try entry.heal(self)
  }

  private func ask() throws {
    if clients.count >= Self.most {
      let client = clients.removeFirst()
      try end(client)
    }
    let (words, isEndless) = random.operation(on: headsets, adapters)
    asked += 1
    note(words.joined(separator: " "))
    // Most people put a headset into pairing mode before they pair it.
    if words.count > 1, headsets.contains(words[1]), words[0] == "pair" || words[0] == "repair", !random.once(in: 4) {
      try stage.onLoop { try await $0.happen(.enterPairingMode(words[1])) }
    }
    let client = try Client("\(Self.programs)/mdrctl", words, environment: stage.environment)
    clients.append(client)
    // Some are waited for at once, so that there is something to go wrong next.
    if isEndless || random.once(in: 3) { _ = client.ends(within: .milliseconds(20)) }
    if isEndless { leave(client) }
  }

  private func leave(_ client: Client) {
    let signal = random.one(of: [SIGKILL, SIGINT, SIGTERM])
    note("signal \(signal) to \(client.description)")
    client.signal(signal)
    client.isLeft = true
    left += 1
  }

  /// Waits for a client. While something is halted that answers it, that is put right first; then it is told to end.
  private func end(_ client: Client) throws {
    if !client.ends(within: .seconds(2)) {
      for entry in heals { try heal(entry) }
      heals = []
    }
    if !client.ends(within: Self.patience) {
      note("Ctrl-C, after \(client.age), to \(client.description)")
      client.signal(SIGINT)
      client.isLeft = true
    }
    guard client.ends(within: Self.longest) else {
      throw Failure("it did not end within \(client.age): \(client.description)\n\(client.output)")
    }
    took(client)
  }

  private func took(_ client: Client) {
    guard let status = client.status else { return }
    endings[status, default: 0] += 1
    note("exit status \(status) of \(client.description)")
  }

  // MARK: Rests

  /// Puts everything right, waits for whoever still asks, and looks at what is left.
  private func rest() throws {
    for entry in heals { try heal(entry) }
    heals = []
    try stage.onLoop { simulator in
      await simulator.clearFaults()
      await simulator.thaw()
    }
    for client in clients { try end(client) }
    clients = []
    if let session { try stage.onLoop { _ in await session.leave() } }
    session = nil
    try startHelper(.works)
    for adapter in adapters { try stage.onLoop { try await $0.happen(.unblock(adapter)) } }
    try writeConfiguration("")
    stage.daemonProcess?.signal(SIGHUP)
    note("a rest")
    try wait { try unsettled() }
    try wait { try notGivenBack() }
    try checkFiles()
    try compare()
  }

  /// Waits until nothing is missing any more; it is asked again and again, with pauses.
  private func wait(within limit: Duration = .seconds(120), for missing: () throws -> String?) throws {
    let deadline = ContinuousClock.now + limit
    while let what = try missing() {
      guard .now < deadline else { throw Failure("for \(limit) in vain: \(what)") }
      _ = poll(nil, 0, 100)
    }
  }

  private struct Status: Decodable {
    struct Unfinished: Decodable { let message: String }
    let bluez: Bool
    let unfinished: [Unfinished]?
  }

  /// Why the daemon is not at rest: it does not answer, has no bluetoothd, or has something to finish.
  private func unsettled() throws -> String? {
    let client = try Client("\(Self.programs)/mdrctl", ["status", "--json"], environment: stage.environment)
    guard client.ends(within: Self.longest) else { throw Failure("status did not answer within \(client.age)") }
    guard client.status == 0, let status = try? JSONDecoder().decode(Status.self, from: Data(client.output.utf8)),
      status.bluez
    else { return "status: \(client.output)" }
    let names = disk.files().filter { $0.hasPrefix("journal/") }
    let entries = names.map { String(decoding: disk.read($0), as: UTF8.self) }
    // A repair that was broken off waits until somebody asks for it again, and is told.
    guard entries.allSatisfy({ $0.contains("\"pairing\"") }), status.unfinished?.count ?? 0 == entries.count else {
      return "the journal has \(entries), and status tells \(status.unfinished?.map(\.message) ?? [])"
    }
    return nil
  }

  /// What operations have taken of bluetoothd, and not given back.
  private func notGivenBack() throws -> String? {
    try stage.onLoop { [adapters] simulator in
      if await simulator.agentCount > 0 { return "an agent is registered" }
      for adapter in adapters {
        if await simulator.discoveryCount(on: adapter) > 0 { return "\(adapter) has a discovery" }
        if await simulator.controller(adapter)?.isPairable == true { return "\(adapter) is pairable" }
      }
      return nil
    }
  }

  /// What was written can be read; what was set aside was cut by us.
  private func checkFiles() throws {
    for name in disk.files() {
      if name.hasSuffix(".bad") {
        disk.remove(name)
        continue
      }
      guard !name.hasSuffix(".new") else { throw Failure("\(name) was left behind") }
      if name.hasPrefix("recorder/") || name == "pairable" { continue }
      guard (try? JSONSerialization.jsonObject(with: Data(disk.read(name)))) != nil else {
        throw Failure("\(name) cannot be read: \(String(decoding: disk.read(name), as: UTF8.self))")
      }
    }
  }

  /// Descriptors and memory, beside the first rest of the same daemon.
  private func compare() throws {
    guard let process = stage.daemonProcess?.processID else { throw Failure("there is no mdrctld") }
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    let lines = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
    let memory = lines.first { $0.hasPrefix("RssAnon:") }?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let now = Figures(descriptors: descriptors, memory: memory ?? 0)
    say(
      "\(asked) operations, \(caused) faults, \(left) left: \(now.descriptors) descriptors, \(now.memory) kB of \(process)"
    )
    guard let first, first.process == process else {
      first = (process, now)
      return
    }
    guard now.descriptors <= first.figures.descriptors + Self.moreDescriptors else {
      throw Failure("\(now.descriptors) descriptors, and there were \(first.figures.descriptors)")
    }
    guard now.memory <= first.figures.memory + Self.moreMemory else {
      throw Failure("\(now.memory) kB, and there were \(first.figures.memory)")
    }
  }

  // MARK: Reports

  /// How clients ended, by their exit status.
  var summary: String {
    let ends = endings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(asked) operations, \(caused) faults, \(left) clients that were killed or left; exit codes \(ends)"
  }

  /// Keeps what is needed to see what went wrong; says where.
  func keepEvidence() -> String {
    let path = "\(directory)/record"
    try? (record.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let state = "\(directory)/state"
    try? FileManager.default.removeItem(atPath: state)
    try? FileManager.default.copyItem(atPath: stage.statePath, toPath: state)
    return "the steps in \(path), the daemon's words in \(directory)/mdrctld-*.log, its files in \(state)"
  }

  func strike() {
    for client in clients { client.signal(SIGKILL) }
    stage.strike()
  }
}

/// Prints a line at once, wherever that goes.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// `mdrctl-soak OPERATIONS [SEED]`; returns its exit status.
func runSoak(_ arguments: [String]) -> Int32 {
  guard let operations = arguments.first.flatMap({ Int($0) }), operations > 0 else {
    say("Usage: mdrctl-soak OPERATIONS [SEED]")
    return 2
  }
  let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
  say("To repeat it: make soak OPERATIONS=\(operations) SEED=\(seed)")
  let soak: Soak
  do { soak = try Soak(seed: seed) } catch {
    say("The stage cannot be set: \(error)")
    return 1
  }
  defer { soak.strike() }
  do {
    try soak.run(operations)
    say("Nothing is left of it: \(soak.summary).")
    return 0
  } catch {
    say("After step \(soak.step), seed \(seed): \(error)")
    say("The last steps:\n  \(soak.record.suffix(30).joined(separator: "\n  "))")
    say("There are \(soak.keepEvidence()).")
    return 1
  }
}
