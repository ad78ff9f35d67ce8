package import EventLoop

/// Why a call has no reply.
package enum VarlinkClientError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no socket, or nobody listens on it.
  case notRunning
  /// The file's mode keeps us out.
  case notPermitted
  /// The server closed the connection before the last reply.
  case closed
  /// What came is not a Varlink reply, or not the one that was expected.
  case malformed(String)
  case timedOut
  /// The descriptor given as `interrupt` became readable.
  case interrupted
  /// The server's error reply.
  case refused(VarlinkError)
  case system(SystemError)

  package var description: String {
    switch self {
    case .notRunning: "nobody listens on the socket"
    case .notPermitted: "the socket may not be used"
    case .closed: "the connection was closed before the answer"
    case .malformed(let reason): reason
    case .timedOut: "there was no answer in time"
    case .interrupted: "interrupted"
    case .refused(let error): error.description
    case .system(let error): error.description
    }
  }

  init(_ error: SystemError) {
    if error.isNotFound || error.isRefused {
      self = .notRunning
    } else if error.isPermission {
      self = .notPermitted
    } else if error.isWouldBlock {
      self = .timedOut
    } else if error.isHangup {
      self = .closed
    } else {
      self = .system(error)
    }
  }
}

/// One reply to a call.
package struct VarlinkReply<Parameters> {
  package let parameters: Parameters
  /// More replies follow.
  package let continues: Bool
}

/// A connection for programs that do one thing and wait for it: it blocks, and needs neither loop nor tasks.
///
/// Closing it, by letting it go, is how a call is given up.
package struct VarlinkClient: ~Copyable {
  private let socket: FileDescriptor
  private let interrupt: Int32
  private var input = FrameBuffer(limit: Self.replySize)
  private var wantsMore = false

  /// Bytes of one reply; as much as other Varlink libraries take.
  private static let replySize = 16 << 20
  private static let chunkSize = 16 * 1024

  /// Connects to the socket at `path`. Anything to be read from the descriptor `interrupt`, say a signalfd, ends
  /// every later wait with ``VarlinkClientError/interrupted``.
  package init(path: String, timeout: Duration, interrupt: Int32 = -1) throws(VarlinkClientError) {
    do { socket = try BlockingSocket.connect(path: path, timeout: timeout) } catch { throw VarlinkClientError(error) }
    self.interrupt = interrupt
  }

  /// Sends a call and returns its only reply.
  package mutating func call<Reply: Decodable>(
    _ method: String, _ parameters: some Encodable, timeout: Duration?, returning: Reply.Type = Reply.self
  ) throws(VarlinkClientError) -> Reply {
    try send(method, parameters)
    guard let reply: VarlinkReply<Reply> = try receive(within: timeout) else { throw .timedOut }
    return reply.parameters
  }

  /// Sends a call; its replies are to be fetched with ``receive(_:within:)`` until one does not continue.
  package mutating func send(
    _ method: String, _ parameters: some Encodable, more: Bool = false
  ) throws(VarlinkClientError) {
    var call: JSONMembers = ["method": .string(method), "parameters": JSONValue(membersOf: parameters)]
    if more { call["more"] = .bool(true) }
    wantsMore = more
    var bytes = (JSONValue.object(call).bytes + [0])[...]
    while !bytes.isEmpty {
      do throws(SystemError) { bytes = bytes.dropFirst(try socket.send(bytes)) } catch {
        throw VarlinkClientError(error)
      }
    }
  }

  /// Waits for the next reply; nil when `time` passes first, after which one may go on waiting.
  package mutating func receive<Reply: Decodable>(
    _ type: Reply.Type = Reply.self, within time: Duration?
  ) throws(VarlinkClientError) -> VarlinkReply<Reply>? {
    let deadline = time.map { ContinuousClock.now + $0 }
    while true {
      if let frame = input.next() { return try reply(frame) }
      if input.isFull { throw .malformed("the reply is too long") }
      switch try wait(until: deadline) {
      case .timedOut: return nil
      case .interrupted: throw .interrupted
      case .readable: try read()
      }
    }
  }

  /// What there is to wait for: readable when the next reply comes. See ``hasBuffered``.
  package var descriptor: Int32 { socket.number }

  /// Something of the next reply has been read already.
  package var hasBuffered: Bool { !input.isEmpty }

  /// Gives up a call that was sent with `more`, and waits until the server has ended it: at most `time`, and no longer
  /// when there is something to be read from the descriptor `interrupt` again.
  package consuming func leave(within time: Duration) {
    guard BlockingSocket.finishSending(socket.number) else { return }
    let deadline = ContinuousClock.now + time
    while true {
      while let frame = input.next() {
        guard (try? JSONValue(parsing: frame))?.members?["continues"]?.bool == true else { return }
      }
      guard !input.isFull, case .readable? = try? wait(until: deadline), (try? read()) != nil else { return }
    }
  }

  private func wait(until deadline: ContinuousClock.Instant?) throws(VarlinkClientError) -> BlockingSocket.Event {
    do { return try BlockingSocket.wait(socket.number, orFor: interrupt, until: deadline) } catch {
      throw .system(error)
    }
  }

  private mutating func read() throws(VarlinkClientError) {
    var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
    let count: Int
    do { count = try socket.read(into: &chunk) } catch { throw VarlinkClientError(error) }
    guard count > 0 else { throw .closed }
    input.append(chunk[..<count])
  }

  private func reply<Reply: Decodable>(_ frame: ArraySlice<UInt8>) throws(VarlinkClientError) -> VarlinkReply<Reply> {
    let message: JSONValue
    do { message = try JSONValue(parsing: frame) } catch { throw .malformed("\(error)") }
    guard let members = message.members else { throw .malformed("the reply is not an object") }
    let parameters = members["parameters"] ?? .emptyObject
    if let name = members["error"]?.name { throw .refused(VarlinkError(name, parameters: parameters)) }
    let continues = members["continues"]?.bool ?? false
    guard wantsMore || !continues else { throw .malformed("more replies than were asked for") }
    do { return VarlinkReply(parameters: try parameters.decode(), continues: continues) } catch {
      throw .malformed("the reply is not the one of this method: \(words(of: error))")
    }
  }
}
