package import EventLoop

/// One call to another service from the loop, over a connection of its own that ends with the call, unless who made the
/// call keeps it.
///
/// The handler is called on the loop: with each reply, and once, last, with how the call ended. Nothing comes after
/// ``end()``.
package actor OutgoingCall: LoopActor {
  package enum Event: Sendable {
    /// The parameters of a reply after which others follow, or of the last one.
    case reply(JSONValue, isLast: Bool)
    /// There will be no further reply. After the last reply this does not come.
    case failed(VarlinkClientError)
  }

  package nonisolated let loop: EventLoop
  private let handler: @Sendable (Event) -> Void
  private var socket: FileDescriptor?
  private var watch: Watch?
  private var timer: TimerToken?
  private var output: ArraySlice<UInt8> = []
  private var input: FrameBuffer
  private let wantsMore: Bool
  private let keep: Keeping?
  private var isOver = false

  /// Takes the connection over when the only reply has come, on the loop, before that is told.
  package typealias Keeping = @Sendable (consuming FileDescriptor) -> Void

  /// Bytes of one reply, where who calls does not expect longer ones.
  package static let replySize = 1 << 16
  private static let chunkSize = 16 * 1024

  private init(
    loop: EventLoop, over socket: consuming FileDescriptor?, wantsMore: Bool, replySize: Int, keeping keep: Keeping?,
    handler: @escaping @Sendable (Event) -> Void
  ) {
    self.loop = loop
    self.socket = socket
    self.wantsMore = wantsMore
    self.keep = keep
    self.handler = handler
    input = FrameBuffer(limit: replySize)
  }

  /// Sends a call to the service at `path`, over `socket` where that is connected to it already. With `more` it may be
  /// replied to any number of times; `limit` is how long it may take altogether, for ever if nil.
  /// A reply of more than `replySize` bytes is malformed.
  package static func start(
    on loop: EventLoop, path: String, over socket: consuming FileDescriptor? = nil, method: String,
    _ parameters: some Encodable & Sendable, more: Bool = false, within limit: Duration?,
    upTo replySize: Int = replySize, keeping keep: Keeping? = nil,
    handler: @escaping @Sendable (Event) -> Void
  ) -> OutgoingCall {
    let call = OutgoingCall(
      loop: loop, over: socket, wantsMore: more, replySize: replySize, keeping: keep, handler: handler)
    var message: JSONMembers = ["method": .string(method), "parameters": JSONValue(membersOf: parameters)]
    if more { message["more"] = .bool(true) }
    let bytes = JSONValue.object(message).bytes + [0]
    loop.spawn { await call.begin(path, bytes, limit) }
    return call
  }

  /// The only reply to a call, within a time. With `keep` the connection is handed on for the next call, also after an
  /// error that the service told.
  package static func perform<Reply: Decodable>(
    on loop: EventLoop, path: String, over socket: consuming FileDescriptor? = nil, method: String,
    _ parameters: some Encodable & Sendable, within limit: Duration, keeping keep: Keeping? = nil,
    returning type: Reply.Type = Reply.self
  ) async throws(VarlinkClientError) -> Reply {
    var socket = socket
    let result: Result<JSONValue, VarlinkClientError> = await withCheckedContinuation { continuation in
      _ = start(
        on: loop, path: path, over: socket.take(), method: method, parameters, within: limit, keeping: keep
      ) { event in
        switch event {
        case .reply(let parameters, _): continuation.resume(returning: .success(parameters))
        case .failed(let error): continuation.resume(returning: .failure(error))
        }
      }
    }
    do { return try result.get().decode() } catch let error as VarlinkClientError { throw error } catch {
      throw .malformed("the reply is not the one of this method: \(words(of: error))")
    }
  }

  /// Gives the call up: the connection is closed, and the handler is not called any more.
  package func end() { close() }

  // MARK: Life

  private func begin(_ path: String, _ bytes: [UInt8], _ limit: Duration?) {
    guard !isOver else { return }
    do throws(SystemError) {
      if socket == nil { socket = try UnixSocket.connectAtOnce(path: path) }
      guard let number = socket?.number else { return }
      output = bytes[...]
      watch = try loop.watch(number, for: [.readable, .writable]) { readiness in self.ready(readiness) }
    } catch {
      return fail(VarlinkClientError(error))
    }
    guard let limit else { return }
    timer = loop.schedule(after: limit) { self.assumeIsolated { $0.fail(.timedOut) } }
  }

  private func ready(_ readiness: Readiness) {
    if !output.isEmpty { send() }
    if !readiness.isDisjoint(with: [.readable, .broken]) { receive() }
  }

  private func send() {
    guard !isOver else { return }
    do throws(SystemError) {
      while !output.isEmpty {
        guard let count = try socket?.send(output) else { return }
        output = output.dropFirst(count)
      }
      if let watch { loop.update(watch, for: .readable) }
    } catch {
      if !error.isWouldBlock { fail(VarlinkClientError(error)) }
    }
  }

  private func receive() {
    guard !isOver else { return }
    var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
    do throws(SystemError) {
      guard let count = try socket?.read(into: &chunk) else { return }
      guard count > 0 else { return fail(.closed) }
      input.append(chunk[..<count])
    } catch {
      if !error.isWouldBlock { fail(VarlinkClientError(error)) }
      return
    }
    while !isOver, let frame = input.next() { take(frame) }
    if !isOver, input.isFull { fail(.malformed("the reply is too long")) }
  }

  private func take(_ frame: ArraySlice<UInt8>) {
    guard let members = (try? JSONValue(parsing: frame))?.members else {
      return fail(.malformed("the reply is not an object"))
    }
    let parameters = members["parameters"] ?? .emptyObject
    if let name = members["error"]?.name {
      handOn()
      return fail(.refused(VarlinkError(name, parameters: parameters)))
    }
    let continues = members["continues"]?.bool ?? false
    guard wantsMore || !continues else { return fail(.malformed("more replies than were asked for")) }
    if !continues {
      handOn()
      close()
    }
    handler(.reply(parameters, isLast: !continues))
  }

  /// Hands the connection on, unless there is more on it than was asked for.
  private func handOn() {
    guard let keep, output.isEmpty, input.isEmpty else { return }
    if let watch { loop.cancel(watch) }
    watch = nil
    if let socket = socket.take() { keep(socket) }
  }

  private func fail(_ error: VarlinkClientError) {
    guard !isOver else { return }
    close()
    handler(.failed(error))
  }

  private func close() {
    isOver = true
    if let watch { loop.cancel(watch) }
    if let timer { loop.cancel(timer) }
    watch = nil
    timer = nil
    socket = nil
  }
}
