internal import CSystemd
package import EventLoop
internal import Glibc

/// What a service says to the service manager and gets from it (`sd_notify(3)`, `sd_listen_fds(3)`).
///
/// Without a service manager everything here does nothing.
package enum ServiceManager {
  /// The service answers requests from now on (`READY=1`).
  package static func ready(_ status: String) { notify("READY=1\nSTATUS=\(oneLine(status))") }
  /// The service is about to end (`STOPPING=1`).
  package static func stopping() { notify("STOPPING=1") }
  /// One line for `systemctl status`.
  package static func status(_ text: String) { notify("STATUS=\(oneLine(text))") }

  /// Keeps the watchdog quiet for as long as the loop turns: a keep-alive every half of `WatchdogSec`.
  ///
  /// The timer runs on the loop, so a loop that hangs stops the keep-alives and the service manager restarts us.
  package static func feedWatchdog(on loop: EventLoop) {
    var microseconds: UInt64 = 0
    guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return }
    feed(every: .microseconds(Int64(clamping: microseconds / 2)), on: loop)
  }

  /// The sockets that the service manager opened for us, in its order; they are ours to close. They listen, but for the
  /// one connection that a service with `Accept=yes` gets.
  package static func listeners() -> [Int32] {
    let count = sd_listen_fds(1)
    guard count > 0 else { return [] }
    return (0..<count).map { 3 + $0 }  // SD_LISTEN_FDS_START
  }

  private static func feed(every interval: Duration, on loop: EventLoop) {
    notify("WATCHDOG=1")
    loop.schedule(after: interval) { feed(every: interval, on: loop) }
  }

  private static func notify(_ state: String) { _ = unsafe sd_notify(0, state) }

  private static func oneLine(_ text: String) -> String { String(text.map { $0 == "\n" ? " " : $0 }) }
}
