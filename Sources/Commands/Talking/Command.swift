internal import Glibc
internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Varlink

/// One command on its way: what was asked for, where to show it, and the daemon.
final class Command {
  let invocation: Invocation
  let output: Output
  let context: ProcessContext

  /// For a connection to be made. The daemon accepts at once unless something is badly wrong.
  private static let connectPatience = Duration.seconds(5)
  /// For an answer that takes no radio. Longer than the daemon's own patience with BlueZ.
  private static let answerPatience = Duration.seconds(45)
  /// For the end of a call that was given up. As long as the daemon itself takes to put things back when it ends.
  private static let leavePatience = Duration.seconds(5)

  /// While a reply is being shown: where the next one comes from, and whether it has come already.
  private(set) var upcoming: (descriptor: Int32, isThere: Bool) = (-1, false)
  /// The daemon has been told to do something that goes on by itself, or must be put back.
  var isUnderWay = false

  /// All that is known of headsets; read when somebody needs it.
  private(set) lazy var knowledge: Catalogue = {
    let directory = context.variable(Catalogue.directoryVariable) ?? ""
    return Catalogue.read(from: directory.isEmpty ? Catalogue.directory : directory)
  }()

  init(_ invocation: Invocation, _ output: Output, _ context: ProcessContext) {
    self.invocation = invocation
    self.output = output
    self.context = context
  }

  /// The operand in the given place; the invocation has been checked to have it.
  func operand(_ index: Int) -> String { invocation.operands[index] }

  /// The operand in the given place, if it was given.
  func optionalOperand(_ index: Int) -> String? { invocation.operand(index) }

  /// Whether the flag was given.
  subscript(flag: Flag) -> Bool { invocation[flag] }

  /// The value that the setting was given.
  subscript<Value>(setting: Setting<Value>) -> Value? { invocation[setting] }

  /// The value of a setting without which the verb cannot do anything; the invocation has been checked to have it.
  func needed<Value>(_ setting: Setting<Value>) -> Value {
    guard let value = invocation[setting] else {
      preconditionFailure("\(setting.declaration.longForm) is not declared as needed")
    }
    return value
  }

  /// True, or nothing: a flag that was not given does not travel.
  func ifGiven(_ flag: Flag) -> Bool? { invocation[flag] ? true : nil }

  /// The adapter that was named, if one was.
  var adapter: String? { invocation[Common.adapter] }

  /// Calls a method that answers once and soon.
  func call<Parameters: Encodable, Reply: Decodable>(
    _ signature: Signature<Parameters, Reply>, _ parameters: Parameters
  ) throws(EarlyExit) -> Reply {
    var client = try connect(checkingVersion: signature.method != .status)
    try translated { () throws(VarlinkClientError) in try client.send(signature.method.fullName, parameters) }
    let patience = signature.role == .read ? context.patience : Self.answerPatience
    return try reply(from: &client, within: patience).parameters
  }

  /// Calls a method that reports what it does, and hands each reply to `body`, the last one included.
  /// `meanwhile` is called before each reply, with where that comes from and whether it has come already. `patience` is
  /// how long a reply may take; nil where that is as long as a person takes.
  func follow<Parameters: Encodable, Reply: Decodable>(
    _ signature: Signature<Parameters, Reply>, _ parameters: Parameters, patience: Duration? = nil,
    meanwhile: (Int32, Bool) throws(EarlyExit) -> Void = { (_, _) throws(EarlyExit) in },
    _ body: (Reply, Bool) throws(EarlyExit) -> Void
  ) throws(EarlyExit) {
    var client = try connect(checkingVersion: true)
    try translated { () throws(VarlinkClientError) in try client.send(signature.method.fullName, parameters, more: true)
    }
    isUnderWay = true
    defer { upcoming = (-1, false) }
    do throws(EarlyExit) {
      while true {
        try meanwhile(client.descriptor, client.hasBuffered)
        let reply: VarlinkReply<Reply> = try self.reply(from: &client, within: patience)
        upcoming = (client.descriptor, client.hasBuffered)
        try body(reply.parameters, !reply.continues)
        guard reply.continues else {
          isUnderWay = false
          return
        }
      }
    } catch {
      // The prompt comes back when everything has been put back.
      if case .signal = error { client.leave(within: Self.leavePatience) }
      throw error
    }
  }

  // MARK: The connection

  /// An empty variable is none.
  var socketPath: String {
    let path = context.variable(Control.socketVariable) ?? ""
    return path.isEmpty ? Control.socketPath : path
  }

  private func connect(checkingVersion: Bool) throws(EarlyExit) -> VarlinkClient {
    let interrupt = context.interrupts.descriptor
    var client = try translated { () throws(VarlinkClientError) in
      try VarlinkClient(path: socketPath, timeout: Self.connectPatience, interrupt: interrupt)
    }
    if checkingVersion, !output.isQuiet {
      try translated { () throws(VarlinkClientError) in
        try client.send("org.varlink.service.GetInfo", NoParameters())
      }
      let info: VarlinkReply<ServiceVersion> = try reply(from: &client, within: context.patience)
      compare(version: info.parameters.version)
    }
    return client
  }

  private struct ServiceVersion: Decodable {
    let version: String
  }

  /// Warns of a daemon that is older or newer than this program.
  func compare(version: String) {
    guard version != Control.version else { return }
    let daemon = displayable(version)
    output.remark(
      "warning: this is mdrctl \(Control.version), but mdrctld is \(daemon); restart it: systemctl restart mdrctld")
  }

  /// Waits for a reply and keeps the progress line alive meanwhile.
  private func reply<Reply: Decodable>(
    from client: inout VarlinkClient, within patience: Duration?
  ) throws(EarlyExit) -> VarlinkReply<Reply> {
    let deadline = patience.map { ContinuousClock.now + $0 }
    while true {
      var sleep = deadline.map { max(.zero, $0 - .now) }
      if let tick = output.progress.nextTick { sleep = min(sleep ?? tick, tick) }
      if let reply = try receive(Reply.self, &client, within: sleep) { return reply }
      if let deadline, deadline <= .now { throw earlyExit(for: .timedOut) }
      output.progress.tick()
    }
  }

  private func receive<Reply: Decodable>(
    _ type: Reply.Type, _ client: inout VarlinkClient, within time: Duration?
  ) throws(EarlyExit) -> VarlinkReply<Reply>? {
    do throws(VarlinkClientError) { return try client.receive(type, within: time) } catch {
      throw earlyExit(for: error)
    }
  }

  private func translated<Value: ~Copyable>(
    _ body: () throws(VarlinkClientError) -> Value
  ) throws(EarlyExit) -> Value {
    do throws(VarlinkClientError) { return try body() } catch { throw earlyExit(for: error) }
  }

  private func earlyExit(for error: VarlinkClientError) -> EarlyExit {
    if error == .interrupted { return context.interrupts.earlyExit() }
    var failure = Failure(error, socket: socketPath)
    if case .refused(let error) = error, error.name == VarlinkError.permissionDenied.name, let access = access() {
      (failure.evidence, failure.hint) = (access.message, access.hint ?? failure.hint)
    }
    return .failure(failure)
  }

  /// What the daemon says of the caller's rights; nil where it says nothing.
  private func access() -> Access? {
    do throws(VarlinkClientError) {
      var client = try VarlinkClient(
        path: socketPath, timeout: Self.connectPatience, interrupt: context.interrupts.descriptor)
      try client.send(Control.status.method.fullName, Control.NoParameters())
      let reply = try client.receive(Control.StatusReply.self, within: context.patience)
      return reply?.parameters.access
    } catch {
      return nil
    }
  }
}
