internal import BlueZ
internal import CBlueZ
internal import EventLoop
internal import Interface
internal import Vocabulary

/// Link keys in the controller's own memory (Bluetooth Core, Vol 4 Part E, 7.3.8 to 7.3.10). The kernel deletes them all
/// whenever it switches the controller on, where the controller can.
struct ControllerMemory: Store {
  func inspect(_ subject: Subject) -> Finding {
    do throws(Unanswered) { return try finding(subject) } catch { return .unknown(error.sentence) }
  }

  func flush(_ subject: Subject) -> Removal {
    let before = inspect(subject)
    guard before.holding == .present else { return .nothing(before) }
    do throws(Unanswered) {
      let answer = try send(StoredLinkKeys.deletion(of: subject.device), to: subject)
      guard StoredLinkKeys.deleted(answer) != nil else { throw .refused(status: answer.first) }
      // What it says that it deleted is not what it holds.
      let after = try finding(subject)
      return Removal(
        before: before, after: after.holding,
        reason: after.holding == .absent ? nil : "The controller still has the key after it was told to delete it.")
    } catch {
      return Removal(before: before, after: .unknown, reason: error.sentence)
    }
  }

  private func finding(_ subject: Subject) throws(Unanswered) -> Finding {
    let commands = try send(StoredLinkKeys.supportedCommands, to: subject)
    guard let isSupported = StoredLinkKeys.isSupported(commands) else { throw .refused(status: commands.first) }
    guard isSupported else { return .absent(because: "The controller has no commands for keys of its own.") }
    let answer = try send(StoredLinkKeys.question(about: subject.device), to: subject)
    guard let count = StoredLinkKeys.found(answer) else { throw .refused(status: answer.first) }
    return count > 0 ? .present("a key in the controller") : .absent
  }

  /// How long the controller may take to answer.
  private static let timeout = Duration.seconds(2)
  /// Of the longest parameters that an event can have.
  private static let longestAnswer = 255

  private func send(_ command: StoredLinkKeys.Command, to subject: Subject) throws(Unanswered) -> ArraySlice<UInt8> {
    var answer = [UInt8](repeating: 0, count: Self.longestAnswer)
    let milliseconds = Int32(Self.timeout.nanoseconds / 1_000_000)
    let count = unsafe answer.withUnsafeMutableBufferPointer { room in
      unsafe command.parameters.withUnsafeBufferPointer { parameters in
        unsafe cbluez_hci_command(
          Int32(subject.index), command.opcode, parameters.baseAddress, parameters.count, room.baseAddress, room.count,
          milliseconds)
      }
    }
    do throws(SystemError) { try SystemError.check(count, "HCI command") } catch { throw .system(error) }
    return answer[..<count]
  }

  /// Why the controller's memory is not known.
  private enum Unanswered: Error {
    case system(SystemError)
    /// The HCI status; nil when the answer is too short to have one.
    case refused(status: UInt8?)

    var sentence: String {
      switch self {
      case .system(let error) where error.isNetworkDown: "The controller was not asked: the adapter is off."
      case .system(let error): "The controller was not asked, or did not answer: \(error)."
      case .refused(let status?) where status != 0: "The controller refused: HCI status \(status)."
      case .refused: "The controller's answer is cut short."
      }
    }
  }
}

/// The HCI commands about stored link keys, as bytes. Answers begin with the HCI status, 0 for success.
enum StoredLinkKeys {
  struct Command: Hashable, Sendable {
    let opcode: UInt16
    let parameters: [UInt8]
  }

  /// Read Local Supported Commands.
  static let supportedCommands = Command(opcode: 4 << 10 | 0x0002, parameters: [])

  /// Read Stored Link Key of one device; the last byte 1 would mean all.
  static func question(about device: Address) -> Command {
    Command(opcode: 3 << 10 | 0x000D, parameters: device.littleEndian + [0])
  }

  /// Delete Stored Link Key of one device; the last byte 1 would mean all.
  static func deletion(of device: Address) -> Command {
    Command(opcode: 3 << 10 | 0x0012, parameters: device.littleEndian + [0])
  }

  /// Whether the controller has both commands: octet 6, bits 5 and 7 (Vol 4 Part E, 6.27).
  static func isSupported(_ answer: some Collection<UInt8>) -> Bool? {
    let answer = Array(answer)
    guard answer.count >= 8, answer[0] == 0 else { return nil }
    return answer[7] & 0xA0 == 0xA0
  }

  /// How many keys were found: status, room for keys, keys read.
  static func found(_ answer: some Collection<UInt8>) -> UInt16? {
    var reader = PacketReader(answer)
    guard reader.byte() == 0, reader.number() != nil else { return nil }
    return reader.number()
  }

  /// How many keys were deleted: status, keys deleted.
  static func deleted(_ answer: some Collection<UInt8>) -> UInt16? {
    var reader = PacketReader(answer)
    guard reader.byte() == 0 else { return nil }
    return reader.number()
  }
}
