import DBus
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// Connections that nobody asks for, and what users want of them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CallingTests {
  private static let second = "AC:80:0A:2E:00:03"
  private static let usage = Ending(status: ExitCode.usage.rawValue, code: "usage")
  private static var other: Headset { Headset(second, name: "WH-1000XM5") }
  private static var absent: Headset {
    var headset = other
    headset.isInRange = false
    return headset
  }

  private func standing(_ programs: Programs, of device: String = Sony.bonded) async throws -> Standing? {
    try await programs.expect(.ok, "show", device).reply(Control.DeviceReply.self).device.standing
  }

  /// Returns when the headset is connected again. For a moment BlueZ may have an adapter and no device yet.
  private func comesBack(_ programs: Programs) async throws {
    var ending: Ending
    repeat {
      ending = try await programs.mdrctl("wait", Sony.bonded, "--for", "connected", "--timeout", "60", "--json").ending
    } while ending == .failed(.deviceNotFound)
    #expect(ending == .ok)
  }

  private func withBonded(_ headsets: [Headset] = [Sony.earbuds()], _ body: (Programs) async throws -> Void)
    async throws
  {
    try await withPrograms {
      await $0.add(known: headsets, bonded: true)
    } _: {
      try await body($0)
    }
  }

  @Test func `what users want is kept over a restart, shown in its order, and refused where it is none`() async throws {
    try await withBonded([Sony.earbuds(), Self.other]) { programs in
      let off = try await programs.expect(.ok, "autoconnect", "WF-1000XM5", "off").reply(Control.DeviceReply.self)
      #expect(off.device.standing?.state == .notAllowed)
      #expect(off.notStored == nil)
      try await programs.expect(.ok, "priority", "WH-1000XM5", "2")
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      #expect(try await standing(programs)?.autoConnect == false)
      #expect(try await standing(programs, of: Self.second)?.tier == 2)
      let table = try await programs.mdrctl("priority").output
      let names = table.split(separator: "\n").dropFirst().map { String($0.prefix(10)) }
      #expect(names == ["WH-1000XM5", "WF-1000XM5"])
      try await programs.expect(Self.usage, "priority", "WH-1000XM5", "10")
      try await programs.expect(.ok, "autoconnect", "WF-1000XM5", "on")
      #expect(try await standing(programs)?.state == .waiting)
    }
  }

  @Test func `a wish of a newer version, or of a hand, costs no other one`() async throws {
    try await withBonded { programs in
      try await programs.expect(.ok, "priority", Sony.bonded, "3")
      #expect(try await programs.stopDaemon() == 0)
      let path = "\(programs.statePath)/connections"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacingOccurrences(of: "\"tier\":3", with: "\"tier\":77,\"mood\":\"calm\"")
        .write(toFile: path, atomically: true, encoding: .utf8)
      try await programs.startDaemon()
      #expect(try await standing(programs)?.tier == 9)
      try await programs.expect(.ok, "autoconnect", Sony.bonded, "off")
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("calm"))
    }
  }

  @Test
  func `let go for a time it is disconnected and left alone, also by the next daemon, until somebody connects it`()
    async throws
  {
    try await withBonded { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      let reply = try await programs.expect(.ok, "yield", "--for", "10m").reply(Control.OperationReply.self)
      #expect(reply.device?.connected == false)
      #expect(reply.device?.standing?.state == .yielded)
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      let left = try await standing(programs)
      #expect(left?.state == .yielded)
      #expect(left?.next.map { (500_000...600_000).contains($0) } == true)
      try await programs.expect(.ok, "connect", Sony.bonded)
      #expect(try await standing(programs)?.state == .connected)
      try await programs.expect(.ok, "disconnect", Sony.bonded)
      #expect(try await standing(programs)?.state == .disconnected)
    }
  }

  @Test(arguments: ["0s", "10 m", "1d", "99999h", "-5m", "m"])
  func `a time that is none is refused, and nothing is let go`(time: String) async throws {
    try await withBonded { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(Self.usage, "yield", "--for", time)
      #expect(try await standing(programs)?.state == .connected)
    }
  }

  @Test func `a headset that is let go for a time is called when that is over`() async throws {
    try await withBonded { programs in
      try await programs.expect(.ok, "yield", Sony.bonded, "--for", "1s")
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
      #expect(try await standing(programs)?.state == .connected)
    }
  }

  @Test func `take connects it, and lets the others here go, who are not called back`() async throws {
    try await withBonded([Sony.earbuds(), Self.other]) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.ok, "yield", Self.second)
      let taken = try await programs.expect(.ok, "take", Self.second).reply(Control.OperationReply.self)
      #expect(taken.device?.connected == true)
      #expect(taken.proofs?.contains { $0.what == .a2dp && $0.proven } == true)
      #expect(try await standing(programs)?.state == .disconnected)
    }
  }

  @Test func `a headset that cannot be taken costs nobody the one that is there`() async throws {
    try await withBonded([Sony.earbuds(), Self.absent]) { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.expect(.failed(.pageTimeout), "take", Self.second)
      #expect(try await standing(programs)?.state == .connected)
    }
  }

  @Test func `a bond that is forgotten is not remembered as let go`() async throws {
    try await withBonded { programs in
      try await programs.expect(.ok, "yield", Sony.bonded)
      try await programs.expect(.ok, "forget", Sony.bonded, "--yes")
      let text = try String(contentsOfFile: "\(programs.statePath)/holds", encoding: .utf8)
      #expect(!text.contains("yielded"))
    }
  }

  @Test func `one that another program disconnects is left alone, too, right after it was paired`() async throws {
    try await withPrograms(version: .v5_87) {
      await $0.add(Sony.pairing())
      await $0.add(known: [Self.other], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Self.second)
      try await programs.expect(.ok, "pair", "WH-1000XM4")
      try await programs.expect(.ok, "disconnect", Self.second)
      let client = try await Connection.open(programs.bus, on: programs.simulator.loop)
      let path = try #require(await programs.simulator.object(of: Sony.new))
      try await client.call(Message(call: "Disconnect", on: path, interface: "org.bluez.Device1", to: "org.bluez"))
      try await programs.expect(.ok, "wait", Sony.new, "--for", "disconnected", "--timeout", "60")
      while try await standing(programs, of: Sony.new)?.state == .waiting {}
      #expect(try await standing(programs, of: Sony.new)?.state == .disconnected)
      await client.close()
    }
  }

  @Test func `one that hangs up is left alone where BlueZ tells why a link ends`() async throws {
    try await withPrograms(version: .v5_87) {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.simulator.happen(.disconnectFromHeadset(Sony.bonded))
      // For a moment it may be the beginning of something else: an adapter that goes takes its links along first.
      while try await standing(programs)?.state != .left {}
    }
  }

  @Test(arguments: [Happening.plug("hci0"), .plugAs("hci0", "hci3")])
  func `a controller that is put in again costs the connection for a moment, whatever it is called then`(
    _ happening: Happening
  ) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds(), Self.other], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.simulator.happen(.unplug("hci0"))
      try await programs.simulator.happen(happening)
      try await comesBack(programs)
      #expect(try await standing(programs)?.state == .connected)
      #expect(try await standing(programs, of: Self.second)?.state != .connected)
    }
  }

  @Test(arguments: BluezVersion.allCases, [Happening.restartBluez, .crashBluez])
  func `a restart of bluetoothd costs the connection for a moment`(
    version: BluezVersion, happening: Happening
  ) async throws {
    try await withPrograms(version: version) {
      await $0.add(known: [Sony.earbuds(), Self.other], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", Sony.bonded)
      try await programs.simulator.happen(happening)
      try await comesBack(programs)
      #expect(try await standing(programs)?.state == .connected)
      #expect(try await standing(programs, of: Self.second)?.state != .connected)
    }
  }

  @Test func `after a time without sound it is let go, and called when something plays`() async throws {
    try await withBonded { programs in
      try programs.configure("[Connection]\nIdleRelease=1\n")
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      let session = FakeSession(on: programs.simulator.loop, path: programs.socketPath)
      try await session.join()
      try await session.report()
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "disconnected", "--timeout", "60")
      #expect(try await standing(programs)?.state == .released)
      try await session.play(true)
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "60")
      await session.leave()
    }
  }
}
