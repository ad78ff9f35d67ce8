internal import DBus
internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// Shows what the daemon wants its user to know, by the notification server of the session (`org.freedesktop.Notifications`,
/// Desktop Notifications Specification 1.2).
///
/// There is a connection to the session's bus only while something is shown. A notice takes the place of the one before it
/// of the same kind and device, and goes when it is over.
actor Notifier: LoopActor {
  nonisolated let loop: EventLoop
  private let bus: BusAddress?
  private let daemonPath: String
  private let log: Log
  private var waiting: [Session.Notice] = []
  private var isWorking = false
  private var link: Link?
  private var shown: [Subject: Shown] = [:]
  private var isMissed = false

  private static let name = "org.freedesktop.Notifications"
  private static let path: ObjectPath = "/org/freedesktop/Notifications"
  /// For a server that is started first, too.
  private static let patience = Duration.seconds(20)
  /// More than there are headsets and kinds.
  private static let mostWaiting = 64

  private struct Subject: Hashable {
    let device: String
    let adapter: String?
    let kind: NoticeKind

    init(_ notice: Session.Notice) { (device, adapter, kind) = (notice.device, notice.adapter, notice.kind) }
  }

  private struct Shown {
    let number: UInt32
    let notice: Session.Notice
  }

  private struct Link {
    let connection: Connection
    let hasActions: Bool
    let hasMarkup: Bool
  }

  init(loop: EventLoop, bus: BusAddress?, daemonPath: String, log: Log) {
    (self.loop, self.bus, self.daemonPath, self.log) = (loop, bus, daemonPath, log)
  }

  /// Whether it is on the session's bus.
  var isConnected: Bool { link != nil }
  /// Whether notices wait to be shown or taken away.
  var isBusy: Bool { isWorking }

  /// Shows a notice, or takes it away when it is over.
  func take(_ notice: Session.Notice) {
    guard waiting.count < Self.mostWaiting else { return }
    waiting.append(notice)
    guard !isWorking else { return }
    isWorking = true
    loop.spawn { await self.work() }
  }

  private func work() async {
    while !waiting.isEmpty {
      let notice = waiting.removeFirst()
      do throws(DBusError) {
        if let title = notice.title { try await show(notice, title) } else { try await withdraw(notice) }
      } catch {
        if !isMissed { log.notice("A notice cannot be shown", ["error": "\(error)"]) }
        isMissed = true
      }
    }
    isWorking = false
    await rest()
  }

  /// Lets the bus go when nothing is shown.
  private func rest() async {
    guard shown.isEmpty, !isWorking, let connection = link?.connection else { return }
    link = nil
    await connection.close()
  }

  // MARK: The server

  private func show(_ notice: Session.Notice, _ title: String) async throws(DBusError) {
    guard let link = try await server(mayStart: notice.start == true) else { return }
    let text = (notice.text ?? "").plain()
    let body = link.hasMarkup ? Self.escaped(text) : text
    let action = link.hasActions ? notice.action : nil
    let replaced = shown[Subject(notice)]?.number ?? 0
    let call = try Message(call: "Notify", on: Self.path, interface: Self.name, to: Self.name) {
      $0.append("mdrctl")
      $0.append(replaced)
      $0.append("audio-headphones")
      $0.append(title.plain())
      $0.append(body)
      $0.append(action.map { [$0.rawValue, $0.label] } ?? [])
      $0.properties {
        $0.entry("urgency", UInt8(1))
        $0.entry("category", "device")
      }
      $0.append(Int32(-1))
    }
    var answer = try await link.connection.call(call, timeout: Self.patience).reader()
    shown[Subject(notice)] = Shown(number: try answer.uint32(), notice: notice)
    isMissed = false
  }

  private func withdraw(_ notice: Session.Notice) async throws(DBusError) {
    guard let number = shown.removeValue(forKey: Subject(notice))?.number, let link else { return }
    try await link.connection.call(
      Message(call: "CloseNotification", on: Self.path, interface: Self.name, to: Self.name) { $0.append(number) },
      timeout: Self.patience)
  }

  /// The way to the server; nil where none runs and none is to be started.
  private func server(mayStart: Bool) async throws(DBusError) -> Link? {
    if let link { return link }
    guard let bus else { return nil }
    let connection = try await Connection.open(bus, on: loop)
    do throws(DBusError) {
      guard let link = try await meet(over: connection, mayStart: mayStart) else {
        await connection.close()
        return nil
      }
      self.link = link
      return link
    } catch {
      await connection.close()
      throw error
    }
  }

  private func meet(over connection: Connection, mayStart: Bool) async throws(DBusError) -> Link? {
    if !mayStart, await !connection.isOwned(Self.name) { return nil }
    var answer = try await connection.call(
      Message(call: "GetCapabilities", on: Self.path, interface: Self.name, to: Self.name), timeout: Self.patience
    ).reader()
    let capabilities = try answer.strings()
    for member in ["ActionInvoked", "NotificationClosed"] {
      let rule = MatchRule(sender: Self.name, interface: Self.name, member: member, path: Self.path)
      try await connection.subscribe(to: rule) { signal in self.assumeIsolated { $0.hear(signal, member) } }
    }
    await connection.onEnd { _ in self.assumeIsolated { $0.lose(connection) } }
    return Link(
      connection: connection, hasActions: capabilities.contains("actions"),
      hasMarkup: capabilities.contains("body-markup"))
  }

  private func lose(_ connection: Connection) {
    guard link?.connection === connection else { return }
    link = nil
    shown = [:]
  }

  private func hear(_ signal: Message, _ member: String) {
    var arguments = signal.reader()
    guard let number = try? arguments.uint32(), let (subject, shown) = shown.first(where: { $0.value.number == number })
    else { return }
    guard member == "ActionInvoked" else {
      self.shown[subject] = nil
      loop.spawn { await self.rest() }
      return
    }
    guard let action = shown.notice.action, (try? arguments.string()) == action.rawValue else { return }
    let notice = shown.notice
    loop.spawn { await self.carryOut(action, notice) }
  }

  // MARK: What the user chose

  private func carryOut(_ action: NoticeAction, _ notice: Session.Notice) async {
    do throws(VarlinkClientError) {
      switch action {
      case .stereo:
        try await ask(
          Control.profile,
          Control.ProfileParameters(device: notice.device, adapter: notice.adapter, policy: .stereo))
      case .take:
        try await ask(Control.take, Control.ConnectParameters(device: notice.device, adapter: notice.adapter))
      }
    } catch {
      log.notice("What was chosen in a notice was not done", ["action": action.rawValue, "error": "\(error)"])
    }
  }

  private func ask<Parameters: Encodable & Sendable>(
    _ signature: Signature<Parameters, Control.OperationReply>, _ parameters: Parameters
  ) async throws(VarlinkClientError) {
    _ = try await OutgoingCall.perform(
      on: loop, path: daemonPath, method: signature.method.fullName, parameters, within: .seconds(90),
      returning: Control.OperationReply.self)
  }

  /// Names of headsets and programs are no markup.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}

extension NoticeAction {
  fileprivate var label: String {
    switch self {
    case .stereo: "Keep stereo"
    case .take: "Connect it here"
    }
  }
}
