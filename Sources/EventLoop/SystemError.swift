internal import Glibc

/// A system call that failed: which one, and the `errno` it left.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  package let call: String
  package let errno: Int32

  package init(call: String, errno: Int32) {
    self.call = call
    self.errno = errno
  }

  /// "connect: No such file or directory".
  package var description: String { "\(call): \(Self.text(errno))" }

  package var isWouldBlock: Bool { errno == EAGAIN }
  package var isNotFound: Bool { errno == ENOENT }
  package var isRefused: Bool { errno == ECONNREFUSED }
  package var isAddressInUse: Bool { errno == EADDRINUSE }
  package var isNetworkDown: Bool { errno == ENETDOWN }
  package var isPermission: Bool { errno == EACCES || errno == EPERM }

  /// Nobody answered in time.
  package static func timedOut(_ call: String) -> Self { Self(call: call, errno: ETIMEDOUT) }

  /// Passes a result that is not negative through and turns `-errno` into an error.
  @discardableResult
  package static func check<Value: SignedInteger>(_ result: Value, _ call: String) throws(SystemError) -> Value {
    guard result < 0 else { return result }
    throw SystemError(call: call, errno: Int32(-result))
  }

  private static func text(_ errno: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let base = buffer.baseAddress, unsafe strerror_r(errno, base, buffer.count) == 0 else {
        return "error \(errno)"
      }
      return unsafe String(cString: base)
    }
  }
}
