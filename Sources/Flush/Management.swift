internal import BlueZ
internal import Vocabulary

/// Packets of the kernel's Bluetooth management interface. Source of the numbers: bluez `doc/mgmt-api.txt`.
enum Management {
  enum Command {
    static let disconnect: UInt16 = 0x0014
    static let getConnections: UInt16 = 0x0015
    static let unpairDevice: UInt16 = 0x001B
  }

  /// The kind of an address.
  enum AddressType: UInt8, CaseIterable {
    case bredr = 0
    case lePublic = 1
    case leRandom = 2
  }

  /// What came from the kernel.
  enum Event: Hashable, Sendable {
    /// Command Complete or Command Status.
    case answer(command: UInt16, status: Status)
    case connected(device: Address)
    /// With mgmt's reason: 0 unspecified, 1 timeout, 2 this computer, 3 the device, 4 authentication, 5 suspended.
    case disconnected(device: Address, reason: UInt8)
    case connectFailed(device: Address, status: Status)
    case authenticationFailed(device: Address, status: Status)
  }

  struct Status: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    let rawValue: UInt8
    static let success = Status(rawValue: 0x00)
    static let notConnected = Status(rawValue: 0x02)
    /// What Disconnect says where there is no link (kernel 6.12), whatever its documentation has.
    static let disconnected = Status(rawValue: 0x0E)
    static let notPaired = Status(rawValue: 0x06)
    static let permissionDenied = Status(rawValue: 0x14)

    private static let names: [UInt8: String] = [
      0x00: "Success", 0x01: "Unknown Command", 0x02: "Not Connected", 0x03: "Failed", 0x04: "Connect Failed",
      0x05: "Authentication Failed", 0x06: "Not Paired", 0x07: "No Resources", 0x08: "Timeout",
      0x09: "Already Connected", 0x0A: "Busy", 0x0B: "Rejected", 0x0C: "Not Supported", 0x0D: "Invalid Parameters",
      0x0E: "Disconnected", 0x0F: "Not Powered", 0x10: "Cancelled", 0x11: "Invalid Index", 0x12: "RFKilled",
      0x13: "Already Paired", 0x14: "Permission Denied",
    ]

    /// "Not Powered".
    var description: String { Self.names[rawValue] ?? "status \(rawValue)" }
  }

  /// Removes the kernel's key for a device and ends its link.
  static func unpairDevice(_ device: Address, _ type: AddressType, index: Int) -> [UInt8] {
    command(Command.unpairDevice, index: index, device.littleEndian + [type.rawValue, 1])
  }

  /// Ends a device's link.
  static func disconnect(_ device: Address, _ type: AddressType, index: Int) -> [UInt8] {
    command(Command.disconnect, index: index, device.littleEndian + [type.rawValue])
  }

  /// Asks for the links that are up; only who may hear of links gets an answer.
  static func getConnections(index: Int) -> [UInt8] { command(Command.getConnections, index: index, []) }

  private static func command(_ code: UInt16, index: Int, _ parameters: [UInt8]) -> [UInt8] {
    bytes(code) + bytes(UInt16(truncatingIfNeeded: index)) + bytes(UInt16(parameters.count)) + parameters
  }

  private static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }

  /// What a packet says, and of which adapter; nil for any other packet and for one that is cut short.
  static func decode(_ packet: some Collection<UInt8>) -> (index: Int, event: Event)? {
    var reader = PacketReader(packet)
    guard let code = reader.number(), let index = reader.number(), let size = reader.number(),
      reader.left == Int(size), let event = event(code, &reader)
    else { return nil }
    return (Int(index), event)
  }

  private static func event(_ code: UInt16, _ reader: inout PacketReader) -> Event? {
    switch code {
    case 0x0001, 0x0002:
      guard let command = reader.number(), let status = reader.byte() else { return nil }
      return .answer(command: command, status: Status(rawValue: status))
    case 0x000B: return reader.device().map { .connected(device: $0) }
    case 0x000C:
      guard let device = reader.device(), let reason = reader.byte() else { return nil }
      return .disconnected(device: device, reason: reason)
    case 0x000D:
      guard let device = reader.device(), let status = reader.byte() else { return nil }
      return .connectFailed(device: device, status: Status(rawValue: status))
    case 0x0011:
      guard let device = reader.device(), let status = reader.byte() else { return nil }
      return .authenticationFailed(device: device, status: Status(rawValue: status))
    default: return nil
    }
  }
}

/// Takes numbers off the front of a packet; little endian.
struct PacketReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) { self.bytes = ArraySlice(bytes) }

  var left: Int { bytes.count }
  mutating func byte() -> UInt8? { bytes.popFirst() }
  mutating func number() -> UInt16? {
    guard bytes.count >= 2, let low = bytes.popFirst(), let high = bytes.popFirst() else { return nil }
    return UInt16(low) | UInt16(high) << 8
  }
  mutating func address() -> Address? {
    guard bytes.count >= 6 else { return nil }
    let bits = bytes.prefix(6).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    bytes = bytes.dropFirst(6)
    return Address(bits: bits)
  }
  /// An address and its type, which says nothing here.
  mutating func device() -> Address? {
    guard let address = address(), byte() != nil else { return nil }
    return address
  }
}
