import DBus
import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileTests {
  private static let status = #"{"method":"org.mdrctl.Control.Status"}"#

  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  /// A client of ours, without any library between.
  private static func dial(_ programs: Programs) throws -> VarlinkPeer {
    try VarlinkPeer(try UnixSocket.connect(path: programs.socketPath).take())
  }

  // MARK: Clients

  @Test(arguments: [
    "{", "[]", "\"Status\"", "{}", "{\"method\":7}", "{\"method\":\"Status\"}", "\u{1}\u{2}", "",
    "{\"method\":\"org.mdrctl.Control.Status\",\"parameters\":[]}", "{\"method\":\"org.mdrctl.Control.Rename\"}",
    "{\"method\":\"org.mdrctl.Control.Pair\",\"parameters\":{\"timeout\":-1}}",
    "{\"method\":\"org.mdrctl.Control.Pair\",\"parameters\":{\"timeout\":9223372036854775807}}",
    #"{"method":"org.mdrctl.Control.Show","parameters":{"device":"\ud800"}}"#,
  ])
  func `a message that makes no sense does the others no harm`(_ message: String) async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await offPool {
        let peer = try Self.dial(programs)
        peer.send(message)
        peer.finishSending()
        while let reply = peer.receive() { #expect(reply.contains("error")) }
      }
      try await programs.expect(.ok, "status")
    }
  }

  @Test func `brackets a hundred thousand deep do no harm`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await offPool {
        let peer = try Self.dial(programs)
        peer.send(String(repeating: "[", count: 100_000))
        peer.finishSending()
        while let reply = peer.receive() { #expect(reply.contains("error")) }
      }
      try await programs.expect(.ok, "status")
    }
  }

  @Test func `a message without end is cut off`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let wasCutOff = try await offPool {
        let peer = try Self.dial(programs)
        let chunk = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
        for _ in 0..<64 { if !peer.send(bytes: chunk) { return true } }
        return peer.receive() == nil
      }
      #expect(wasCutOff)
      try await programs.expect(.ok, "status")
    }
  }

  @Test func `half a message, and one that never reads, hold nobody up`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let half = try Self.dial(programs)
      half.send(bytes: Array(#"{"method":"org.mdrctl"#.utf8))
      let deaf = try Self.dial(programs)
      deaf.send(#"{"method":"org.mdrctl.Control.Monitor","more":true}"#)
      // What it never reads exceeds what the daemon keeps for it.
      try await programs.simulator.happen(.storm(Sony.bonded, 20_000))
      try await offPool {
        // Asks and asks, and does not listen.
        let wordy = try Self.dial(programs)
        for _ in 0..<200 { wordy.send(Self.status) }
      }
      try await programs.expect(.ok, "status")
      for peer in [half, deaf] { peer.close() }
      try await programs.expect(.ok, "status")
    }
  }

  @Test func `what a client wants without an answer ends with him`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(programs.daemonProcess)/fd").count
      }
      let before = try descriptors()
      // A process that is started meanwhile has copies of the callers' ends until it runs its program.
      func isLetGo() async throws { while try descriptors() > before { try await programs.expect(.ok, "status") } }
      // No more at a time than one user may have connections; one that had no answer yet may not even be accepted, and
      // would not be seen.
      for _ in 0..<5 {
        try await offPool {
          for _ in 0..<40 {
            let peer = try Self.dial(programs)
            peer.send(Self.status)
            #expect(peer.receive()?.contains("version") == true)
            peer.send(
              #"{"method":"org.mdrctl.Control.Wait","oneway":true,"parameters":{"device":"nobody","state":"paired"}}"#)
            peer.close()
          }
        }
        try await isLetGo()
      }
      try await offPool {
        for method in ["Monitor", "Scan"] {
          let peer = try Self.dial(programs)
          peer.send(Self.status)
          peer.send(#"{"method":"org.mdrctl.Control.\#(method)","oneway":true,"more":true}"#)
          #expect(peer.receive()?.contains("version") == true)
          #expect(peer.receive() == nil)
        }
      }
      try await isLetGo()
    }
  }

  @Test func `a change without an answer is made although the client has left`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      try await offPool {
        let peer = try Self.dial(programs)
        peer.send(
          #"{"method":"org.mdrctl.Control.Rename","oneway":true,"parameters":{"device":"\#(Sony.bonded)","alias":"Mine"}}"#
        )
        peer.close()
      }
      try await programs.expect(.ok, "wait", "Mine", "--for", "paired", "--timeout", "10")
    }
  }

  @Test func `a reader's failures are not told to the journal`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      func log() throws -> String { try String(contentsOfFile: programs.logPath, encoding: .utf8) }
      let before = try log()
      try await programs.expect(.failed(.deviceNotFound), "wait", "nobody", "--for", "connected")
      try await programs.expect(.failed(.timedOut), "wait", Sony.bonded, "--for", "connected", "--timeout", "0.1")
      try await programs.expect(.failed(.deviceNotFound), "show", "nobody")
      #expect(try log() == before)
    }
  }

  @Test func `a thousand connections leave room for an administrator, and none of them stays`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let accepted = try await offPool {
        var peers: [VarlinkPeer] = []
        for _ in 0..<1_000 { if let peer = try? Self.dial(programs) { peers.append(peer) } }
        return peers.count
      }
      #expect(accepted > 0)
      try await programs.expect(.ok, "status")
      func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(programs.daemonProcess)/fd").count
      }
      // A process that is started meanwhile has copies of the callers' ends until it runs its program.
      while try descriptors() >= 64 { try await programs.expect(.ok, "status") }
    }
  }

  @Test func `a caller that leaves in the middle of a stream is forgotten`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      for _ in 0..<20 {
        let scan = try programs.start(["scan", "--json", "--timeout", "60"])
        #expect(await scan.wait(for: "started"))
        scan.signal(9)
        #expect(try await scan.result().status == 128 + 9)
      }
      while await programs.simulator.discoveryCount() > 0 { try await programs.expect(.ok, "status") }
    }
  }

  @Test func `what waits behind a pairing does not begin when the daemon is told to stop`() async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pairing = .silent })
    } _: { programs in
      let peer = try Self.dial(programs)
      for _ in 0..<3 { peer.send(#"{"method":"org.mdrctl.Control.Pair","parameters":{"device":"WH-1000XM4"}}"#) }
      try await programs.simulator.waitForCall("Pair")
      kill(programs.daemonProcess, SIGTERM)
      var replies: [String] = []
      while let reply = peer.receive() { replies.append(reply) }
      #expect(!replies.isEmpty && replies.allSatisfy { $0.contains("Cancelled") })
      #expect(await programs.simulator.calls("RegisterAgent").count == 1)
      #expect(await programs.simulator.isTidy)
    }
  }

  // MARK: BlueZ

  @Test func `a thousand devices are listed, searched and watched`() async throws {
    try await withPrograms {
      await $0.addCrowd(1_000)
    } _: { programs in
      let list: Control.ListReply = try await programs.expect(.ok, "list", "--all").reply()
      #expect(list.devices.count == 1_000)
      #expect(try await programs.expect(.ok, "list").reply(Control.ListReply.self).devices.count == 100)
      #expect(
        try await programs.expect(.ok, "show", "Crowd 777").reply(Control.DeviceReply.self).device.alias == "Crowd 777")
      try await programs.expect(.failed(.ambiguousDevice), "show", "Crowd")
    }
  }

  @Test(arguments: [
    "\u{1B}]0;title\u{7}evil", "two\nlines", "\u{202E}drawkcab", "  ", "𝕎🎧\u{200D}🎧", "-rf", "${HOME}`id`",
    "\u{7F}\u{9B}31m", String(repeating: "x", count: 248),
  ])
  func `a name can be anything and does nothing to a terminal`(_ name: String) async throws {
    try await withPrograms {
      await $0.add(known: [Headset(Sony.bonded, name: name)], bonded: true)
    } _: { programs in
      for words in [["status"], ["list"], ["show", Sony.bonded], ["disconnect", Sony.bonded]] {
        let text = try await programs.start(words).result()
        #expect(text.status == 0)
        let controls = text.output.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
        #expect(controls.isEmpty, "\(words): \(text.output.debugDescription)")
        #expect(!text.output.contains("\u{202E}"))
      }
      let device = try await programs.expect(.ok, "show", Sony.bonded).reply(Control.DeviceReply.self).device
      #expect(device.name == name)
      try await programs.expect(.ok, "forget", Sony.bonded)
    }
  }

  @Test(arguments: ["x", "\u{e4}"])
  func `names of a megabyte are looked at no further than names go`(letter: String) async throws {
    let endless = String(repeating: letter, count: 1 << 19)
    try await withPrograms {
      await $0.add(known: [Headset(Sony.bonded, name: endless), Headset(Sony.new, name: endless)], bonded: true)
    } _: { programs in
      try await programs.expect(.failed(.deviceNotFound), "show", "nobody")
      let result = try await programs.expect(.failed(.ambiguousDevice), "show", letter + letter)
      #expect(result.error?.candidates?.count == 2)
      #expect(result.output.utf8.count < 2_000)
      let all = try await programs.expect(.ok, "list", "--all").reply(Control.ListReply.self)
      #expect(all.devices.count == 2)
      for name in all.devices.flatMap({ [$0.name ?? "", $0.alias] }) {
        #expect((240...248).contains(name.utf8.count) && name.hasSuffix("\(letter)\u{2026}"))
      }
    }
  }

  @Test(arguments: [
    ["Address": Value.uint32(7)], ["Address": .string("not an address")], ["Name": .uint32(1), "Alias": .bool(true)],
    ["Bonded": .string("yes"), "Paired": .string("yes")], ["UUIDs": .string("110b")], ["Adapter": .string("hci0")],
    ["RSSI": .structure([.string("far"), .byte(1)])], ["Class": .int16(-1), "Modalias": .string("usb:nonsense")],
    ["UUIDs": .strings(["", "x", String(repeating: "0", count: 500)])], ["Unheard": .properties(["of": .bool(true)])],
  ])
  func `a property of another type than expected is no reason to fail`(_ odd: [String: Value]) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.oddProperties = odd }], bonded: true)
      await $0.add(known: [Headset("00:11:22:33:44:55", name: "Speaker")], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "status")
      try await programs.expect(.ok, "show", "Speaker")
      try await programs.simulator.happen(.rename("00:11:22:33:44:55", "Still here"))
      try await programs.expect(.ok, "wait", "Still here", "--for", "paired", "--timeout", "10")
    }
  }

  @Test func `properties may be missing, even the address`() async throws {
    let all: Set<String> = ["Address", "Alias", "Name", "Paired", "Bonded", "Connected", "UUIDs", "Adapter", "Trusted"]
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.missingProperties = all }], bonded: true)
      await $0.add(known: [Headset("00:11:22:33:44:55", name: "Speaker")], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "list", "--all")
      try await programs.expect(.ok, "show", "Speaker")
    }
  }

  @Test(arguments: [
    "org.bluez.Device1", "org.bluez.Battery1", "org.freedesktop.DBus.Properties", "org.bluez.MediaControl1",
  ])
  func `an interface may be missing`(_ interface: String) async throws {
    try await withPrograms {
      await $0.add(known: [Sony.earbuds { $0.missingInterfaces = [interface] }], bonded: true)
      await $0.add(known: [Headset("00:11:22:33:44:55", name: "Speaker")], bonded: true)
    } _: { programs in
      try await programs.expect(.ok, "connect", "Speaker")
      _ = try await programs.json("connect", Sony.bonded)
      let list: Control.ListReply = try await programs.expect(.ok, "list", "--all").reply()
      #expect(list.devices.count == (interface == "org.bluez.Device1" ? 1 : 2))
    }
  }

  @Test(arguments: [
    [Value.string("nonsense")], [], [.objects(["/org/bluez/hci0": ["org.bluez.Adapter1": ["Address": .bool(true)]]])],
    [.objects(["/x": ["org.bluez.Device1": [:]], "/": [:], "/org/bluez/hci0/dev_x": ["org.bluez.Device1": [:]]])],
  ])
  func `the list of all objects can be anything`(_ reply: [Value]) async throws {
    try await withPrograms {
      await Self.prepare($0)
      await $0.inject(Fault("GetManagedObjects", .reply(reply)))
    } _: { programs in
      try await programs.expect(.ok, "status")
      await programs.simulator.clearFaults()
      let monitor = try programs.start(["monitor", "--json"])
      #expect(await monitor.wait(for: "state"))
      try await programs.simulator.happen(.crashBluez)
      #expect(await monitor.wait(for: Sony.bonded))
      try await programs.expect(.ok, "show", Sony.bonded)
      monitor.signal(2)
      _ = try await monitor.result()
    }
  }

  @Test func `signals of any shape are survived`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      let simulator = programs.simulator
      let manager = "org.freedesktop.DBus.ObjectManager"
      let properties = "org.freedesktop.DBus.Properties"
      let device: ObjectPath = "/org/bluez/hci0/dev_AC_80_0A_2E_00_02"
      for arguments in [[], [.string("x")], [.path("/a"), .string("b")], [.path("/a"), .objects([:])]] as [[Value]] {
        try await simulator.emit("InterfacesAdded", of: manager, from: "/", arguments)
        try await simulator.emit("InterfacesRemoved", of: manager, from: "/", arguments)
        try await simulator.emit("PropertiesChanged", of: properties, from: device, arguments)
        try await simulator.emit("Disconnected", of: "org.bluez.Device1", from: device, arguments)
      }
      try await simulator.emit(
        "PropertiesChanged", of: properties, from: device,
        [
          .string("org.bluez.Device1"), .properties(["Connected": .string("maybe"), "Alias": .uint32(1)]),
          .strings(["Name"]),
        ])
      try await simulator.emit(
        "PropertiesChanged", of: properties, from: "/org/bluez/hci9/dev_nobody",
        [.string("org.bluez.Device1"), .properties(["Connected": .bool(true)]), .strings([])])
      try await simulator.emit(
        "InterfacesRemoved", of: manager, from: "/", [.path("/org/bluez/hci9"), .strings(["org.bluez.Adapter1"])])
      try await programs.expect(.ok, "status")
      try await programs.expect(.ok, "connect", Sony.bonded)
    }
  }

  @Test func `answers of any shape are survived`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      for method in ["Connect", "Disconnect", "Set Trusted"] {
        await programs.simulator.inject(Fault(method, .reply([.structure([.string("?")]), .uint32(1)]), times: 1))
      }
      _ = try await programs.json("connect", Sony.bonded, "--timeout", "1")
      _ = try await programs.json("disconnect", Sony.bonded)
      _ = try await programs.json("trust", Sony.bonded)
      try await programs.expect(.ok, "connect", Sony.bonded)
    }
  }
}
