import EventLoop
import Interface
import Service
import Support
import Vocabulary

@testable import Daemon
@testable import Varlink

// What clients, sessions and the daemon's peers say in Varlink.

private let someone = PeerCredentials(pid: 1, uid: 1000, groups: [1000])

private struct Everybody: Authoriser {
  func permits(_ peer: PeerCredentials, _ method: String) -> Bool { true }
  func covers(_ method: String) -> Bool { true }
}

/// Each method of `org.mdrctl.Control` with its own parameters, which it answers with.
private struct ControlMethods: SignatureVisitor {
  var methods: [VarlinkMethod] = []

  mutating func visit<Parameters: Codable & Sendable, Reply: Codable & Sendable>(
    _ signature: Signature<Parameters, Reply>
  ) {
    let terms = MethodTerms {
      $0.needsMore = signature.replies == .untilLeft
      $0.goesOn = signature.goesOn
    }
    methods.append(
      .method(signature.method.rawValue, terms) { (parameters: Parameters, _) throws(VarlinkError) in parameters })
  }
}

/// Reads a reply of each method.
private struct ReplyReaders: SignatureVisitor {
  var readers: [@Sendable (JSONValue) -> Void] = []

  mutating func visit<Parameters: Codable & Sendable, Reply: Codable & Sendable>(
    _ signature: Signature<Parameters, Reply>
  ) {
    readers.append { value in
      guard let reply = try? value.decode(Reply.self) else { return }
      guard let told = try? JSONValue(encoding: reply) else { preconditionFailure("a reply cannot be told") }
      precondition((try? told.decode(Reply.self)) != nil, "a reply is told so that it cannot be read")
    }
  }
}

/// Does with bytes what a connection does with what it has read.
private func serve(
  _ bytes: ArraySlice<UInt8>, inPiecesOf size: Int, by router: Router, within limit: Int,
  _ run: (VarlinkMethod, Request) async -> Reply
) async {
  var buffer = FrameBuffer(limit: router.longestCall(elsewhere: limit))
  var rest = bytes
  while !rest.isEmpty {
    buffer.append(rest.prefix(size))
    rest = rest.dropFirst(size)
    while let size = buffer.nextSize(), let frame = buffer.next() {
      precondition(size == frame.count, "the size of a message changes")
      let reply: Reply
      do throws(Request.Refusal) {
        let request = try Request(frame: frame)
        let method = try router.method(for: request, of: size, within: limit, from: someone)
        reply = await run(method, request)
      } catch {
        reply = .error(error.error)
        if error.endsConnection { return }
      }
      precondition((try? JSONValue(parsing: reply.frame.dropLast())) != nil, "an answer is no JSON")
    }
    guard !buffer.isFull else { return }
  }
}

private func answer(_ method: VarlinkMethod, _ request: Request) async -> Reply {
  let call = Call(
    peer: someone, method: request.method, wantsMore: request.wantsMore, isOneway: request.isOneway)
  do throws(VarlinkError) { return .last(try await method.body(request.parameters, call) { _ in }) } catch {
    return .error(error)
  }
}

private let identity = ServiceIdentity(vendor: "v", product: "p", version: "1", url: "https://example.org")

extension Kind {
  /// A client's bytes, in pieces: messages, calls, who is called, parameters; and JSON that is written as it was read.
  static let varlink = Kind(onLoop: "varlink") { _ in
    var control = ControlMethods()
    Control.visitSignatures(&control)
    let interface = VarlinkInterface(
      Control.interface, description: Control.description, methods: control.methods)
    let router = Router(identity, [interface], Everybody())
    return { bytes in
      guard let size = bytes.first else { return }
      await serve(bytes.dropFirst(), inPiecesOf: Int(size) + 1, by: router, within: 2048, answer)
      guard let value = try? JSONValue(parsing: bytes.dropFirst()) else { return }
      let again = try? JSONValue(parsing: value.bytes)
      precondition(again?.bytes == value.bytes, "JSON is not written as it was read")
    }
  }

  /// What the client is told by a daemon, perhaps one on another host.
  static let replies = Kind("replies") { _ in
    var replies = ReplyReaders()
    Control.visitSignatures(&replies)
    let readers = replies.readers
    return { bytes in
      guard let first = bytes.first, let value = try? JSONValue(parsing: bytes.dropFirst()) else { return }
      readers[Int(first) % readers.count](value)
    }
  }

  /// What a login session tells of its sound server, and of the orders that it has carried out.
  static let session = Kind(onLoop: "session", longest: 8192) { loop in
    let log = Log(least: .error)
    return { bytes in
      let sessions = Sessions(
        loop: loop, log: log, hasLogind: false, presence: { _ in nil }, isOnSeat: { _ in true })
      _ = try? await sessions.join(someone, name: "somebody", mayControl: true) { _ in }
      let service = SessionService(sessions: sessions) { _ in true }
      let router = Router(identity, [service.interface], Everybody())
      await serve(bytes[...], inPiecesOf: 4096, by: router, within: 1 << 16) { method, request in
        // It would last until its caller leaves.
        guard method.name != Session.Method.attach.rawValue else { return .last(.emptyObject) }
        return await answer(method, request)
      }
      await sessions.leave(1)
    }
  }
}
