internal import CBlueZ
internal import EventLoop

/// A connection to the kernel's Bluetooth management interface. Packets that could carry a key never come out of it.
final class ManagementSocket {
  private let socket: FileDescriptor

  /// How long the kernel may take to answer.
  static let timeout = Duration.seconds(2)
  /// More than the longest packet that is handed on: a link's event with all of its advertising data.
  private static let longestPacket = 2048

  /// Throws `EPERM` without CAP_NET_ADMIN, and `EAFNOSUPPORT` on a computer without Bluetooth.
  init() throws(SystemError) {
    socket = FileDescriptor(owning: try SystemError.check(cbluez_management_open(), "management socket"))
  }

  var descriptor: Int32 { socket.number }

  /// The next event that is of interest to us; nil when nothing has arrived any more.
  func next() throws(SystemError) -> (index: Int, event: Management.Event)? {
    var packet = [UInt8](repeating: 0, count: Self.longestPacket)
    while true {
      let count = unsafe packet.withUnsafeMutableBufferPointer {
        unsafe cbluez_management_receive(socket.number, $0.baseAddress, $0.count)
      }
      do throws(SystemError) { try SystemError.check(count, "management socket") } catch {
        if error.isWouldBlock { return nil }
        throw error
      }
      if let (index, event) = Management.decode(packet[..<count]) { return (index, event) }
    }
  }

  /// Sends a command and waits, without the loop, for its answer.
  func request(_ packet: [UInt8], command: UInt16) throws(SystemError) -> Management.Status {
    let sent = unsafe packet.withUnsafeBufferPointer {
      unsafe cbluez_management_send(socket.number, $0.baseAddress, $0.count)
    }
    try SystemError.check(sent, "management command")
    let deadline = ContinuousClock.now + Self.timeout
    while true {
      while let (_, event) = try next() {
        if case .answer(command, let status) = event { return status }
      }
      let ready = try UnixSocket.wait(descriptor, for: .readable, timeout: max(.zero, deadline - .now))
      guard !ready.isEmpty else { throw SystemError.timedOut("management command") }
    }
  }
}
