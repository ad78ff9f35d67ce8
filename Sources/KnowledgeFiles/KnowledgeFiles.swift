package import Knowledge
internal import Varlink

// The KnowledgeFiles layer: the knowledge that the programs carry, and what this computer adds to it in files.

extension Catalogue {
  /// Where this computer adds models, one file for each or for several; `MDRCTL_MODELS` overrides it.
  package static let directory = "/etc/mdrctl/models.d"
  package static let directoryVariable = "MDRCTL_MODELS"

  /// Reads all that is known. What cannot be used of the directory is among the ``Catalogue/faults``; nothing else is
  /// affected by it. Files are taken in the order of their names' bytes. Without the directory there are none.
  package static func read(from directory: String) -> Catalogue {
    var (sources, unread) = Source.added(in: directory)
    do throws(Fault) {
      let own = try Source(file: ownFile, parsing: ownBytes)
      return Catalogue(own: own, added: sources, unread: unread)
    } catch {
      sources.removeAll()
      unread.append(error)
      return Catalogue(added: sources, unread: unread)
    }
  }

  /// What is wrong with the files of the directory, for who does not need the models; nothing is kept.
  package static func faults(in directory: String) -> [Fault] {
    let (sources, unread) = Source.added(in: directory)
    return Catalogue(added: sources, unread: unread).faults
  }
}

extension Source {
  /// A file's content, parsed.
  package init(file: String, parsing bytes: [UInt8]) throws(Fault) {
    do throws(JSONSyntaxError) {
      self.init(file: file, bytes: bytes, tree: Tree(try JSONValue(parsing: bytes)))
    } catch {
      throw Fault(file: file, offset: error.offset, in: bytes, reason: error.reason)
    }
  }
}

extension Tree {
  fileprivate init(_ value: JSONValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let flag): .flag(flag)
      case .integer(let number): .number(Double(number))
      case .number(let number): .number(number)
      case .string(let text): .text(text)
      case .array(let elements): .list(elements.map { Tree($0) })
      // Two names may be one to a dictionary and two to JSON; the rules refuse both, as none is of ASCII.
      case .object(let members):
        .members(Dictionary(members.map { ($0.name, Tree($0.value)) }, uniquingKeysWith: { first, _ in first }))
      }
  }
}
