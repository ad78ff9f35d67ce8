package import Vocabulary

extension ErrorCode {
  /// The name on the wire: `org.mdrctl.Control.` and the code in Pascal case.
  package var varlinkName: String {
    let words = rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return "\(Control.interface).\(words.joined())"
  }

  /// The code with a name on the wire.
  package init?(varlinkName: String) {
    guard let code = Self.allCases.first(where: { $0.varlinkName == varlinkName }) else { return nil }
    self = code
  }
}
