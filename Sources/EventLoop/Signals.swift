internal import CLinux
internal import Glibc

/// A signal that a program handles by itself.
package enum Signal: Int32, CaseIterable, Sendable {
  case hangup = 1
  case interrupt = 2
  case terminate = 15
}

/// Signals as events of the loop, read from a signalfd.
package enum Signals {
  /// Blocks the signals for the whole process and calls `handler` on the loop's thread for each that arrives.
  ///
  /// Call it before any other thread exists: a thread keeps the mask it was started with.
  package static func handle(
    _ signals: [Signal], on loop: EventLoop, _ handler: @escaping (Signal) -> Void
  ) throws(SystemError) {
    let descriptor = try SystemError.check(clinux_signalfd(mask(signals)), "signalfd")
    _ = try loop.watch(descriptor, for: .readable) { _ in
      while case let number = clinux_signalfd_read(descriptor), number >= 0 {
        if let signal = Signal(rawValue: number) { handler(signal) }
      }
    }
  }

  private static func mask(_ signals: [Signal]) -> UInt64 { signals.reduce(0) { $0 | 1 << UInt64($1.rawValue) } }
}
