internal import Interface
internal import Varlink
internal import Vocabulary

/// A headset goes from one computer to another. docs/connections.md says why in this order.
///
/// Whoever has it lends it for a time, and takes it back by himself when that is over; the other one connects it within a
/// shorter time; then the lender is told to keep off. Whatever is killed or cut off in between, the time ends it.
struct HandOver {
  /// For how long the one that had the headset lets it go: together with calling it again some ten seconds.
  static let lease = Duration.seconds(8)
  /// For how long the other one tries to connect it.
  static let reach = Duration.seconds(6)
  /// Before the lease is over the outcome must be known, and told.
  private static let margin = Duration.seconds(1)
  /// For the one that had it to let it go: BlueZ takes 2 s for that.
  private static let lendPatience = Duration.seconds(5)
  /// For a word that takes no radio.
  private static let keepPatience = Duration.seconds(4)
  /// For the one that had it to take it back, which it does whether or not somebody waits for that.
  private static let backPatience = Duration.seconds(15)
  /// For what concerns the other headsets of the other computer.
  private static let takePatience = Duration.seconds(30)
  /// Less time than this to connect it is of no use.
  private static let leastReach = Duration.seconds(1)

  private let command: Command
  private let host: String
  private let device: Interface.Device
  private let correspondent: Correspondent
  /// What the other computer said of itself.
  private let theirs: Theirs

  /// What is read of a status, which may be of another version.
  private struct Theirs: Decodable {
    struct Adapter: Decodable { let address: String }
    struct Device: Decodable {
      let address: String
      let bonded: Bool
      let connected: Bool
    }
    struct Access: Decodable {
      let control: Bool
      let message: String?
      let hint: String?
    }
    let version: String
    let adapters: [Adapter]
    let devices: [Device]
    let access: Access?
  }

  /// Who has the headset in the end.
  private struct Result: Encodable {
    let device: Interface.Device?
    let host: String
    let holder: String
    /// The other one could not be told, and may call the headset once.
    var untold: Bool?
  }

  private var name: String { displayable(host) }
  private var title: String { device.title }
  private var output: Output { command.output }

  // MARK: Both directions

  /// From the other computer to this one.
  static func take(from host: String, _ command: Command) throws(EarlyExit) {
    try HandOver(host, command) { hand throws(EarlyExit) in try hand.take() }
  }

  /// From this computer to the other one.
  static func send(to host: String, _ command: Command) throws(EarlyExit) {
    try HandOver(host, command) { hand throws(EarlyExit) in try hand.send() }
  }

  /// Looks at both ends first; nothing is changed where one of them cannot.
  @discardableResult
  private init(_ host: String, _ command: Command, _ body: (HandOver) throws(EarlyExit) -> Void) throws(EarlyExit) {
    (self.command, self.host) = (command, host)
    let wanted = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
    device = try command.call(Control.show, wanted).device
    let status = try command.call(Control.status, Control.NoParameters())
    try Self.check(status, device)
    command.output.progress.update("Reaching \(displayable(host))")
    correspondent = try Correspondent(on: host, about: device.address, command.context)
    do throws(EarlyExit) {
      theirs = try Self.look(at: correspondent, device, own: status)
      try body(self)
    } catch {
      correspondent.close()
      throw error
    }
    correspondent.close()
  }

  private static func check(_ status: Control.StatusReply, _ device: Interface.Device) throws(EarlyExit) {
    if let access = status.access, !access.control {
      throw .failure(
        Failure(
          code: ErrorCode.notAuthorized.rawValue, message: "You may not do this.", evidence: access.message,
          hint: access.hint, exit: ErrorCode.notAuthorized.exitCode))
    }
    guard device.bonded else {
      throw .failure(
        Failure(
          code: ErrorCode.notBonded.rawValue, message: "\(device.title) is not paired with this computer.",
          hint: "Pair it first: mdrctl pair", exit: ErrorCode.notBonded.exitCode))
    }
  }

  private static func look(
    at correspondent: Correspondent, _ device: Interface.Device, own: Control.StatusReply
  ) throws(EarlyExit) -> Theirs {
    let name = displayable(correspondent.other.host)
    func refused(_ code: ErrorCode, _ message: String, evidence: String? = nil, hint: String?) -> EarlyExit {
      .failure(
        Failure(
          code: code.rawValue, message: message + " Nothing was changed.", evidence: evidence, hint: hint,
          exit: code.exitCode))
    }
    func unreached(_ status: Int32) -> EarlyExit {
      var failure = correspondent.other.failure(status, mayAsk: correspondent.mayAsk)
      failure.message += " Nothing was changed."
      return .failure(failure)
    }
    let answer: Correspondent.Answer
    switch try correspondent.ask(.status, within: correspondent.firstPatience) {
    case .success(let got): answer = got
    case .failure(.late):
      throw .failure(
        Failure(
          code: "no-connection", message: "\(name) does not answer. Nothing was changed.",
          hint: "Look: ssh \(name) mdrctl status", exit: .noDaemon))
    case .failure(.closed(let status)): throw unreached(status)
    }
    if answer.status == 126 || answer.status == 127 { throw unreached(answer.status) }
    guard answer.status == 0, let theirs = try? JSONValue.object(answer.object).decode(Theirs.self) else {
      throw .failure(answer.failure(on: name, saying: "Nothing was changed."))
    }
    let own = own.adapters.map(\.address)
    guard !theirs.adapters.contains(where: { own.contains($0.address) }) else {
      throw .usage(
        "\(name) is this computer, or has an adapter of its address.",
        hint: "Without --from or --to it is connected here: mdrctl take")
    }
    guard theirs.devices.contains(where: { $0.address == device.address && $0.bonded }) else {
      throw refused(
        .deviceNotFound, "\(device.title) is not paired with \(name).",
        hint: "A headset is paired with each computer: mdrctl -H \(name) pair \(device.address)")
    }
    if let access = theirs.access, !access.control {
      throw refused(
        .notAuthorized, "You may not control headsets on \(name).", evidence: access.message, hint: access.hint)
    }
    return theirs
  }

  private var isThere: Bool { theirs.devices.contains { $0.address == device.address && $0.connected } }

  // MARK: From there

  private func take() throws(EarlyExit) {
    let begun = command.context.clock()
    if isThere {
      output.progress.update("\(name) lets it go")
      try lend()
    }
    var limit = command[Common.timeout].map { Duration.milliseconds($0) }
    if isThere {
      // The lease began after that: when, only the other one knows.
      let left = min(Self.reach, Self.lease - Self.margin - (command.context.clock() - begun))
      guard left > Self.leastReach else { throw back(from: late) }
      limit = min(limit ?? left, left)
    }
    do throws(EarlyExit) { try connect(within: limit) } catch {
      guard isThere, case .failure(let failure) = error else { throw stopped(error) }
      throw back(from: failure)
    }
    // The other one must know before its time is over; what is to be done here besides can wait.
    let told = try correspondent.ask(.keep, within: Self.keepPatience)
    let isTold = (try? told.get())?.status == 0
    let reply = try operate(Control.take, .init(device: device.address, adapter: device.adapter))
    let result = Result(device: reply.device, host: host, holder: "here", untold: isTold ? nil : true)
    try output.show(result) { style in
      let rest = isThere ? "is connected here; \(name) has let it go." : "is connected here; \(name) did not have it."
      return sentence(reply.device, rest, style) + (isTold ? "" : untoldText(style))
    }
  }

  private func lend() throws(EarlyExit) {
    switch try correspondent.ask(.lend, within: Self.lendPatience) {
    case .success(let answer) where answer.status == 0: break
    case .success(let answer):
      throw .failure(answer.failure(on: name, verb: "yield", of: theirs.version, saying: "\(name) still has it."))
    case .failure:
      throw .failure(
        Failure(
          code: "no-connection",
          message: """
            The connection to \(name) broke off while it let \(title) go. As far as is known \(name) has it, or takes it \
            back within \(Self.lease.components.seconds) s.
            """,
          hint: "Look: ssh \(name) mdrctl status", exit: .noDaemon))
    }
  }

  private var late: Failure {
    Failure(
      code: ErrorCode.timedOut.rawValue, message: "\(name) took too long to let \(title) go.",
      hint: "Try again.", exit: ErrorCode.timedOut.exitCode)
  }

  /// Has the other one take it back, and says what came of that.
  private func back(from failure: Failure) -> EarlyExit {
    var failure = failure
    output.progress.update("\(name) takes it back")
    do throws(EarlyExit) {
      switch try correspondent.ask(.back, within: Self.backPatience) {
      case .success(let answer) where answer.status == 0: failure.message += " \(name) has it again."
      case .success(let answer):
        let theirs = answer.failure(on: name)
        failure.message += " \(name) could not take it back: nobody has it."
        failure.evidence = [failure.evidence, theirs.message].compactMap(\.self).joined(separator: " ")
      case .failure: failure.message += " \(name) could not be asked to take it back, and does it by itself."
      }
    } catch {
      return stopped(error)
    }
    return .failure(failure)
  }

  private func stopped(_ error: EarlyExit) -> EarlyExit {
    if case .signal = error, isThere { output.remark("\(name) takes \(title) back") }
    return error
  }

  // MARK: To there

  private func send() throws(EarlyExit) {
    let isHere = device.connected
    if isHere { try yield(for: Self.lease) }
    output.progress.update("\(name) connects it")
    let answer: Swift.Result<Correspondent.Answer, Correspondent.Loss>
    do throws(EarlyExit) { answer = try correspondent.ask(.call, within: Self.lease - Self.margin) } catch {
      if isHere { output.remark("this computer takes \(title) back, unless \(name) has it") }
      throw error
    }
    switch answer {
    case .success(let answer) where answer.status == 0: break
    case .success(let answer): throw takenBack(isHere, answer.failure(on: name, verb: "connect", of: theirs.version))
    case .failure:
      let rest =
        isHere
        ? "Unless \(name) has it, this computer takes it back within \(Self.lease.components.seconds) s." : ""
      throw .failure(
        Failure(
          code: "no-connection",
          message: "The connection to \(name) broke off while it connected \(title). \(rest)",
          hint: "Look: mdrctl status, ssh \(name) mdrctl status", exit: .noDaemon))
    }
    // Before anything else: the time is running.
    let notStored = try yield(for: nil)
    // It has it, whatever becomes of its other headsets.
    _ = try correspondent.ask(.take, within: Self.takePatience)
    let result = Result(device: device, host: host, holder: "there", untold: nil)
    try output.show(result) { style in
      sentence(device, "is connected to \(name), and let go here.", style) + notStoredText(notStored, style)
    }
  }

  /// What the failure of the other one means after this computer has taken the headset back.
  private func takenBack(_ wasHere: Bool, _ failure: Failure) -> EarlyExit {
    var failure = failure
    guard wasHere else { return .failure(failure) }
    output.progress.update("Taking it back")
    do throws(EarlyExit) {
      try connect(within: Self.backPatience)
      failure.message += " This computer has it again."
    } catch {
      guard case .failure(let own) = error else { return error }
      failure.message += " This computer could not take it back: nobody has it."
      failure.evidence = [failure.evidence, own.message].compactMap(\.self).joined(separator: " ")
    }
    return .failure(failure)
  }

  // MARK: Here

  private func connect(within time: Duration?) throws(EarlyExit) {
    _ = try operate(
      Control.connect,
      .init(device: device.address, adapter: device.adapter, timeout: time.map { Int($0 / .milliseconds(1)) }))
  }

  @discardableResult
  private func yield(for time: Duration?) throws(EarlyExit) -> String? {
    try operate(
      Control.yield,
      .init(device: device.address, adapter: device.adapter, time: time.map { Int($0 / .milliseconds(1)) })
    ).notStored
  }

  private func operate<Parameters: Encodable>(
    _ signature: Signature<Parameters, Control.OperationReply>, _ parameters: Parameters
  ) throws(EarlyExit) -> Control.OperationReply {
    var last = Control.OperationReply()
    try command.follow(signature, parameters) { (reply: Control.OperationReply, isLast: Bool) throws(EarlyExit) in
      if let progress = reply.progress { output.progress.update(progress.message) }
      if isLast { last = reply }
    }
    return last
  }

  private func untoldText(_ style: Style) -> String {
    let seconds = Self.lease.components.seconds
    return
      "  \(style.bad("not told")): \(name) does not know that it is here, and may call it once within \(seconds) s\n"
  }
}

extension Correspondent {
  /// Whether ssh may ask a person.
  var mayAsk: Bool { firstPatience > .seconds(30) }
}

extension Correspondent.Answer {
  private struct Report: Decodable {
    struct Members: Decodable {
      let code: String
      let message: String
      let evidence: String?
      let hint: String?
    }
    let error: Members
  }

  /// What it means that mdrctl failed on the other computer; `rest` says who has the headset. A command line with `verb`
  /// that it does not accept is of a newer version than it is.
  fileprivate func failure(
    on host: String, verb: String? = nil, of version: String = "", saying rest: String = ""
  ) -> Failure {
    let tail = rest.isEmpty ? "" : " " + rest
    let report = try? JSONValue.object(object).decode(Report.self).error
    if status == ExitCode.usage.rawValue, let verb, report?.code == "usage" {
      return Failure(
        code: "old-mdrctl",
        message: "\(host) has an older mdrctl, \(displayable(version)), which cannot do this (\(verb)).\(tail)",
        evidence: report?.message, hint: "Update it there.", exit: .failed)
    }
    guard let report else {
      return Failure(
        code: "bad-reply", message: "What \(host) answered cannot be understood.\(tail)",
        evidence: "exit status \(status)", hint: "Compare the versions: mdrctl -H \(host) version", exit: .failed)
    }
    return Failure(
      code: report.code, message: "On \(host): \(report.message)\(tail)", evidence: report.evidence,
      hint: report.hint, exit: ExitCode(rawValue: status) ?? .failed)
  }
}
