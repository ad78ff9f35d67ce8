internal import EventLoop

/// A method call that came in for an exported object.
package struct MethodCall: Sendable {
  package let message: Message
  package let path: ObjectPath
  /// Nil when the caller left it out, which D-Bus allows.
  package let interface: String?
  package let member: String
  /// The caller's unique name, written by the bus.
  package let sender: String

  init?(_ message: Message) {
    guard let path = message.path, let member = message.member else { return nil }
    self.message = message
    self.path = path
    self.member = member
    interface = message.interface
    // Only a bus that is not a bus (a peer-to-peer link) leaves the sender out.
    sender = message.sender ?? ""
  }

  /// Whether the method is meant. A call without an interface means any that has such a member.
  package func matches(_ interface: String, _ member: String) -> Bool {
    self.member == member && (self.interface == nil || self.interface == interface)
  }

  /// A cursor at the first argument.
  package func reader() -> MessageReader { message.reader() }
}

/// How an exported object answers a call.
package enum Answer: Sendable {
  /// With these results.
  case reply(@Sendable (inout MessageWriter) -> Void)
  /// With a reply that is built already; see ``Message/init(replyTo:_:)``.
  case message(Message)
  /// With an error.
  case error(DBusError)
  /// The object has no such method: the standard error, or the standard interfaces that every object has.
  case unknownMethod
  /// With what the task says when it is done. It runs on the loop; other calls are answered meanwhile.
  case task(@Sendable () async -> Answer)
  /// Later, through ``Connection/answer(_:with:)``.
  case later

  /// Nothing to report but success.
  package static let done = Self.reply { _ in }
}

/// Answers the calls of an exported object, on the loop and in bus order.
package typealias MethodHandler = @Sendable (MethodCall) -> Answer

/// The exported objects of a connection.
struct ExportTable {
  private var objects: [ObjectPath: MethodHandler] = [:]
  private var subtrees: [ObjectPath: MethodHandler] = [:]

  /// Whose calls these are: the object's own handler, else that of the closest subtree.
  func handler(for path: ObjectPath) -> MethodHandler? {
    if let handler = objects[path] { return handler }
    guard !subtrees.isEmpty else { return nil }
    var ancestor: ObjectPath? = path
    while let current = ancestor {
      if let handler = subtrees[current] { return handler }
      ancestor = current.parent
    }
    return nil
  }

  mutating func insert(_ path: ObjectPath, subtree: Bool, _ handler: @escaping MethodHandler) {
    if subtree { subtrees[path] = handler } else { objects[path] = handler }
  }

  mutating func remove(_ path: ObjectPath) {
    objects[path] = nil
    subtrees[path] = nil
  }

  mutating func removeAll() { self = Self() }

  /// The names of the next path element of everything exported below a path.
  func children(of path: ObjectPath) -> [String] {
    let prefix = path.text == "/" ? 1 : path.text.utf8.count + 1
    let below = (Array(objects.keys) + Array(subtrees.keys)).filter { $0.isBelow(path) }
    return Set(below.map { String($0.text.dropFirst(prefix).prefix { $0 != "/" }) }).sorted()
  }
}

// MARK: - Exported objects

extension Connection {
  /// Lets `handler` answer the calls of one object; with `subtree` also those of everything below that has no handler
  /// of its own. An earlier handler of the path is replaced.
  package func export(_ path: ObjectPath, subtree: Bool = false, _ handler: @escaping MethodHandler) {
    exports.insert(path, subtree: subtree, handler)
  }

  /// The object is there no longer.
  package func unexport(_ path: ObjectPath) { exports.remove(path) }

  /// Answers a call whose handler said ``Answer/later``. Nothing is sent when the caller did not ask for an answer or
  /// the connection has ended.
  package func answer(_ call: MethodCall, with answer: Answer) {
    switch answer {
    case .later: break
    case .task(let work): loop.spawn { await self.answer(call, with: work()) }
    case .message(let reply): respond(call, reply)
    case .error(let error): respond(call, Message(errorTo: call.message, error))
    case .unknownMethod: self.answer(call, with: standardAnswer(call))
    case .reply(let results):
      do throws(DBusError) { respond(call, try Message(replyTo: call.message, results)) } catch {
        respond(call, Message(errorTo: call.message, error))
      }
    }
  }

  func answer(_ message: Message) {
    guard let call = MethodCall(message) else { return }
    let handler = exports.handler(for: call.path)
    answer(call, with: handler?(call) ?? .unknownMethod)
  }

  private func respond(_ call: MethodCall, _ message: Message) {
    guard call.message.wantsReply else { return }
    // Without a connection nobody waits.
    try? send(message)
  }

  /// What every object understands, and the standard errors.
  private func standardAnswer(_ call: MethodCall) -> Answer {
    if call.interface == StandardInterface.peer, call.member == "Ping" { return .done }
    let children = exports.children(of: call.path)
    guard exports.handler(for: call.path) != nil || !children.isEmpty else { return .error(.unknownObject(call.path)) }
    if call.matches(StandardInterface.introspectable, "Introspect") {
      let document = Introspection(children: children).document
      return .reply { $0.append(document) }
    }
    return .error(.unknownMethod(call))
  }
}
