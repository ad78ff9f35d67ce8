import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// Wishes that go from one computer to another.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PolicyTests {
  private static let second = "AC:80:0A:2E:00:03"
  private static let third = "AC:80:0A:2E:00:05"
  private static var other: Headset { Headset(second, name: "WH-1000XM5") }

  /// A computer whose adapter has another address.
  private func withOther(_ body: (Programs) async throws -> Void) async throws {
    try await withPrograms(controller: Controller(address: "00:1A:7D:DA:71:70")) {
      await $0.add(Controller("hci7", address: "00:1A:7D:DA:71:77"))
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: {
      try await body($0)
    }
  }

  private func export(_ programs: Programs, _ arguments: String...) async throws -> Control.PolicyReply {
    let result = try await programs.run(["\(Built.directory)/mdrctl", "policy", "export"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Control.PolicyReply.self, from: Data(result.output.utf8))
  }

  private func steps(_ result: CommandResult) throws -> [String: WishState] {
    try result.reply(Control.ImportPolicyReply.self).steps.reduce(into: [:]) {
      $0["\($1.address) \($1.item.rawValue)"] = $1.state
    }
  }

  @Test func `what was wished on one computer is wished on another, whose adapter is another one`() async throws {
    let file = "\(NSTemporaryDirectory())wishes-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await withPrograms {
      await $0.add(known: [Sony.earbuds(), Self.other], bonded: true)
    } _: { here in
      #expect(try await export(here).devices.isEmpty)
      try await here.expect(.ok, "priority", Sony.bonded, "1")
      try await here.expect(.ok, "profile", Sony.bonded, "stereo")
      try await here.expect(.ok, "codec", Sony.bonded, "--prefer", "latency")
      try await here.expect(.ok, "autoconnect", Self.second, "off")
      let written = try await here.expect(.ok, "policy", "export", file).reply(Control.PolicyReply.self)
      #expect(
        written.devices == [
          DeviceWishes(
            address: Sony.bonded, name: "WF-1000XM5", autoConnect: true, tier: 1, policy: .stereo, preference: .latency),
          DeviceWishes(address: Self.second, name: "WH-1000XM5", autoConnect: false, tier: 5),
        ])
      // Here all of it is so.
      let again = try steps(try await here.expect(.ok, "policy", "import", file, "--yes"))
      #expect(Set(again.values) == [.same])
    }
    try await withOther { there in
      try await there.expect(.ok, "priority", Sony.bonded, "3")
      let plan = try await there.expect(.ok, "policy", "import", file, "--dry-run")
      #expect(
        try steps(plan) == [
          "\(Sony.bonded) autoConnect": .same, "\(Sony.bonded) tier": .planned, "\(Sony.bonded) policy": .planned,
          "\(Sony.bonded) preference": .planned, "\(Self.second) autoConnect": .planned,
          "\(Self.second) tier": .same,
        ])
      #expect(try await export(there).devices.map(\.tier) == [3])
      let unasked = try await there.expect(.failed(.needsConsent), "policy", "import", file)
      #expect(unasked.error?.message.contains("Nothing was changed") == true)
      #expect(try await export(there).devices.map(\.tier) == [3])

      let done = try await there.expect(.ok, "policy", "import", file, "--yes").reply(Control.ImportPolicyReply.self)
      #expect(done.steps.filter { $0.state == .done }.count == 4)
      #expect(done.steps.last?.reason?.contains("not paired here yet") == true)
      #expect(done.adapter == "hci0" && done.notStored == nil)
      #expect(try await there.stopDaemon() == 0)
      try await there.startDaemon()
      let now = try await export(there).devices
      #expect(now.map(\.tier) == [1, 5] && now.map(\.autoConnect) == [true, false])
      #expect(now.map(\.policy) == [.stereo, nil])
      // For one adapter alone, and none of the other.
      #expect(try await export(there, "-a", "hci7").devices.isEmpty)
      try await there.expect(.ok, "policy", "import", file, "--yes", "-a", "hci7")
      #expect(try await export(there, "-a", "hci7").devices.count == 2)
    }
  }

  @Test func `another user's own wishes are not told, and are kept`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "priority", Sony.bonded, "7")
      let path = "\(programs.statePath)/connections"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      // Root has none of his own; another user's are not told him.
      #expect(try await programs.stopDaemon() == 0)
      let key = #""adapter":"\#(try adapter(in: text))","device":"\#(Sony.bonded)""#
      let own = "{\(key),\"automatic\":false,\"tier\":2,\"user\":4711}"
      try text.replacingOccurrences(of: #""devices":["#, with: #""devices":[\#(own),"#)
        .write(toFile: path, atomically: true, encoding: .utf8)
      try await programs.startDaemon()
      #expect(try await export(programs).devices.map(\.tier) == [7])
      let kept = try String(contentsOfFile: path, encoding: .utf8)
      #expect(kept.contains("4711"))
    }
  }

  private func adapter(in text: String) throws -> String {
    try String(#require(text.firstMatch(of: /"adapter":"([0-9A-F:]+)"/)).1)
  }

  @Test(arguments: [
    #"{"address":"no","tier":1}"#, #"{"address":"\#(Sony.bonded)","tier":10}"#,
    #"{"address":"\#(Sony.bonded)","tier":0}"#,
    #"{"address":"\#(Self.second)","tier":2},{"address":"\#(Self.second)","tier":3}"#,
    #"{"address":"\#(Sony.bonded.lowercased())","tier":2},{"address":"\#(Sony.bonded)","tier":3}"#,
  ])
  func `one wish that cannot be meant costs all, and nothing is changed`(devices: String) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      let file = "\(programs.statePath)/w.json"
      try #"{"version":1,"devices":[{"address":"\#(Self.third)","tier":4},\#(devices)]}"#
        .write(toFile: file, atomically: true, encoding: .utf8)
      let refused = try await programs.expect(.failed(.invalidArgument), "policy", "import", file, "--yes")
      #expect(refused.error?.message.contains("nothing was changed") == true)
      #expect(refused.error?.evidence != nil)
      try await programs.expect(.failed(.invalidArgument), "policy", "import", file, "--dry-run")
      #expect(try await export(programs).devices.isEmpty)
    }
  }

  @Test func `what has no room is told one by one, and the rest is taken over`() async throws {
    try await withPrograms { programs in
      let file = "\(programs.statePath)/w.json"
      func write(_ range: Range<Int>) throws {
        let devices = range.map { number in
          let (high, low) = (String(number / 256, radix: 16), String(number % 256, radix: 16))
          func octet(_ text: String) -> String { text.count < 2 ? "0" + text : text }
          return #"{"address":"AC:80:0A:2F:\#(octet(high)):\#(octet(low))","tier":1}"#
        }
        try #"{"version":1,"devices":[\#(devices.joined(separator: ","))]}"#
          .write(toFile: file, atomically: true, encoding: .utf8)
      }
      for start in stride(from: 0, to: 896, by: 128) {
        try write(start..<start + 128)
        try await programs.expect(.ok, "policy", "import", file, "--yes")
      }
      try write(896..<1024)
      let last = try steps(try await programs.expect(.ok, "policy", "import", file, "--yes"))
      #expect(last.values.count { $0 == .done } == 104)
      #expect(last.values.count { $0 == .impossible } == 24)
      try write(0..<129)
      try await programs.expect(.failed(.invalidArgument), "policy", "import", file, "--yes")
      #expect(try await programs.mdrctl("policy", "export", "--json").ending == .failed(.failed))
    }
  }

  @Test func `a file at the standard input is taken as well`() async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds()], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "priority", Sony.bonded, "1")
      let mdrctl = "\(Built.directory)/mdrctl"
      let line = "\(mdrctl) policy export | \(mdrctl) --json policy import --yes"
      let result = try await programs.run(["sh", "-c", line])
      #expect(Set(try steps(result).values) == [.same])
    }
  }
}

/// What outlasts a bond.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LastingWishTests {
  @Test func `what is wished of a headset outlasts forgetting it, and a repair`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing())
    } _: { programs in
      try await programs.expect(.ok, "pair", Sony.new)
      try await programs.expect(.ok, "priority", Sony.new, "2")
      try await programs.expect(.ok, "profile", Sony.new, "stereo")
      try await programs.simulator.happen(.wipe(Sony.new))
      try await programs.simulator.happen(.enterPairingMode(Sony.new))
      try await programs.expect(.ok, "repair", Sony.new, "--yes")
      try await programs.expect(.ok, "forget", Sony.new, "--yes")
      try await programs.simulator.happen(.enterPairingMode(Sony.new))
      try await programs.expect(.ok, "pair", Sony.new)
      let device = try await programs.expect(.ok, "show", Sony.new).reply(Control.DeviceReply.self).device
      #expect(device.standing?.tier == 2)
      let sound = try await programs.expect(.ok, "profile", Sony.new).reply(Control.AudioReply.self).audio
      #expect(sound.policy == .stereo)
    }
  }
}
