/// All that is known, and which files were refused.
package struct Catalogue: Sendable {
  /// In the order of the files; one that overrides another stands in its place.
  package private(set) var models: [Model] = []
  package private(set) var faults: [Fault]

  /// The knowledge that the program carries, then what this computer adds: a model of the same name overrides the one
  /// before it. A file with a fault is left out as a whole. `unread` are files that got no tree.
  package init(own: Source? = nil, added: [Source] = [], unread: [Fault] = []) {
    faults = unread
    for source in [own].compactMap(\.self) + added {
      do throws(Fault) {
        for model in try source.models() {
          if let index = models.firstIndex(where: { $0.name.isSameWord(as: model.name) }) {
            models[index] = model
          } else {
            models.append(model)
          }
        }
      } catch {
        faults.append(error)
      }
    }
    faults.sort { ($0.file, $0.line ?? 0) < ($1.file, $1.line ?? 0) }
  }

  /// How a device or a word was recognised.
  package enum Recognition: String, Sendable {
    /// By the product id in its Modalias.
    case product
    case name
    /// By the name of its low-energy twin.
    case twin
    /// By the form that its name or icon tells.
    case form
  }

  /// The model of a device: by its Modalias before its names, since a name is whatever somebody gave it. Texts of
  /// strangers are compared by bytes, in which the case of ASCII letters does not matter.
  package func model(modalias: String?, names: [String]) -> (Model, Recognition)? {
    let models = specific
    if let modalias, let model = models.first(where: { $0.match.product.map(modalias.begins) ?? false }) {
      return (model, .product)
    }
    for name in names {
      if let model = models.first(where: { $0.match.names.contains(where: name.isSameWord) }) { return (model, .name) }
    }
    for name in names {
      if let model = models.first(where: { $0.twins.contains(where: name.isSameWord) }) { return (model, .twin) }
    }
    return nil
  }

  /// The model that a person calls so, its twin, or the headsets of a form.
  package func model(called word: String) -> (Model, Recognition)? {
    if let model = models.last(where: { $0.isCalled(word) }) { return (model, .name) }
    return specific.first { $0.twins.contains(where: word.isSameWord) }.map { ($0, .twin) }
  }

  /// Models in whose names the word is a part.
  package func models(like word: String) -> [Model] {
    models.filter { model in ([model.name] + model.aliases).contains { $0.holds(word) } }
  }

  /// The entry for headsets without one of their own, by what their names begin with or BlueZ's icon.
  package func generic(names: [String], icon: String?) -> Model? {
    let generic = models.filter(\.isGeneric)
    return generic.first { model in model.match.prefixes.contains { prefix in names.contains { $0.begins(prefix) } } }
      ?? icon.flatMap { icon in generic.first { $0.match.icons.contains(where: icon.isSameWord) } }
  }

  /// The entry for headsets of a form.
  package func generic(_ form: Model.Form) -> Model? { models.first { $0.isGeneric && $0.form == form } }

  /// What came later comes first.
  private var specific: [Model] { models.reversed().filter { !$0.isGeneric } }
}

extension Model {
  func isCalled(_ word: String) -> Bool { ([name] + aliases).contains(where: word.isSameWord) }

  fileprivate var twins: [String] { match.shadowNames + (match.names + [name]).map { "LE_" + $0 } }
}

extension String {
  /// The same bytes, but for the case of ASCII letters.
  fileprivate func isSameWord(as other: String) -> Bool {
    utf8.count == other.utf8.count && begins(other)
  }

  /// Whether it begins with these bytes, but for the case of ASCII letters.
  fileprivate func begins(_ start: String) -> Bool {
    var bytes = utf8.makeIterator()
    return start.utf8.allSatisfy { byte in bytes.next().map { $0.lowercased == byte.lowercased } ?? false }
  }

  fileprivate func holds(_ part: String) -> Bool {
    let (bytes, part) = (utf8.map(\.lowercased), part.utf8.map(\.lowercased))
    guard !part.isEmpty, part.count <= bytes.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
  }
}

extension UInt8 {
  /// Of an ASCII letter.
  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}

extension Catalogue {
  /// The knowledge that every program carries, as JSON text.
  package static var ownBytes: [UInt8] { PackageResources.models_json }
  /// What it is called in messages.
  package static let ownFile = "mdrctl"
}
