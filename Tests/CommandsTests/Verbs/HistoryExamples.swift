import Interface
import Vocabulary

@testable import Commands

extension Example {
  /// A morning, the newest first, as the daemon tells it.
  static let morning: [HistoryEvent] = [
    HistoryEvent(
      time: 1_000_000_061_000, uptime: 61_000, kind: .refused, adapter: "hci0", address: "AC:80:0A:11:22:33",
      name: "WH-1000XM4", text: "connect WH-1000XM4 on hci0", evidence: "org.bluez.Error.Failed: page-timeout\u{7}"),
    HistoryEvent(
      time: 1_000_000_060_000, uptime: 60_000, boot: "0123abcd", kind: .asked, adapter: "hci0",
      address: "AC:80:0A:11:22:33", name: "WH-1000XM4", user: "anna", uid: 1000, verb: "Connect"),
  ]

  /// The clock of the place where this runs.
  private static func clock(_ event: HistoryEvent) -> String { LocalTime(event.time / 1000).clock }

  static let histories: [Example] = [
    Example(
      "history xm4 --since 2001-09-09T01:46:40Z --until 2001-09-09T01:47:41Z -a hci0", calls: Control.history,
      .init(device: "xm4", adapter: "hci0", since: 1_000_000_000_000, until: 1_000_000_061_999),
      answer: .init(events: morning, damaged: 0),
      shows: """
        \(LocalTime(1_000_000_060).date)
          \(clock(morning[1]))  anna asked to connect WH-1000XM4.
          \(clock(morning[0]))  mdrctld asked in vain: connect WH-1000XM4 on hci0.
                    The answer: org.bluez.Error.Failed: page-timeout\u{FFFD}

        """,
      inJSON: [morning[1], morning[0]])
  ]
}
