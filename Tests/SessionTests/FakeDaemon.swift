import EventLoop
import Glibc
import Interface
import Simulator
import Support
import Varlink

@testable import Session

/// The daemon's end of `org.mdrctl.Session`, as the test wants it to behave.
actor FakeDaemon: LoopActor {
  /// What the part in the session said, in order.
  enum Heard: Hashable, Sendable {
    case attached(Int)
    case left(Int)
    case report(session: Int, SoundState)
    case complete(session: Int, order: Int, failure: String?)
  }

  nonisolated let loop: EventLoop
  nonisolated let heard: AsyncStream<Heard>
  private let said: AsyncStream<Heard>.Continuation
  private let path: String
  private var server: VarlinkServer?
  private var listener: FileDescriptor?
  private var last = 0
  private var session: (replies: Replies<Wire.AttachReply>, over: Latch)?
  private var error: Wire.ErrorName?
  private var refusal: Wire.ErrorName?
  private var answerRefusal: Wire.ErrorName?
  private var hold: Latch?

  init(_ loop: EventLoop, path: String) {
    self.loop = loop
    self.path = path
    (heard, said) = AsyncStream.makeStream()
  }

  /// Begins to count its sessions at 1, as a daemon does that was started again.
  func start() throws {
    last = 0
    let server = VarlinkServer(
      loop: loop, identity: ServiceIdentity(vendor: "Tests", product: "Fake daemon", version: "1", url: "about:blank"),
      interfaces: [interface], authoriser: AllowEveryone())
    let listener = try UnixSocket.listen(path: path, mode: 0o600)
    let number = listener.number
    self.listener = consume listener
    self.server = server
    try server.assumeIsolated { try $0.listen(on: number) }
  }

  /// Ends as a daemon that is stopped: its connections are closed, its socket is gone.
  func stop() async {
    unsafe unlink(path)
    await server?.shutDown(grace: .zero)
    server = nil
    listener = nil
  }

  /// Refuses reports from now on.
  func refuseReports(_ error: Wire.ErrorName?) { refusal = error }
  /// Refuses the answers to orders from now on.
  func refuseAnswers(_ error: Wire.ErrorName?) { answerRefusal = error }
  /// Keeps reports waiting until the latch is open.
  func holdReports(_ latch: Latch) { hold = latch }

  func order(_ order: Wire.Order) { session?.replies.send(Wire.AttachReply(order: order)) }
  func tell(followed: Bool) { session?.replies.send(Wire.AttachReply(followed: followed)) }

  /// Ends the session with an error.
  func end(_ error: Wire.ErrorName) async {
    self.error = error
    await session?.over.open()
  }

  private nonisolated var interface: VarlinkInterface {
    VarlinkInterface(
      Wire.interface, description: Wire.description,
      methods: [
        .stream(Wire.Method.attach.rawValue, .needsMore) {
          (_: Wire.AttachParameters, _, replies: Replies<Wire.AttachReply>) throws(VarlinkError) in
          try await self.attach(replies)
        },
        .method(Wire.Method.report.rawValue) { (parameters: Wire.ReportParameters, _) throws(VarlinkError) in
          try await self.take(parameters)
        },
        .method(Wire.Method.complete.rawValue) { (parameters: Wire.CompleteParameters, _) throws(VarlinkError) in
          try await self.take(parameters)
        },
      ])
  }

  private func attach(_ replies: Replies<Wire.AttachReply>) async throws(VarlinkError) -> Wire.AttachReply {
    last += 1
    let number = last
    let over = Latch(loop)
    session = (replies, over)
    replies.send(Wire.AttachReply(session: number))
    said.yield(.attached(number))
    try? await over.wait()
    said.yield(.left(number))
    throw VarlinkError((error ?? .noSession).fullName, Wire.ErrorParameters(message: "As the test wants it."))
  }

  private func take(_ report: Wire.ReportParameters) async throws(VarlinkError) -> Wire.NoReply {
    said.yield(.report(session: report.session, SoundState(server: report.server, cards: report.cards)))
    try? await hold?.wait()
    if let refusal { throw VarlinkError(refusal.fullName, Wire.ErrorParameters(message: "As the test wants it.")) }
    return Wire.NoReply()
  }

  private func take(_ answer: Wire.CompleteParameters) throws(VarlinkError) -> Wire.NoReply {
    said.yield(.complete(session: answer.session, order: answer.order, failure: answer.failure))
    if let refusal = answerRefusal {
      throw VarlinkError(refusal.fullName, Wire.ErrorParameters(message: "As the test wants it."))
    }
    return Wire.NoReply()
  }
}
