package import Knowledge

extension DefectTable {
  /// Where this computer adds rows, one file for several.
  package static let directory = "/etc/mdrctl/known.d"

  /// Reads all that is known to be broken. What cannot be used of the directory is among the ``DefectTable/faults``.
  package static func read(from directory: String) -> DefectTable {
    var (sources, unread) = Source.added(in: directory)
    do throws(Fault) {
      let own = try Source(file: ownFile, parsing: ownBytes)
      return DefectTable(own: own, added: sources, unread: unread)
    } catch {
      sources.removeAll()
      unread.append(error)
      return DefectTable(unread: unread)
    }
  }
}
