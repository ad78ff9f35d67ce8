internal import BlueZ
internal import CBlueZ
internal import EventLoop
internal import Vocabulary

/// What the controller itself says of links. Of the Core specification, Vol 4 Part E, 7.7.
enum ControllerEvent: Hashable, Sendable {
  case connected(device: Address, handle: UInt16)
  case disconnected(handle: UInt16)
  /// An authentication that this computer asked for has ended; 0 for success.
  case authenticated(handle: UInt16, status: UInt8)

  /// Nil for any other packet and for one that is cut short.
  init?(_ packet: some Collection<UInt8>) {
    var reader = PacketReader(packet)
    guard reader.byte() == 0x04, let code = reader.byte(), let size = reader.byte(), reader.left == Int(size),
      let status = reader.byte(), let field = reader.number()
    else { return nil }
    // Twelve bits; the others are reserved.
    let handle = field & 0x0FFF
    switch code {
    case 0x03 where status == 0:
      guard let device = reader.address() else { return nil }
      self = .connected(device: device, handle: handle)
    case 0x05 where status == 0: self = .disconnected(handle: handle)
    case 0x06: self = .authenticated(handle: handle, status: status)
    default: return nil
    }
  }
}

/// Hears how a device's authentications end. mgmt tells of those that failed too, with one status for all of them; but
/// whether the device has no key or another one is known from the controller's own, long before the link falls.
struct AuthenticationWatch: Hashable, Sendable {
  let device: Address
  /// Of the link that is up.
  private(set) var handle: UInt16?

  /// HCI's Authentication Failure: the keys differ.
  static let otherKey: UInt8 = 0x05
  /// HCI's PIN or Key Missing.
  static let noKey: UInt8 = 0x06

  init(of device: Address, handle: UInt16?) {
    self.device = device
    self.handle = handle
  }

  /// HCI's status when the device has refused the key of this computer.
  mutating func refusal(_ event: ControllerEvent) -> UInt8? {
    switch event {
    case .connected(device, let handle): self.handle = handle
    case .disconnected(let handle): if handle == self.handle { self.handle = nil }
    case .authenticated(let handle, let status):
      if handle == self.handle, [Self.otherKey, Self.noKey].contains(status) { return status }
    case .connected: break
    }
    return nil
  }
}

/// A connection to one controller's events of links. Packets that could carry a key never reach it.
final class ControllerSocket {
  private let socket: FileDescriptor

  /// More than the longest of its events.
  private static let longestPacket = 64

  /// Throws `ENODEV` when there is no such adapter.
  init(index: Int) throws(SystemError) {
    socket = FileDescriptor(
      owning: try SystemError.check(cbluez_link_events_open(Int32(index)), "the controller's events"))
  }

  var descriptor: Int32 { socket.number }

  /// The handle of the device's link; nil when none is up.
  func handle(of device: Address) -> UInt16? {
    let handle = unsafe device.littleEndian.withUnsafeBufferPointer {
      unsafe cbluez_link_handle(socket.number, $0.baseAddress)
    }
    return handle < 0 ? nil : UInt16(truncatingIfNeeded: handle)
  }

  /// The next event; nil when nothing has arrived any more.
  func next() throws(SystemError) -> ControllerEvent? {
    var packet = [UInt8](repeating: 0, count: Self.longestPacket)
    while true {
      let count = unsafe packet.withUnsafeMutableBufferPointer {
        unsafe cbluez_link_events_receive(socket.number, $0.baseAddress, $0.count)
      }
      do throws(SystemError) { try SystemError.check(count, "the controller's events") } catch {
        if error.isWouldBlock { return nil }
        throw error
      }
      if let event = ControllerEvent(packet[..<count]) { return event }
    }
  }
}
