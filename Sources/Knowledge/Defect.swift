/// Something that is known to be broken: in which versions of what, what shows it, and what helps.
package struct Defect: Sendable {
  /// What has the fault.
  package enum Component: String, CaseIterable, Sendable {
    case bluez
    case kernel
    case pipewire
    case wireplumber
    case pulseaudio
    /// A controller, whatever the versions are.
    case controller
  }

  /// What can be seen of a computer beside its versions.
  package enum Sighting: String, CaseIterable, Sendable {
    /// The kernel has an adapter that was not set up: its address is all zeros, or bluetoothd does not take it.
    case adapterUnusable = "adapter_unusable"
    /// A headset that is paired offers LE Audio.
    case leAudio = "le_audio"
  }

  /// How much it matters to who has the version.
  package enum Weight: String, CaseIterable, Sendable {
    /// It befalls few, or has to meet with something else.
    case note
    case warning
  }

  /// Where something of the row is known from.
  package struct Source: Sendable {
    package let url: String
    package let says: String
  }

  package let name: String
  package let component: Component
  /// The first upstream version that has it; nil where nobody knows the first.
  package let from: PackageVersion?
  /// The first upstream version that is not known to have it; nil where all later ones are.
  package let before: PackageVersion?
  /// Debian's packages that have the cure although their upstream version does not: the first of each upstream version.
  package let cured: [PackageVersion]
  /// The USB numbers of the controllers that it befalls, "10d7:b012"; empty where it may be any.
  package let controllers: [String]
  /// Without these it is not meant.
  package let needs: [Sighting]
  /// With these it has happened; empty where nothing that can be seen shows it.
  package let shownBy: [Sighting]
  package let weight: Weight
  /// It is a published vulnerability.
  package let isSecurity: Bool
  /// What a user meets with, one sentence.
  package let symptom: String
  /// What tells it from other faults.
  package let sign: String
  /// What cures it, or the smallest thing that helps.
  package let cure: String
  /// What has it no more, for people: "BlueZ 5.87".
  package let fixed: String?
  package let sources: [Source]
}

extension Defect {
  /// A component as it is installed, or runs.
  package struct Installed: Sendable {
    /// "5.87"; nil where it is there and does not tell.
    package let upstream: String?
    /// The version of the package; nil where no database that can be read has it.
    package let package: PackageVersion?
    /// Which database says so, "dpkg".
    package let database: String?

    package init(upstream: String?, package: String? = nil, database: String? = nil) {
      self.upstream = upstream
      self.package = package.map(PackageVersion.init)
      self.database = database
    }

    var isDebian: Bool { database == "dpkg" }
  }

  /// What a row means for a computer.
  package enum Judgement: Hashable, Sendable {
    case spared
    /// It has the version, and what is needed besides; `compared` says by which version that was found.
    case affected(compared: String)
    case open(compared: String, because: String)
  }

  /// Judges by the version of the package where Debian's database has it, which may have the cure before upstream has,
  /// and by the upstream version otherwise.
  package func judge(_ installed: Installed?, controllers there: [String], seen: Set<Sighting>) -> Judgement {
    guard needs.allSatisfy(seen.contains), controllers.isEmpty || controllers.contains(where: there.contains) else {
      return .spared
    }
    if component == .controller {
      return .affected(compared: "the controller \(controllers.first(where: there.contains) ?? "")")
    }
    guard let installed else { return .spared }
    guard let upstream = installed.package.map(\.upstream) ?? installed.upstream else {
      return .open(
        compared: component.rawValue, because: "Which version of \(component.rawValue) is there is not known.")
    }
    let compared = compared(installed, upstream)
    guard hits(PackageVersion(upstream)) else { return .spared }
    guard let package = installed.package, installed.isDebian else {
      return isSecurity
        ? .open(compared: compared, because: "A distribution may have cured it in a package of this upstream version.")
        : .affected(compared: compared)
    }
    let ofThis = cured.filter { PackageVersion($0.upstream) == PackageVersion(upstream) }
    if ofThis.contains(where: { $0 <= package }) { return .spared }
    return isSecurity && ofThis.isEmpty
      ? .open(compared: compared, because: "Which package of \(upstream) has the cure is not in the table.")
      : .affected(compared: compared)
  }

  private func hits(_ version: PackageVersion) -> Bool {
    (from.map { $0 <= version } ?? true) && (before.map { version < $0 } ?? true)
  }

  private func compared(_ installed: Installed, _ upstream: String) -> String {
    guard let package = installed.package else { return "the upstream version of \(component.rawValue), \(upstream)" }
    return "the package \(component.rawValue) \(package.text) (\(installed.database ?? "unknown"))"
  }
}
