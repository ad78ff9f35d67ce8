import DBus
import EventLoop
import Foundation
import Interface
import Service
import Support
import Testing
import Varlink
import Vocabulary

@testable import Session

/// Notices on a notification server that notes what it is asked, on a bus of its own.
@Suite(.timeLimit(.minutes(5))) struct NotifierTests {
  private static func notice(_ kind: NoticeKind = .microphone, _ title: String? = "XM4 is in mono", start: Bool? = nil)
    -> Wire.Notice
  {
    Wire.Notice(
      device: address, adapter: "hci0", kind: kind, title: title,
      text: title.map { _ in "<b>Fire & fox</b>\n has it." },
      action: kind == .microphone ? .stereo : nil, start: start)
  }

  private func withServer(
    _ capabilities: [String]?,
    _ body: @escaping @Sendable (FakeNotifications, Notifier, EventLog<String>) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    try await withConnection { loop, bus, connection in
      let calls = EventLog<String>(loop)
      let profile = VarlinkMethod.method(Control.Method.profile.rawValue) {
        (parameters: Control.ProfileParameters, _) throws(VarlinkError) -> Control.OperationReply in
        calls.note("\(parameters.device ?? "") \(parameters.adapter ?? "") \(parameters.policy)")
        return Control.OperationReply()
      }
      let path = "\(directory.path)/socket"
      let server = VarlinkServer(
        loop: loop, identity: ServiceIdentity(vendor: "", product: "", version: "1", url: "about:blank"),
        interfaces: [VarlinkInterface(Control.interface, description: Control.description, methods: [profile])],
        authoriser: AllowEveryone())
      let listener = try UnixSocket.listen(path: path, mode: 0o600)
      let number = listener.number
      try await server.listen(on: number)
      let fake = FakeNotifications(connection)
      if let capabilities { try await fake.start(capabilities) }
      try await body(fake, Notifier(loop: loop, bus: bus, daemonPath: path, log: Log()), calls)
      await server.shutDown(grace: .zero)
      _ = consume listener
    }
  }

  @Test func `a notice takes the place of the one before it of its kind, and goes when it is over`() async throws {
    try await withServer(["body", "actions"]) { server, notifier, _ in
      await notifier.take(Self.notice())
      await notifier.take(Self.notice(.battery, "XM4 is nearly empty"))
      await notifier.take(Self.notice(.microphone, "XM4 is still in mono"))
      await notifier.take(Self.notice(.microphone, nil))
      await notifier.take(Self.notice(.bond, nil))
      await notifier.take(Self.notice())
      let calls = try await server.calls.wait(for: 5)
      #expect(
        calls == [
          "Notify 0 XM4 is in mono|<b>Fire & fox</b>  has it.|stereo,Keep stereo",
          "Notify 0 XM4 is nearly empty|<b>Fire & fox</b>  has it.|",
          "Notify 1 XM4 is still in mono|<b>Fire & fox</b>  has it.|stereo,Keep stereo", "Close 1",
          "Notify 0 XM4 is in mono|<b>Fire & fox</b>  has it.|stereo,Keep stereo",
        ])
    }
  }

  @Test func `a name is no markup, and where there are no actions none is offered`() async throws {
    try await withServer(["body", "body-markup"]) { server, notifier, _ in
      await notifier.take(Self.notice())
      let calls = try await server.calls.wait(for: 1)
      #expect(calls == ["Notify 0 XM4 is in mono|&lt;b&gt;Fire &amp; fox&lt;/b&gt;  has it.|"])
    }
  }

  @Test func `what the user chooses is done by the daemon, and a signal about somebody else's notice is none of ours`()
    async throws
  {
    try await withServer(["actions"]) { server, notifier, calls in
      await notifier.take(Self.notice())
      try await server.calls.wait(for: 1)
      try await server.choose(7, "stereo")
      try await server.choose(1, "default")
      try await server.choose(1, "stereo")
      try await calls.wait(for: 1)
      try await server.choose(1, "stereo")
      #expect(try await calls.wait(for: 2) == ["\(address) hci0 stereo", "\(address) hci0 stereo"])
    }
  }

  @Test func `where no server runs none is started and nothing is shown, and later ones are tried anew`() async throws {
    try await withServer(nil) { server, notifier, _ in
      await notifier.take(Self.notice())
      await notifier.take(Self.notice(.battery, start: true))
      while await notifier.isBusy { try await LoopClock(server.loop).sleep(for: .zero) }
      #expect(await !notifier.isConnected)
      try await server.start([])
      await notifier.take(Self.notice())
      #expect(try await server.calls.wait(for: 1).count == 1)
    }
  }

  @Test func `the bus is let go when nothing is shown any more`() async throws {
    try await withServer([]) { server, notifier, _ in
      await notifier.take(Self.notice())
      try await server.calls.wait(for: 1)
      #expect(await notifier.isConnected)
      try await server.dismiss(1)
      while await notifier.isConnected { try await LoopClock(server.loop).sleep(for: .zero) }
      await notifier.take(Self.notice())
      #expect(try await server.calls.wait(for: 2).last?.hasPrefix("Notify 0 ") == true)
    }
  }
}

/// A notification server that notes what it is asked.
actor FakeNotifications: LoopActor {
  nonisolated let loop: EventLoop
  nonisolated let calls: EventLog<String>
  private let connection: Connection
  private var last: UInt32 = 0
  private var capabilities: [String] = []

  private static let name = "org.freedesktop.Notifications"
  private static let path: ObjectPath = "/org/freedesktop/Notifications"

  init(_ connection: Connection) {
    self.connection = connection
    loop = connection.loop
    calls = EventLog(connection.loop)
  }

  func start(_ capabilities: [String]) async throws {
    self.capabilities = capabilities
    await connection.export(Self.path) { call in self.assumeIsolated { $0.answer(call) } }
    try await connection.requestName(Self.name)
  }

  func choose(_ number: UInt32, _ action: String) async throws {
    try await connection.send(
      Message(signal: "ActionInvoked", from: Self.path, interface: Self.name) {
        $0.append(number)
        $0.append(action)
      })
  }

  func dismiss(_ number: UInt32) async throws {
    try await connection.send(
      Message(signal: "NotificationClosed", from: Self.path, interface: Self.name) {
        $0.append(number)
        $0.append(UInt32(2))
      })
  }

  private func answer(_ call: MethodCall) -> Answer {
    var arguments = call.reader()
    do {
      switch call.member {
      case "GetCapabilities":
        let capabilities = capabilities
        return .reply { $0.append(capabilities) }
      case "Notify":
        _ = try arguments.string()
        let replaced = try arguments.uint32()
        _ = try arguments.string()
        let (title, body, actions) = (try arguments.string(), try arguments.string(), try arguments.strings())
        calls.note("Notify \(replaced) \(title)|\(body)|\(actions.joined(separator: ","))")
        if replaced == 0 { last += 1 }
        let number = replaced == 0 ? last : replaced
        return .reply { $0.append(number) }
      case "CloseNotification":
        calls.note("Close \(try arguments.uint32())")
        return .done
      default: return .unknownMethod
      }
    } catch {
      return .unknownMethod
    }
  }
}
