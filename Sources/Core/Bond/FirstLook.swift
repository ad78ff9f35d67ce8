internal import Vocabulary

/// What the layers held of the devices of a removal before the first of them was removed.
///
/// BlueZ takes its own files and the kernel's key along, so that whoever looks afterwards finds nothing.
struct FirstLook: Equatable, Sendable {
  private var seen: [LayerReport] = []

  mutating func take(_ answer: LayerAnswer, of device: DeviceID, _ layers: [HostLayer]) {
    seen += answer.reports(of: device, layers)
  }

  /// The reports of what was flushed afterwards, with what was there at first.
  func preceding(_ reports: [LayerReport]) -> [LayerReport] {
    reports.map { report in
      guard let first = seen.first(where: { $0.device == report.device && $0.layer == report.layer }) else {
        return report
      }
      return report.preceded(by: first)
    }
  }
}

extension LayerReport {
  /// What is not there any more may have been there before, and went with BlueZ's object.
  fileprivate func preceded(by first: Self) -> Self {
    guard before == .absent, first.before != .absent else { return self }
    var report = self
    report.before = first.before
    report.detail = first.detail
    if first.before == .present { report.done = .removed } else { report.reason = first.reason }
    return report
  }
}
