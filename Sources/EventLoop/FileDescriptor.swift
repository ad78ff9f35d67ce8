internal import CLinux

/// An open descriptor with one owner; closed when that owner lets it go.
package struct FileDescriptor: ~Copyable, Sendable {
  package let number: Int32

  /// Takes ownership of an open descriptor.
  package init(owning number: Int32) { self.number = number }

  deinit { _ = clinux_close(number) }

  /// Reads what is there, up to `buffer.count` bytes; 0 at the end of the stream.
  ///
  /// Throws ``SystemError`` with `isWouldBlock` when a non-blocking descriptor has nothing yet.
  package func read(into buffer: inout [UInt8]) throws(SystemError) -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe clinux_read(number, $0.baseAddress, $0.count) }
    return try SystemError.check(count, "read")
  }

  /// Sends what the socket takes of the bytes and returns how many that was; a vanished peer is `EPIPE`, no signal.
  package func send(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
    let count = unsafe bytes.withUnsafeBytes { unsafe clinux_send(number, $0.baseAddress, $0.count) }
    return try SystemError.check(count, "send")
  }

  /// Ends the connection of a socket, whoever else holds a descriptor of it. One that is over already is no matter.
  package func shutDown() { _ = clinux_shutdown(number) }

  /// Gives the descriptor up without closing it.
  package consuming func take() -> Int32 {
    let number = number
    discard self
    return number
  }
}
