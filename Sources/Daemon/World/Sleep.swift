internal import DBus
internal import EventLoop
internal import Service

/// Whether the computer is about to sleep, and that it has slept, as logind tells (`org.freedesktop.login1`,
/// PrepareForSleep). It waits for us before it sleeps, for as long as that takes: an inhibitor of the mode "delay", which a
/// bus or a logind that refuses it costs nothing but the wait.
///
/// When a suspend fails logind tells the end right after the beginning (laboratory, systemd 252 to 262).
actor Sleep: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  private var connection: DBus.Connection?
  private var inhibitor: FileDescriptor?
  private var onSleep: @Sendable () -> Void = {}
  private var onResume: @Sendable () -> Void = {}

  private static let service = "org.freedesktop.login1"
  private static let manager = "org.freedesktop.login1.Manager"
  private static let path: ObjectPath = "/org/freedesktop/login1"

  init(loop: EventLoop, log: Log) {
    self.loop = loop
    self.log = log
  }

  /// Whom to tell, on the loop: before the computer sleeps, which waits until `sleep` has returned, and afterwards.
  func observe(sleep: @escaping @Sendable () -> Void, resume: @escaping @Sendable () -> Void) {
    (onSleep, onResume) = (sleep, resume)
  }

  /// Follows a connection to the bus, in the place of the one before. Without logind there is nobody to tell.
  func follow(_ connection: DBus.Connection) async {
    guard Logins.isThere else { return }
    self.connection = connection
    inhibitor = nil
    do throws(DBusError) {
      let rule = MatchRule(sender: Self.service, interface: Self.manager, member: "PrepareForSleep")
      try await connection.subscribe(to: rule) { [weak self] signal in
        self?.assumeIsolated { $0.take(signal) }
      }
    } catch { return log.debug("logind does not tell when the computer sleeps", ["error": error.description]) }
    await inhibit()
  }

  private func take(_ signal: Message) {
    var reader = signal.reader()
    guard let isBeginning = try? reader.bool() else { return }
    if isBeginning {
      onSleep()
      // The computer may go to sleep now.
      inhibitor = nil
    } else {
      onResume()
      loop.spawn { await self.inhibit() }
    }
  }

  private func inhibit() async {
    guard let connection, inhibitor == nil else { return }
    do throws(DBusError) {
      let call = try Message(call: "Inhibit", on: Self.path, interface: Self.manager, to: Self.service) {
        $0.append("sleep")
        $0.append("mdrctld")
        $0.append("What was seen of headsets is written")
        $0.append("delay")
      }
      let answer = try await connection.call(call)
      var reader = answer.reader()
      inhibitor = try reader.fileDescriptor()
    } catch { log.debug("logind does not wait for mdrctld before the computer sleeps", ["error": error.description]) }
  }
}
