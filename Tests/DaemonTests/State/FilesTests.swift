import EventLoop
import Foundation
import Service
import Support
import Testing

@testable import Daemon

@Suite struct FilesTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mdrctl-\(UUID().uuidString)")

  private func inFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
  }

  @Test func `the selected adapter outlives the daemon`() async throws {
    try await inFolder { path in
      let address = try await withEventLoop { loop in
        #expect(await SelectedAdapter(loop: loop, directory: path, log: Log()).select("00:1A:7D:DA:71:13") == nil)
        return await SelectedAdapter(loop: loop, directory: path, log: Log()).address
      }
      #expect(address == "00:1A:7D:DA:71:13")
      #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["adapters"])
    }
  }

  @Test func `only one adapter is the selected one`() async throws {
    try await inFolder { path in
      let address = try await withEventLoop { loop in
        let selected = SelectedAdapter(loop: loop, directory: path, log: Log())
        #expect(await selected.select("00:1A:7D:DA:71:13") == nil)
        #expect(await selected.select("00:1A:7D:DA:71:12") == nil)
        return await SelectedAdapter(loop: loop, directory: path, log: Log()).address
      }
      #expect(address == "00:1A:7D:DA:71:12")
    }
  }

  @Test func `a login that was called for is known after a restart of the daemon, and not after one of the computer`()
    async throws
  {
    try await inFolder { path in
      try await withEventLoop { loop in
        func logins(_ boot: String) -> CalledLogins {
          CalledLogins(loop: loop, directory: path, boot: boot, log: Log())
        }
        let first = logins("one")
        await first.insert(1000)
        await first.insert(1001)
        await first.remove(1001)
        #expect(await logins("one").contains(1000))
        #expect(await !logins("one").contains(1001))
        #expect(await !logins("two").contains(1000))
      }
    }
  }

  @Test func `a pipe in the place of the choice is not waited for`() async throws {
    try await inFolder { path in
      try #require(unsafe mkfifo("\(path)/adapters", 0o600) == 0)
      let address = try await withEventLoop { loop in
        await SelectedAdapter(loop: loop, directory: path, log: Log()).address
      }
      #expect(address == nil)
    }
  }

  @Test(arguments: [
    ("Bonded is true for AC:80:0A:2E:00:02.", "Bonded is true for AC:80:0A:xx:xx:xx."),
    ("/org/bluez/hci0/dev_AC_80_0A_2E_00_02/sep1", "/org/bluez/hci0/dev_AC_80_0A_xx_xx_xx/sep1"),
    ("ac-80-0a-2e-00-02ac:80:0a:2e:00:02", "ac-80-0a-xx-xx-xxac:80:0a:xx:xx:xx"),
    ("AC:80:0A:2E:00", "AC:80:0A:2E:00"), ("A AC:80:0A:2E:00:0", "A AC:80:0A:2E:00:0"), ("", ""),
    ("0000110b-0000-1000-8000-00805f9b34fb", "0000110b-0000-1000-8000-00805f9b34fb"),
    ("journal/001A7DDA7113-AC800A2E0002.new", "journal/001A7Dxxxxxx-AC800Axxxxxx.new"),
    ("AC800A2E000", "AC800A2E000"), ("AC800A2E00021", "AC800A2E00021"),
  ])
  func `the log has no whole addresses`(text: String, logged: String) {
    #expect(withoutAddresses(text) == logged)
  }

  @Test func `without a state directory a choice lasts as long as the daemon`() async throws {
    let address = try await withEventLoop { loop in
      let selected = SelectedAdapter(loop: loop, directory: nil, log: Log())
      #expect(await selected.select("00:1A:7D:DA:71:13") == "mdrctld has no state directory.")
      return await selected.address
    }
    #expect(address == "00:1A:7D:DA:71:13")
  }

  @Test(arguments: [("soft", true), ("hard", true), ("other", false)])
  func `an adapter is blocked by a switch of its own`(kind: String, isBlocked: Bool) async throws {
    try await inFolder { path in
      let rfkill = "\(path)/hci0/rfkill3"
      try FileManager.default.createDirectory(atPath: rfkill, withIntermediateDirectories: true)
      try "0\n".write(toFile: "\(rfkill)/soft", atomically: false, encoding: .utf8)
      try "0\n".write(toFile: "\(rfkill)/hard", atomically: false, encoding: .utf8)
      #expect(!Rfkill.blocks("hci0", sysfs: path))
      try "1\n".write(toFile: "\(rfkill)/\(kind)", atomically: false, encoding: .utf8)
      #expect(Rfkill.blocks("hci0", sysfs: path) == isBlocked)
      #expect(!Rfkill.blocks("hci1", sysfs: path))
    }
  }

  @Test(arguments: ["", "hci", "hci0/../..", "../hci0", "hci*", "hci\u{663}", "usb0"])
  func `a name that is no adapter's never reaches the file system`(name: String) {
    #expect(!Rfkill.blocks(name, sysfs: "/"))
  }
}
