/// What is known of one model, or of all headsets of a form.
package struct Model: Sendable {
  package enum Form: String, CaseIterable, Sendable {
    case overEar = "over-ear"
    case earbuds
    case neckband
    case speaker
    case wired
  }

  /// How a device is recognised as one of this model.
  package struct Match: Sendable {
    /// What its Modalias begins with: "usb:v054Cp0D58". The registry belongs to it: 054C is Sony's number with USB, and
    /// another company's with the Bluetooth SIG.
    package let product: String?
    package let names: [String]
    /// Names of its low-energy twins, besides "LE_" before its own.
    package let shadowNames: [String]
    /// What names of devices of a form begin with; for generic entries.
    package let prefixes: [String]
    /// BlueZ's icons for devices of a form; for generic entries.
    package let icons: [String]
  }

  /// Where the maker describes it.
  package struct Page: Sendable {
    package let url: String
    /// The address was seen to be right, in print or by reading it; otherwise it was made from those of other models.
    package let isChecked: Bool
  }

  package let name: String
  /// Other names, also wrong ones that guides use.
  package let aliases: [String]
  package let form: Form
  /// It stands for every headset of its form that has no entry.
  package let isGeneric: Bool
  package let match: Match
  package let page: Page?
  package let procedures: [Procedure]
  /// Whether it connects to two devices at a time; nil where that is not known.
  package let hasMultipoint: Bool?
  /// Claims of others about this model that belong to no procedure.
  package let rejected: [Evidence]
  /// What nobody knows of the model, beside what each procedure says of itself.
  package let unknown: [String]
  /// The file that it comes from.
  package let file: String

  package func procedure(_ kind: Procedure.Kind) -> Procedure? { procedures.first { $0.kind == kind } }
}
