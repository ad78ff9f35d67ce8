internal import Interface
internal import Vocabulary

/// One layer of this computer that can hold something of a device.
protocol Store: Sendable {
  /// What it holds now. Changes nothing.
  func inspect(_ subject: Subject) -> Finding
  /// Removes what it holds of the device and of nothing else, and tells what it held before and holds after.
  func flush(_ subject: Subject) -> Removal
}

/// What a store holds of a device.
struct Finding: Hashable, Sendable {
  let holding: Flush.Holding
  /// What it is, without secrets.
  let detail: String?
  /// Why it is not known.
  let reason: String?
  /// Of a bond that is present: whether there is a link key with it.
  var hasKey: Bool?

  static let absent = Finding(holding: .absent, detail: nil, reason: nil)
  static func absent(because reason: String) -> Self { Self(holding: .absent, detail: nil, reason: reason) }
  static func present(_ detail: String?, hasKey: Bool? = nil) -> Self {
    Self(holding: .present, detail: detail, reason: nil, hasKey: hasKey)
  }
  static func unknown(_ reason: String) -> Self { Self(holding: .unknown, detail: nil, reason: reason) }
}

/// What a removal has come to.
struct Removal: Hashable, Sendable {
  let before: Finding
  let after: Flush.Holding
  /// Why it was not removed, or why that is not known.
  let reason: String?

  /// There was nothing to do, or it cannot be known.
  static func nothing(_ finding: Finding) -> Self {
    Self(before: finding, after: finding.holding, reason: finding.reason)
  }
  static func done(_ before: Finding) -> Self { Self(before: before, after: .absent, reason: nil) }
  static func failed(_ before: Finding, _ reason: String) -> Self {
    Self(before: before, after: before.holding, reason: reason)
  }
}
