import CBlueZ
import DBus
import EventLoop
import Glibc
import Service
import Support
import Vocabulary

@testable import Flush
@testable import Varlink
import enum Interface.Flush

// What the privileged helper is told: by its caller, by bluetoothd's files, by the kernel and by the controller.

private let adapter = Address(bits: 0x001A_7DDA_7113)
private let device = Address(bits: 0x94DB_5600_0001)

/// Both ends of a socket that keeps messages apart, as the kernel's do.
private final class Packets: Sendable {
  private let near: Int32
  let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw SystemError(call: "socketpair", errno: errno)
    }
    (near, far) = (ends[0], ends[1])
  }

  deinit {
    close(near)
    close(far)
  }

  /// What comes out of it by way of the product's own receiver.
  func pass(
    _ packet: [UInt8], room: Int, by receive: (Int32, UnsafeMutablePointer<UInt8>?, Int) -> Int
  ) -> ArraySlice<UInt8>? {
    guard !packet.isEmpty, unsafe send(near, packet, packet.count, 0) == packet.count else { return nil }
    var bytes = [UInt8](repeating: 0, count: room)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { unsafe receive(far, $0.baseAddress, $0.count) }
    precondition(count >= 0 && count <= room, "a packet was lost, or is longer than its room")
    return bytes[..<count]
  }
}

extension Kind {
  /// The helper's interface on files in a directory of their own; the first half of an input is a call, the other one
  /// what bluetoothd's files hold. A key in them comes out of nothing.
  static let flush = Kind(onLoop: "flush") { loop in
    let directory = try TemporaryDirectory()
    let root = directory.path
    for name in ["/\(adapter)", "/\(adapter)/cache", "/\(adapter)/\(device)"] {
      guard unsafe mkdir(root + name, 0o700) == 0 else { throw SystemError(call: "mkdir", errno: errno) }
    }
    let files = BlueZFiles(root: root, owner: geteuid())
    let service = FlushService(
      loop: loop, log: Log(least: .error), bus: BusAddress("unix:path=\(root)/nowhere"),
      adapterIndex: { address throws(SystemError) in
        guard address == adapter else { throw SystemError(call: "looking for the adapter", errno: ENODEV) }
        return 0
      },
      stores: [
        .linkKey: KernelStandIn(), .storedLinkKey: KernelStandIn(), .bond: BondDirectory(files: files),
        .cache: CacheFile(files: files),
      ], endLink: { _ in .success })
    let methods = service.interface.methods.filter { $0.name != Flush.Method.watch.rawValue }
    return { bytes in
      _ = directory
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      let content = parts.count > 1 ? Array(parts[1]) : []
      for name in ["\(adapter)/\(device)/info", "\(adapter)/cache/\(device)"] { replace("\(root)/\(name)", content) }
      guard let parameters = try? JSONValue(parsing: parts[0]) else { return }
      for method in methods {
        let call = Call(
          peer: PeerCredentials(pid: 1, uid: 0, groups: [0]), method: method.name, wantsMore: false, isOneway: false)
        do throws(VarlinkError) {
          let reply = try await method.body(parameters, call) { _ in }
          precondition(!String(decoding: reply.bytes, as: UTF8.self).contains("SECRETKEY"), "a key came out")
        } catch { continue }
      }
    }
  }

  /// The kernel's events of links, by way of the C shim that keeps keys back.
  static let management = Kind("management", longest: 512) { _ in
    let packets = try Packets()
    return { bytes in
      let packet = unsafe packets.pass(bytes, room: 2048) { unsafe Int(cbluez_management_receive($0, $1, $2)) }
      guard let packet else { return }
      // Of the codes that are handed on, the lowest and the highest.
      if packet.count > 1 {
        let code = UInt16(packet[0]) | UInt16(packet[1]) << 8
        precondition((1...0x11).contains(code), "an event was handed on that may carry a key")
      }
      if let (_, event) = Management.decode(packet) {
        _ = LinkEvents.reply(event, about: device)
        if case .answer(_, let status) = event { _ = KernelKey.removal(bredr: status, lowEnergy: [status, .success]) }
      }
    }
  }

  /// The controller's events of links, and its answers about stored keys.
  static let controller = Kind("controller", longest: 512) { _ in
    let packets = try Packets()
    return { bytes in
      var choices = Choices(bytes)
      var watch = AuthenticationWatch(of: device, handle: nil)
      while !choices.isEmpty {
        let bytes = choices.some()
        _ = StoredLinkKeys.isSupported(bytes)
        _ = StoredLinkKeys.found(bytes)
        _ = StoredLinkKeys.deleted(bytes)
        let packet = unsafe packets.pass(bytes, room: 64) { unsafe Int(cbluez_link_events_receive($0, $1, $2)) }
        if let packet, let event = ControllerEvent(packet) { _ = watch.refusal(event) }
      }
    }
  }
}

/// In the place of the kernel's and the controller's keys, which no test may touch.
private struct KernelStandIn: Store {
  func inspect(_ subject: Subject) -> Finding { .present("a key") }
  func flush(_ subject: Subject) -> Removal { .done(inspect(subject)) }
}

/// Writes a file anew.
func replace(_ path: String, _ bytes: [UInt8]) {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  let count = unsafe write(descriptor, bytes, bytes.count)
  precondition(count == bytes.count, "\(path) cannot be written")
  close(descriptor)
}
