package import Vocabulary

/// What ends the connection, or cannot be put back. It is never part of a change, and is done with a ``Consent`` only.
package enum Deed: Hashable, Sendable {
  case powerOff
  /// V2 only, and never captured. The link and the bond may go with it.
  case reset(Reset)
  /// Has the headset forget a host.
  case unpair(Address)

  package enum Reset: UInt8, CaseIterable, Sendable {
    case settings
    case everything
  }

  /// Whether the report says that it was done, or not; nil when it says neither.
  func isDone(by report: Report) -> Bool? {
    switch (self, report) {
    case (.reset, .resetResult(let result)): result == .done
    case (.unpair(let address), .hostAction(let result)):
      result.kind == .unpair && result.address == address && result.end != .underWay ? result.end == .done : nil
    default: nil
    }
  }
}

/// What came of ``Deed/reset(_:)``; never captured.
package enum ResetResult: UInt8, CaseIterable, Sendable { case done, leftIsMissing, rightIsMissing }

/// That a person wants one deed, once. It is made where he was asked, and used up by ``Headset/request(for:)``.
package struct Consent: ~Copyable, Sendable {
  let deed: Deed

  package init(to deed: Deed) { self.deed = deed }
}

/// The headset asks whether it shall do what it was told, since that has a consequence.
package struct Alert: Hashable, Sendable {
  /// What it asks. The vendor's numbers: on V1 02 is that a button gets another meaning, 06 multipoint; on V2 06 and 07
  /// are multipoint, 00 to 02 other changes that disconnect.
  package let message: UInt8
  /// Whether it wants a yes or no; else it only tells.
  package let isQuestion: Bool
}
