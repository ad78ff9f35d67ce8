import Foundation
import Glibc
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// Which device is meant, chosen on a pseudo-terminal; and where nobody is asked.
@Suite(.timeLimit(.minutes(5))) struct PickerTests {
  private static let devices: [Interface.Device] = {
    var kitchen = Samples.other
    (kitchen.address, kitchen.alias, kitchen.bonded) = ("AC:80:0A:00:00:02", "Kitchen", true)
    kitchen.connected = Samples.headset.connected
    return [Samples.headset, kitchen, Samples.stranger]
  }()
  private static var headset: String { Samples.headset.address }
  private static let kitchen = "AC:80:0A:00:00:02"

  private static func daemon(_ devices: [Interface.Device] = devices) throws -> FakeDaemon {
    let ambiguous = FakeDaemon.Script.error(
      .ambiguousDevice, .init(message: "More than one headset is paired.", candidates: ["Kitchen"]))
    let fine = try FakeDaemon.Script.replies(Control.OperationReply(device: Samples.headset))
    return FakeDaemon([
      .status: try .replies(
        Control.StatusReply(
          version: Control.version, bluez: true, bluezVersion: nil, adapters: [], devices: devices)),
      .block: fine, .pair: ambiguous,
      .connect: .chosen(for: Control.connect) { $0.device == nil || $0.device == "e" ? ambiguous : fine },
    ])
  }

  /// Returns how it ended, what was shown, and which devices the daemon was told.
  private func run(
    _ words: [String], typing keys: String, isDumb: Bool = false, daemon: FakeDaemon? = nil
  ) async throws -> (ending: Ending, text: String, told: [String?]) {
    let daemon = try daemon ?? Self.daemon()
    let (ending, text) = try await daemon.serve { path in
      let terminal = try PseudoTerminal()
      var typed = keys
      var shown: [UInt8] = []
      let sink = TextSink(isTerminal: true, isDumb: isDumb, columns: { 80 }) { bytes in
        shown += bytes
        return 0
      }
      let ending = Commands.run(
        ProcessContext(
          arguments: words, variable: { ["MDRCTL_SOCKET": path][$0] }, results: sink, remarks: sink,
          input: terminal.program, inputIsTerminal: true, interrupts: Interrupts(descriptor: -1) { 0 },
          wait: { entries, limit in
            // As soon as the program wants keys; who waits for more than that is stopped.
            terminal.type(typed.isEmpty ? "\u{04}" : typed)
            typed = ""
            ProcessContext.poll(&entries, atMost: limit)
          }))
      #expect(terminal.givesLines)
      return (ending, String(decoding: shown, as: UTF8.self))
    }
    let told = daemon.events.compactMap { event -> String?? in
      guard case .called(let method, let parameters, _) = event, method != .status else { return nil }
      return .some(parameters.members?["device"]?.string)
    }
    return (ending, text, told)
  }

  @Test(arguments: [
    ("\n", headset), ("\u{1B}[B\n", kitchen), ("\u{1B}OB\u{1B}OA\n", headset), ("kit\n", kitchen),
    ("xx\u{7F}\u{7F}kIT\r", kitchen), ("\u{0E}\u{0E}\u{0E}\u{10}\n", headset), ("nothing\n\u{08}\u{1B}", nil),
  ])
  func `a device that a verb needs is chosen with keys, or by a part of its name`(keys: String, device: String?)
    async throws
  {
    let run = try await run(["block"], typing: keys)
    #expect(run.told == (device.map { [$0] } ?? []))
    #expect(run.ending == .exit(device == nil ? .failed : .ok))
    #expect(run.text.contains("Which device?"))
    #expect(!run.text.contains(Samples.stranger.address))
  }

  @Test func `it is asked when the daemon cannot tell, too, and what was typed is looked for at first`() async throws {
    let unnamed = try await run(["connect"], typing: "\u{1B}[B\n")
    #expect(unnamed.told.first == .some(nil))
    #expect(unnamed.told.count == 2)
    let named = try await run(["connect", "e"], typing: "kit\u{7F}\u{7F}\u{7F}\u{7F}kit\n")
    #expect(named.told == ["e", Self.kitchen])
  }

  @Test func `where lines cannot be rewritten it is a number`() async throws {
    let run = try await run(["block"], typing: "2\n", isDumb: true)
    #expect(run.told == [Self.kitchen])
    #expect(!run.text.contains("\u{1B}"))
    #expect(try await self.run(["block"], typing: "7\n", isDumb: true).told == [])
  }

  @Test(arguments: [["block", "--json"], ["block", "--quiet"], ["rename"], ["pair"]])
  func `nobody is asked by a program, nor where more is missing`(words: [String]) async throws {
    let run = try await run(words, typing: "\n")
    #expect(!run.text.contains("Which device?"))
    #expect(run.ending != .exit(.ok))
  }

  @Test func `of one device, or none, there is no choice`() async throws {
    let run = try await run(["block"], typing: "\n", daemon: try Self.daemon([Samples.headset]))
    #expect(run.text.contains("\"block\" needs DEVICE."))
    #expect(run.ending == .exit(.usage))
  }

  @Test func `no more is shown than fits, and the marked one always is`() {
    var choice = Choice((1...40).map { "Headset \($0)" })
    for _ in 1...24 { choice.press(.down) }
    let lines = choice.lines("Which?", columns: 30)
    #expect(lines.count == 12)
    #expect(lines.contains("> Headset 25"))
    #expect(lines.last == "  (40 in all)")
    #expect(choice.lines("Which?", columns: 8).allSatisfy { displayWidth($0) <= 8 })
    for letter in "39" { choice.press(.letter(letter)) }
    #expect(choice.marked == 38)
  }
}
