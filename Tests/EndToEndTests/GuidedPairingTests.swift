import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// A headset that enters pairing mode only after a person was told how.
@Suite(.serialized, .timeLimit(.minutes(5))) struct GuidedPairingTests {
  private struct Guided: Decodable {
    struct Task: Decodable { let model: String }
    let progress: Progress?
    let guidance: Task?
  }

  private static let hidden = Sony.pairing { $0.isInPairingMode = false }

  @Test func `pair says how the headset gets into pairing mode, and pairs as soon as it is there`() async throws {
    try await withPrograms(helper: .works, prepare: { await $0.add(Self.hidden) }) { programs in
      let command = try programs.start(["pair", "WH-1000XM4", "--json", "--verbose"])
      #expect(await command.wait(for: "\"awaited\""))
      let told = try command.last(Guided.self)
      #expect(told.progress?.awaited?.deed == .pairingMode)
      #expect(told.progress?.awaited?.twin == nil)
      #expect((told.progress?.awaited?.remaining ?? 0) > 50_000)
      #expect(told.guidance?.model == "WH-1000XM4")
      try await programs.simulator.happen(.enterPairingMode(Sony.new))
      let result = try await command.result()
      #expect(result.ending == .ok)
      #expect(try result.reply(Control.OperationReply.self).device?.bonded == true)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test func `a headset of which only the twin is in sight is on, and not in pairing mode`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(Self.hidden)
      // As another program's discovery shows it; ours is of BR/EDR.
      var twin = Headset.twin(of: Self.hidden, address: Sony.twin)
      twin.bearer = .dual
      await $0.add(twin)
    } _: { programs in
      let command = try programs.start(["pair", "WH-1000XM4", "--json", "--verbose"])
      #expect(await command.wait(for: "\"awaited\""))
      let awaited = try #require(try command.last(Guided.self).progress?.awaited)
      #expect(awaited.twin == "LE_WH-1000XM4")
      #expect(awaited.situation.hasPrefix("WH-1000XM4 is switched on, but not in pairing mode: "))
      try await programs.simulator.happen(.enterPairingMode(Sony.new))
      #expect(try await command.result().ending == .ok)
    }
  }

  @Test func `in a script it is one line on standard error`() async throws {
    try await withPrograms(helper: .works, prepare: { await $0.add(Self.hidden) }) { programs in
      let result = try await programs.mdrctl("pair", "WH-1000XM4", "--timeout", "5")
      #expect(result.status == ExitCode.timedOut.rawValue)
      let lines = result.errors.split(separator: "\n").filter { $0.contains("To put a WH-1000XM4 into pairing mode: ") }
      #expect(lines.count == 1)
      #expect(lines.first?.contains("2. Hold POWER for at least 7 seconds.") == true)
      #expect(lines.first?.hasSuffix(" s left)") == true)
    }
  }

  @Test func `repair knows the model by the bond that it has removed`() async throws {
    try await withPrograms(helper: .works) {
      await $0.add(known: [Sony.earbuds { $0.modalias = "usb:v054Cp0CD3d0100" }], bonded: true)
      try await $0.happen(.wipe(Sony.bonded))
    } _: { programs in
      let command = try programs.start(["repair", Sony.bonded, "--yes", "--json", "--verbose"])
      #expect(await command.wait(for: "\"awaited\""))
      let told = try command.last(Guided.self)
      #expect(told.progress?.awaited?.name == "WF-1000XM5")
      #expect(told.progress?.awaited?.address == Sony.bonded)
      // Its name is another model's.
      #expect(told.guidance?.model == "WH-1000XM3")
      try await programs.simulator.happen(.enterPairingMode(Sony.bonded))
      #expect(try await command.result().ending == .ok)
      #expect(await programs.simulator.keysMatch(Sony.bonded))
    }
  }
}
