import BlueZ
import Interface
import Testing
import Vocabulary

@testable import Flush

@Suite struct PacketTests {
  /// 94:DB:56:00:00:01, as the kernel and controllers have it.
  static let address: [UInt8] = [0x01, 0x00, 0x00, 0x56, 0xDB, 0x94]

  @Test func `an address goes out with its last octet first`() {
    #expect(deviceAddress.littleEndian == Self.address)
  }

  @Test(arguments: [(Management.AddressType.bredr, UInt8(0)), (.lePublic, 1)])
  func `Unpair Device names the adapter, the device, its bearer, and ends the link`(
    type: Management.AddressType, number: UInt8
  ) {
    #expect(
      Management.unpairDevice(deviceAddress, type, index: 0x0102)
        == [0x1B, 0x00, 0x02, 0x01, 0x08, 0x00] + Self.address + [number, 0x01])
  }

  @Test func `Disconnect names the adapter, the device and its bearer`() {
    #expect(
      Management.disconnect(deviceAddress, .bredr, index: 2)
        == [0x14, 0x00, 0x02, 0x00, 0x07, 0x00] + Self.address + [0x00])
  }

  @Test func `Get Connections names the adapter`() {
    #expect(Management.getConnections(index: 3) == [0x15, 0x00, 0x03, 0x00, 0x00, 0x00])
  }

  static let events: [([UInt8], Management.Event)] = [
    ([0x01, 0x00, 2, 0, 10, 0, 0x1B, 0x00, 0x06] + address + [0], .answer(command: 0x001B, status: .notPaired)),
    ([0x02, 0x00, 2, 0, 3, 0, 0x1B, 0x00, 0x14], .answer(command: 0x001B, status: .init(rawValue: 0x14))),
    ([0x0B, 0x00, 2, 0, 13, 0] + address + [0, 0, 0, 0, 0, 0, 0], .connected(device: deviceAddress)),
    ([0x0C, 0x00, 2, 0, 8, 0] + address + [0, 4], .disconnected(device: deviceAddress, reason: 4)),
    ([0x0D, 0x00, 2, 0, 8, 0] + address + [0, 4], .connectFailed(device: deviceAddress, status: .init(rawValue: 4))),
    (
      [0x11, 0x00, 2, 0, 8, 0] + address + [1, 5],
      .authenticationFailed(device: deviceAddress, status: .init(rawValue: 5))
    ),
  ]

  @Test(arguments: events)
  func `an event is read`(packet: [UInt8], event: Management.Event) {
    let decoded = Management.decode(packet)
    #expect(decoded?.index == 2)
    #expect(decoded?.event == event)
  }

  @Test(arguments: events)
  func `a packet that is cut short, or longer than it says, is no event`(packet: [UInt8], event: Management.Event) {
    for length in 0..<packet.count { #expect(Management.decode(packet[..<length]) == nil) }
    #expect(Management.decode(packet + [0]) == nil)
    // Short by its own account, too.
    for size in 0..<UInt8(packet.count - 6) where size < 2 {
      #expect(Management.decode(packet[..<4] + [size, 0] + packet[6...].prefix(Int(size))) == nil)
    }
  }

  @Test(arguments: [0x0009, 0x000A, 0x0018, 0x0019, 0x0016, 0x0003] as [UInt16])
  func `no other event is read, those with keys neither`(code: UInt16) {
    let packet =
      [UInt8(code & 0xFF), UInt8(code >> 8), 0, 0, 26, 0, 1] + Self.address + [0, 4] + [UInt8](1...16) + [0]
    #expect(Management.decode(packet) == nil)
  }

  @Test func `another device's event is not told`() {
    let other = Address(bits: 1)
    #expect(LinkEvents.reply(.disconnected(device: other, reason: 4), about: deviceAddress) == nil)
    #expect(LinkEvents.reply(.answer(command: 1, status: .success), about: deviceAddress) == nil)
    let told = LinkEvents.reply(
      .authenticationFailed(device: deviceAddress, status: .init(rawValue: 5)), about: deviceAddress)
    #expect(told?.event == .authenticationFailed)
    #expect(told?.code == 5)
  }

  static let controllerEvents: [([UInt8], ControllerEvent)] = [
    ([0x04, 0x03, 11, 0, 0x01, 0x02] + address + [1, 0], .connected(device: deviceAddress, handle: 0x0201)),
    ([0x04, 0x05, 4, 0, 0x01, 0x02, 0x13], .disconnected(handle: 0x0201)),
    ([0x04, 0x06, 3, 6, 0x01, 0x02], .authenticated(handle: 0x0201, status: 6)),
    // The upper bits of a handle are reserved.
    ([0x04, 0x06, 3, 0, 0xFF, 0xFF], .authenticated(handle: 0x0FFF, status: 0)),
  ]

  @Test(arguments: controllerEvents)
  func `a controller's event is read, and none that is cut short or longer than it says`(
    packet: [UInt8], event: ControllerEvent
  ) {
    #expect(ControllerEvent(packet) == event)
    for length in 0..<packet.count { #expect(ControllerEvent(packet[..<length]) == nil) }
    #expect(ControllerEvent(packet + [0]) == nil)
  }

  @Test(arguments: [0x18, 0x17, 0x0E, 0x31, 0x36, 0x02] as [UInt8])
  func `no other event of a controller is read, those with keys neither`(code: UInt8) {
    #expect(ControllerEvent([0x04, code, 23] + Self.address + [UInt8](1...16) + [4]) == nil)
    #expect(ControllerEvent([0x01, 0x0B, 0x04, 22] + Self.address + [UInt8](1...16)) == nil)
  }

  @Test func `a link that did not come about, or did not end, is none`() {
    #expect(ControllerEvent([0x04, 0x03, 11, 4, 0x01, 0x02] + Self.address + [1, 0]) == nil)
    #expect(ControllerEvent([0x04, 0x05, 4, 0x0C, 0x01, 0x02, 0x13]) == nil)
  }

  @Test(arguments: [(5, 5), (6, 6), (0, nil), (0x18, nil), (0x08, nil)] as [(UInt8, UInt8?)])
  func `only a refused key is one, not any authentication that fails`(status: UInt8, told: UInt8?) {
    var watch = AuthenticationWatch(of: deviceAddress, handle: nil)
    #expect(watch.refusal(.connected(device: deviceAddress, handle: 7)) == nil)
    #expect(watch.refusal(.authenticated(handle: 7, status: status)) == told)
  }

  @Test func `of other links nothing is told, nor of one that has ended`() {
    let other = Address(bits: 1)
    var watch = AuthenticationWatch(of: deviceAddress, handle: 7)
    #expect(watch.refusal(.connected(device: other, handle: 8)) == nil)
    #expect(watch.refusal(.authenticated(handle: 8, status: 6)) == nil)
    #expect(watch.refusal(.disconnected(handle: 8)) == nil)
    #expect(watch.refusal(.authenticated(handle: 7, status: 6)) == 6)
    #expect(watch.refusal(.disconnected(handle: 7)) == nil)
    #expect(watch.refusal(.authenticated(handle: 7, status: 6)) == nil)
    // The number is given to another link.
    #expect(watch.refusal(.connected(device: other, handle: 7)) == nil)
    #expect(watch.refusal(.authenticated(handle: 7, status: 6)) == nil)
  }

  @Test func `the questions about stored keys name one device and never all`() {
    #expect(StoredLinkKeys.question(about: deviceAddress) == .init(opcode: 0x0C0D, parameters: Self.address + [0]))
    #expect(StoredLinkKeys.deletion(of: deviceAddress) == .init(opcode: 0x0C12, parameters: Self.address + [0]))
    #expect(StoredLinkKeys.supportedCommands == .init(opcode: 0x1002, parameters: []))
  }

  @Test(
    arguments: [
      ([0, 4, 0, 1, 0], 1), ([0, 4, 0, 0, 0], 0), ([0, 4, 0, 0x34, 0x12], 0x1234), ([1, 4, 0, 1, 0], nil),
      ([0, 4, 0, 1], nil), ([], nil),
    ] as [([UInt8], UInt16?)])
  func `how many keys were found is read, unless the controller refused`(answer: [UInt8], count: UInt16?) {
    #expect(StoredLinkKeys.found(answer) == count)
  }

  @Test(arguments: [([0, 1, 0], 1), ([0, 0, 0], 0), ([0x0C, 1, 0], nil), ([0, 1], nil)] as [([UInt8], UInt16?)])
  func `how many keys were deleted is read, unless the controller refused`(answer: [UInt8], count: UInt16?) {
    #expect(StoredLinkKeys.deleted(answer) == count)
  }

  @Test(arguments: [(0xA0, true), (0xFF, true), (0x20, false), (0x80, false), (0x00, false)] as [(UInt8, Bool)])
  func `both commands must be there`(octet: UInt8, isSupported: Bool) {
    let answer: [UInt8] = [0, 0, 0, 0, 0, 0, 0, octet] + [UInt8](repeating: 0, count: 57)
    #expect(StoredLinkKeys.isSupported(answer) == isSupported)
    #expect(StoredLinkKeys.isSupported([1] + answer.dropFirst()) == nil)
    #expect(StoredLinkKeys.isSupported(answer.prefix(7)) == nil)
  }

  @Test(
    arguments: [
      ([0x00, 0x06, 0x06], .present, .absent), ([0x06, 0x00, 0x06], .present, .absent),
      ([0x06, 0x06, 0x00], .present, .absent), ([0x00, 0x00, 0x00], .present, .absent),
      ([0x06, 0x06, 0x06], .absent, .absent), ([0x0F, 0x0F, 0x0F], .unknown, .unknown),
      ([0x14, 0x14, 0x14], .unknown, .unknown), ([0x06, 0x0F, 0x06], .unknown, .unknown),
      ([0x06, 0x06, 0x0F], .unknown, .unknown),
    ] as [([UInt8], Holding, Holding)])
  func `what the kernel answered for each kind of address`(statuses: [UInt8], before: Holding, after: Holding) {
    let answers = statuses.map { Management.Status(rawValue: $0) }
    let removal = KernelKey.removal(bredr: answers[0], lowEnergy: Array(answers.dropFirst()))
    #expect(removal.before.holding == before)
    #expect(removal.after == after)
    #expect((removal.reason == nil) == (before != .unknown))
  }
}
