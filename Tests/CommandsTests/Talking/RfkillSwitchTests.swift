import EventLoop
import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Commands

/// What is written to the kernel's rfkill device, and when nothing is.
@Suite struct RfkillSwitchTests {
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "rfkill-\(UUID())")
    try FileManager.default.createDirectory(
      at: directory.appending(path: "hci0/rfkill3"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: directory.appending(path: "hci1"), withIntermediateDirectories: true)
    try Data("0\n".utf8).write(to: directory.appending(path: "hci0/rfkill3/hard"))
    try Data().write(to: device)
  }

  private var device: URL { directory.appending(path: "device") }

  private func unblock(_ adapter: String, device name: String = "device") -> RfkillSwitch.Obstacle? {
    let rfkill = RfkillSwitch(sysfs: directory.path(), device: directory.appending(path: name).path())
    do throws(RfkillSwitch.Obstacle) { try rfkill.unblock(adapter) } catch { return error }
    return nil
  }

  @Test func `the soft block of its own switch is taken away`() throws {
    #expect(unblock("hci0") == nil)
    #expect(try Data(contentsOf: device) == Data([3, 0, 0, 0, 2, 2, 0, 0]))
    try FileManager.default.removeItem(at: directory)
  }

  @Test func `a switch that only a hand can move is left alone`() throws {
    try Data("1\n".utf8).write(to: directory.appending(path: "hci0/rfkill3/hard"))
    #expect(unblock("hci0") == .hard)
    #expect(try Data(contentsOf: device).isEmpty)
    try FileManager.default.removeItem(at: directory)
  }

  @Test(arguments: ["hci1", "hci2", "../hci0", "hci", "", "hci0/rfkill3"])
  func `an adapter without a switch, or what is none, has none`(adapter: String) throws {
    #expect(unblock(adapter) == .missing)
    #expect(try Data(contentsOf: device).isEmpty)
    try FileManager.default.removeItem(at: directory)
  }

  @Test func `a kernel that refuses is told with its reason`() throws {
    guard case .refused(let reason) = unblock("hci0", device: "none/device") else {
      Issue.record("There is no such device.")
      return
    }
    #expect(reason.hasSuffix("none/device: No such file or directory"))
    try FileManager.default.removeItem(at: directory)
  }
}

/// `adapter power on --unblock`.
@Suite(.timeLimit(.minutes(5))) struct UnblockTests {
  /// Two adapters, the second one selected.
  private func serve(
    _ words: [String], blocked: Bool = true,
    _ unblock: @escaping @Sendable (String) throws(RfkillSwitch.Obstacle) -> Void
  ) async throws -> Run {
    var (first, second) = (Samples.adapter, Samples.adapter)
    (first.selected, first.powered, first.blocked) = (false, false, true)
    (second.name, second.address, second.powered, second.blocked) = ("hci1", "00:1A:7D:DA:71:14", false, blocked)
    var status = Samples.status
    status.adapters = [first, second]
    let daemon = try FakeDaemon([.status: .replies(status), .power: .replies(Control.AdapterReply(adapter: second))])
    return try await daemon.serve { try mdrctl(words, socket: $0, in: Terminal(unblock: unblock)) }
  }

  @Test(arguments: [([], "hci1"), (["-a", "hci0"], "hci0"), (["-a", "00-1a-7d-da-71-14"], "hci1")])
  func `the switch of the adapter that is meant is opened`(words: [String], adapter: String) async throws {
    let opened = Locked<[String]>([])
    let run = try await serve(["adapter", "power", "on", "--unblock"] + words) { name in
      opened.withLock { $0.append(name) }
    }
    #expect(run.code == 0)
    #expect(opened.withLock { $0 } == [adapter])
  }

  @Test func `one that is not blocked is left alone`() async throws {
    let run = try await serve(["adapter", "power", "on", "--unblock"], blocked: false) {
      _ throws(RfkillSwitch.Obstacle) in
      throw .hard
    }
    #expect(run.code == 0)
  }

  @Test(arguments: [
    (RfkillSwitch.Obstacle.hard, ErrorCode.adapterBlocked, "A switch of the computer itself blocks hci1."),
    (.missing, .adapterBlocked, "The rfkill switch of hci1 is not to be seen."),
    (.refused("/dev/rfkill: Permission denied"), .notAuthorized, "Seen by: /dev/rfkill: Permission denied"),
  ])
  func `one that cannot be opened is told, and BlueZ is asked nothing`(
    obstacle: RfkillSwitch.Obstacle, code: ErrorCode, words: String
  ) async throws {
    let run = try await serve(["adapter", "power", "on", "--unblock"]) { _ throws(RfkillSwitch.Obstacle) in
      throw obstacle
    }
    #expect(run.ending == .exit(code.exitCode))
    #expect(run.output.isEmpty && run.errors.contains(words))
  }

  @Test func `off takes no block away`() async throws {
    let run = try await serve(["adapter", "power", "off", "--unblock"]) { _ throws(RfkillSwitch.Obstacle) in throw .hard
    }
    #expect(run.ending == .exit(.usage))
  }
}
