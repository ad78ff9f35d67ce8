import EventLoop
import Foundation
import Interface
import Service
import Simulator
import Support
import Testing

@testable import Session

/// Against a real PulseAudio of the test's own, without any Bluetooth.
@Suite(.timeLimit(.minutes(5))) struct SoundServerTests {
  /// A sound server's place, and the server while it runs.
  private final class Pulse {
    let directory: TemporaryDirectory
    private var process: LeashedProcess?

    init() throws { directory = try TemporaryDirectory() }

    var path: String { "\(directory.path)/native" }
    var address: String { "unix:\(path)" }
    private var environment: [String: String] {
      [
        "PATH": "/usr/bin:/bin", "HOME": directory.path, "XDG_RUNTIME_DIR": directory.path, "LC_ALL": "C",
        "PULSE_SERVER": address,
      ]
    }

    func start() throws {
      process = try LeashedProcess(
        [
          "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr",
          "-L", "module-native-protocol-unix socket=\(path)", "-L", "module-null-sink sink_name=first",
        ], environment: environment, logPath: "\(directory.path)/log")
    }

    /// Ends it as a crash would: its socket's file stays.
    func kill() {
      process?.signal(SIGKILL)
      process?.wait()
      process = nil
    }

    /// Starts one of PulseAudio's own programs.
    func client(_ words: String...) throws -> LeashedProcess {
      try LeashedProcess(words, environment: environment, logPath: "\(directory.path)/client-log")
    }
  }

  private struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// A connection and what comes of it.
  private actor Client: LoopActor {
    enum Seen: Sendable {
      case ready
      case changed
      case ended(PulseError)
    }
    nonisolated let loop: EventLoop
    nonisolated let events: AsyncStream<Seen>
    private let seen: AsyncStream<Seen>.Continuation
    private let pulse: PulseLoop
    private var context: PulseContext?

    init(_ loop: EventLoop) {
      self.loop = loop
      pulse = PulseLoop(loop)
      (events, seen) = AsyncStream.makeStream()
    }

    func connect(to address: String) {
      let seen = seen
      context = PulseContext(on: pulse) { event in
        switch event {
        case .ready: seen.yield(.ready)
        case .changed, .clientCame, .clientLeft: seen.yield(.changed)
        case .ended(let error): seen.yield(.ended(error))
        }
      }
      context?.connect(to: address)
    }

    func read() async throws -> SoundFacts {
      let context = try #require(context)
      return try await withCheckedContinuation { continuation in
        SoundReading.start(context) { continuation.resume(returning: $0) }
      }.get()
    }

    /// Asks something and hangs up before the answer.
    func askAndClose() async throws -> Result<SoundFacts, PulseError> {
      let context = try #require(context)
      return await withCheckedContinuation { continuation in
        SoundReading.start(context) { continuation.resume(returning: $0) }
        context.close()
      }
    }

    func setProfile(_ profile: String, of card: String) async throws -> Result<Void, PulseError> {
      let context = try #require(context)
      return await withCheckedContinuation { continuation in
        context.setProfile(profile, of: card) { continuation.resume(returning: $0) }
      }
    }

    func send(_ message: String, to object: String) async throws -> Result<String, PulseError> {
      let context = try #require(context)
      return await withCheckedContinuation { continuation in
        context.send(message, to: object, parameters: nil) { continuation.resume(returning: $0) }
      }
    }
  }

  /// A client of a server that runs.
  private func withClient(_ body: @escaping @Sendable (Client, sending Pulse) async throws -> Void) async throws {
    try await withEventLoop { loop in
      let pulse = try Pulse()
      let server = SoundServer(
        loop: loop, address: pulse.address, path: pulse.path, log: Log(least: .error))
      let arrival = Latch(loop)
      await server.onChange { state in if state.server != nil { arrival.assumeIsolated { $0.open() } } }
      let running = loop.spawn { await server.run() }
      try pulse.start()
      try await arrival.wait()
      running.cancel()
      await running.value
      let client = Client(loop)
      await client.connect(to: pulse.address)
      try await body(client, pulse)
    }
  }

  @Test func `it comes, goes and comes back`() async throws {
    try await withEventLoop { loop in
      let pulse = try Pulse()
      let server = SoundServer(loop: loop, address: pulse.address, path: pulse.path, log: Log(least: .error))
      let (states, told) = AsyncStream.makeStream(of: SoundState.self)
      await server.onChange { told.yield($0) }
      let running = loop.spawn { await server.run() }
      var state = states.makeAsyncIterator()
      #expect(await state.next() == .absent)
      for _ in 0..<2 {
        try pulse.start()
        let there = try #require(await state.next())
        #expect(there.server?.kind == .pulseaudio && there.cards.isEmpty)
        #expect(there.server?.version.first?.isNumber == true)
        pulse.kill()
        #expect(await state.next() == .absent)
      }
      running.cancel()
      await running.value
    }
  }

  @Test func `sinks, sources and who records are read`() async throws {
    try await withClient { client, pulse in
      var events = client.events.makeAsyncIterator()
      guard case .ready? = await events.next() else { throw Unexpected("not connected") }
      #expect(try await client.read().streams.isEmpty)
      let recorder = try pulse.client("parec", "--client-name=Recorder", "--device=first.monitor", "/dev/null")
      var facts = try await client.read()
      while facts.streams.isEmpty {
        guard case .changed? = await events.next() else { throw Unexpected("the connection was lost") }
        facts = try await client.read()
      }
      #expect(facts.server.defaultSink == "first")
      #expect(facts.sinks.map(\.name) == ["first"])
      #expect(facts.sinks[0].card == nil)
      #expect(facts.sources.map(\.name) == ["first.monitor"] && facts.sources[0].isMonitor)
      let stream = try #require(facts.streams.first)
      #expect(stream.source == facts.sources[0].index)
      #expect(stream.properties[.applicationName] == "Recorder")
      #expect(stream.properties[.applicationProcess] == "\(recorder.processID)")
      #expect(stream.properties[.applicationBinary] == "pacat")
      recorder.stop()
      while try await !client.read().streams.isEmpty {
        guard case .changed? = await events.next() else { throw Unexpected("the connection was lost") }
      }
    }
  }

  @Test func `a new sink is told`() async throws {
    try await withClient { client, pulse in
      var events = client.events.makeAsyncIterator()
      guard case .ready? = await events.next() else { throw Unexpected("not connected") }
      try pulse.client("pactl", "load-module", "module-null-sink", "sink_name=second").wait()
      while try await client.read().sinks.count < 2 {
        guard case .changed? = await events.next() else { throw Unexpected("the connection was lost") }
      }
    }
  }

  @Test func `what it refuses is told in its words`() async throws {
    try await withClient { client, _ in
      var events = client.events.makeAsyncIterator()
      guard case .ready? = await events.next() else { throw Unexpected("not connected") }
      let profile = try await client.setProfile("a2dp_sink", of: cardName)
      #expect(profile.failure == PulseError(kind: .other, words: "No such entity"))
      let message = try await client.send(CodecMessages.list, to: CodecMessages.object(cardName))
      #expect(message.failure?.kind == .other)
      let handlers = try await client.send("list-handlers", to: "/core").get()
      #expect(handlers.hasPrefix("["))
    }
  }

  @Test func `what was asked before the end is answered`() async throws {
    try await withClient { client, _ in
      var events = client.events.makeAsyncIterator()
      guard case .ready? = await events.next() else { throw Unexpected("not connected") }
      let answer = try await client.askAndClose()
      #expect(answer.failure?.kind == .ended)
    }
  }

  @Test func `where nobody listens it is absent`() async throws {
    try await withEventLoop { loop in
      let client = Client(loop)
      await client.connect(to: "unix:/nonexistent/native")
      var events = client.events.makeAsyncIterator()
      guard case .ended(let error)? = await events.next() else { throw Unexpected("connected") }
      #expect(error.kind == .absent)
    }
  }

  @Test func `a server that is killed ends the connection`() async throws {
    try await withClient { client, pulse in
      var events = client.events.makeAsyncIterator()
      guard case .ready? = await events.next() else { throw Unexpected("not connected") }
      pulse.kill()
      while let event = await events.next() {
        guard case .ended(let error) = event else { continue }
        #expect(error.kind == .ended)
        break
      }
    }
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
