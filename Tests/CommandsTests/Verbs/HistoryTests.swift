import Interface
import Testing
import Vocabulary

@testable import Commands

/// What happened, as a story.
@Suite(.timeLimit(.minutes(5))) struct HistoryTests {
  private func event(
    _ kind: HistoryKind, name: String? = nil, stranger: Bool? = nil, verb: String? = nil, word: String? = nil,
    text: String? = nil, count: Int? = nil
  ) -> HistoryEvent {
    HistoryEvent(
      time: 0, uptime: 0, kind: kind, adapter: "hci0", name: name, stranger: stranger, user: "anna", verb: verb,
      word: word, text: text, count: count)
  }

  @Test(arguments: HistoryKind.allCases)
  func `every kind of event is a sentence, whatever is not told of it`(kind: HistoryKind) {
    let bare = HistoryEvent(time: 0, uptime: 0, kind: kind)
    for event in [bare, event(kind, name: "Desk", text: "It is so.")] {
      #expect(event.sentence.hasSuffix("."), "\(event.sentence)")
      #expect(event.sentence.first?.isUppercase == true || event.sentence.hasPrefix("mdrctl") || kind.isLowercase)
      #expect(!event.sentence.contains("Optional(") && !event.sentence.contains("  "))
    }
  }

  @Test func `whom it is about is told as far as that is known`() {
    #expect(event(.linked, name: "Desk").sentence == "Desk is connected to the adapter hci0.")
    #expect(
      event(.linked, stranger: true).sentence == "A device that is not paired here is connected to the adapter hci0.")
    #expect(event(.linked).sentence == "A headset that was forgotten is connected to the adapter hci0.")
    #expect(event(.unpaired, word: "forgotten").sentence == "A headset was forgotten.")
    #expect(event(.unpaired, name: "Desk", word: "keyGone").sentence == "The key of Desk was removed.")
  }

  @Test func `decisions, reasons and clocks are told in words`() {
    #expect(
      event(.decided, name: "Desk", word: "call", text: "connect").sentence
        == "mdrctld did it by itself: connect Desk.")
    #expect(event(.decided, name: "Desk", text: "It is let go.").sentence == "Desk: It is let go.")
    #expect(event(.unlinked, name: "Desk", word: "remote").sentence == "Desk is disconnected: it hung up.")
    #expect(event(.unlinked, name: "Desk").sentence == "Desk is disconnected.")
    #expect(event(.clockSet, count: -3_720_000).sentence == "The clock was set back by 1 h 2 min.")
    #expect(event(.clockSet, count: 5_000).sentence == "The clock was set forward by 5 s.")
  }

  @Test(arguments: Control.signatures.filter { $0.role == .control }.map(\.method))
  func `each request is told as what was asked for`(method: Control.Method) {
    let sentence = event(.asked, name: "Desk", verb: method.rawValue).sentence
    #expect(sentence.hasPrefix("anna asked to ") && sentence.hasSuffix("."))
  }

  @Test func `all parts are put together, the oldest first, and damage is told`() async throws {
    let (first, second) = (event(.linked, name: "Desk"), event(.unlinked, name: "Desk"))
    let daemon = FakeDaemon([
      .history: .chosen(for: Control.history) { parameters in
        let reply: Control.HistoryReply =
          parameters.before == nil
          ? .init(events: [second], before: "7", damaged: 1) : .init(events: [first], damaged: 2)
        return (try? .replies(reply)) ?? .init()
      }
    ])
    let run = try await daemon.serve { try mdrctl(["history", "--since", "now"], socket: $0) }
    #expect(daemon.events.count == 2)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.last?.hasSuffix("Desk is disconnected.") == true)
    #expect(run.errors == "mdrctl: 3 lines of the record could not be read, and were left out\n")
  }

  @Test func `a daemon that tells the same for ever is left`() async throws {
    let daemon = FakeDaemon([.history: try .replies(Control.HistoryReply(events: [], before: "7"))])
    let run = try await daemon.serve { try mdrctl(["history"], socket: $0) }
    #expect(daemon.events.count == 2)
    #expect(run.ending == .exit(.ok))
    #expect(run.output.hasPrefix("Nothing was recorded since "))
  }

  @Test func `why nothing is recorded is told`() async throws {
    let reply = Control.HistoryReply(events: [], trouble: Trouble(message: "It is off.", evidence: nil, hint: "Do it."))
    let daemon = FakeDaemon([.history: try .replies(reply)])
    let run = try await daemon.serve { try mdrctl(["history"], socket: $0) }
    #expect(run.errors == "mdrctl: It is off. Do it.\n")
  }

  @Test(arguments: [["--since", "soon"], ["--until", "1"], ["--since", "10m", "--until", "1h"]])
  func `nonsense is a mistake of the caller's`(words: [String]) throws {
    #expect(try mdrctl(["history"] + words).code == 2)
  }
}

extension HistoryKind {
  /// Its sentence begins with the name of a user.
  fileprivate var isLowercase: Bool {
    self == .asked || self == .bluezAppeared || self == .bluezVanished || self == .profile
  }
}
