internal import CSystemd
package import EventLoop
internal import Glibc

/// What logind says of users (`sd-login(3)`), read from its files; no bus is needed, and nothing runs until one changes.
package actor Logins: LoopActor {
  package nonisolated let loop: EventLoop
  private var monitor: Monitor?
  private var watch: Watch?
  /// For the beginning of logind, where it does not run yet.
  private var beginning: FileWatch?
  private var handler: @Sendable () -> Void = {}

  package init(on loop: EventLoop) { self.loop = loop }

  /// What logind says of a user: "active", "online", "lingering", "closing", "opening", "offline"; nil where logind
  /// does not run or does not know the user.
  package nonisolated static func state(of user: UInt32) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe sd_uid_get_state(user, &text) >= 0, let text = unsafe text else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Whether a user is in the foreground of a seat. A login from elsewhere is "active" too, and on none.
  package nonisolated static func isInForeground(_ user: UInt32) -> Bool { sd_uid_get_seats(user, 1, nil) > 0 }

  /// Whether a person sits at the computer as this user: a session of his is active, on a seat, not from elsewhere, and
  /// not a display manager's own.
  package nonisolated static func isAtSeat(_ user: UInt32) -> Bool {
    isInForeground(user)
      && sessions(of: user, onlyActive: true).contains { session in
        unsafe sd_session_is_remote(session) == 0 && seat(of: session) != nil
          && sessionClass(session)?.hasPrefix("user") == true
      }
  }

  /// Whether a user is logged in on a seat, in front or behind another one.
  package nonisolated static func isOnSeat(_ user: UInt32) -> Bool { sd_uid_get_seats(user, 0, nil) > 0 }

  /// Whether a user's services go on without a login. While one login of such a user ends logind says "closing", as of
  /// anybody's last one.
  package nonisolated static func lingers(_ name: String) -> Bool {
    unsafe access("/var/lib/systemd/linger/\(name)", F_OK) == 0
  }

  /// Whether the user's only session is one of a display manager, which asks others to log in.
  package nonisolated static func isGreeter(_ user: UInt32) -> Bool {
    let classes = sessions(of: user).compactMap(sessionClass)
    return classes.contains("greeter") && !classes.contains { $0.hasPrefix("user") }
  }

  private nonisolated static func sessions(of user: UInt32, onlyActive: Bool = false) -> [String] {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_uid_get_sessions(user, onlyActive ? 1 : 0, &list)
    guard count > 0, let list = unsafe list else { return [] }
    defer { unsafe free(list) }
    return (0..<Int(count)).compactMap { place in
      guard let name = unsafe list[place] else { return nil }
      defer { unsafe free(name) }
      return unsafe String(cString: name)
    }
  }

  /// "user", "greeter", "manager" and the like.
  private nonisolated static func sessionClass(_ session: String) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe sd_session_get_class(session, &text) >= 0, let text = unsafe text else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// "seat0"; nil for a session on none, as from elsewhere.
  private nonisolated static func seat(of session: String) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe sd_session_get_seat(session, &text) >= 0, let text = unsafe text else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// What logind keeps of users, from its beginning on.
  private static let users = "/run/systemd/users"

  /// Whether there is a logind to ask.
  package nonisolated static var isThere: Bool { unsafe access(users, F_OK) == 0 }

  /// Calls `handler` on the loop whenever a user logs in or out, or comes to the foreground of a seat or leaves it.
  /// Without logind there is nothing to tell, until it is started.
  package func follow(_ handler: @escaping @Sendable () -> Void) {
    self.handler = handler
    if begin() { return }
    beginning = try? FileWatch(Self.users, on: loop) { self.assumeIsolated { $0.begun() } }
    // It may have begun before it was watched for.
    if begin() { endBeginning() }
  }

  /// Returns whether logind's news are heard.
  private func begin() -> Bool {
    guard watch == nil, let monitor = Monitor() else { return watch != nil }
    self.monitor = monitor
    watch = try? loop.watch(monitor.descriptor, for: .readable) { _ in self.assumeIsolated { $0.changed() } }
    return watch != nil
  }

  private func begun() {
    guard begin() else { return }
    endBeginning()
    handler()
  }

  private func endBeginning() {
    beginning?.cancel()
    beginning = nil
  }

  private func changed() {
    monitor?.flush()
    handler()
  }
}

/// libsystemd's monitor; its descriptor becomes readable when something has changed.
@safe private final class Monitor {
  private let pointer: OpaquePointer

  init?() {
    var new: OpaquePointer?
    guard unsafe sd_login_monitor_new("uid", &new) >= 0, let new = unsafe new else { return nil }
    unsafe pointer = new
  }

  deinit { _ = unsafe sd_login_monitor_unref(pointer) }

  var descriptor: Int32 { unsafe sd_login_monitor_get_fd(pointer) }

  func flush() { _ = unsafe sd_login_monitor_flush(pointer) }
}
