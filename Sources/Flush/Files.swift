internal import BlueZ
internal import Interface
internal import Vocabulary

/// Where bluetoothd keeps its files, and whose they are.
package struct BlueZFiles: Hashable, Sendable {
  let root: String
  let owner: UInt32

  /// Another place than the system's is for tests.
  package init(root: String = "/var/lib/bluetooth", owner: UInt32 = 0) {
    self.root = root
    self.owner = owner
  }

  fileprivate func adapter(_ subject: Subject) throws(FileProblem) -> Directory {
    try Directory(path: root, owner: owner).directory(subject.adapter.description)
  }
}

/// bluetoothd's cache file of a device: what it remembers of name, services and codecs, without any key. It survives
/// RemoveDevice in part or as a whole, and bluetoothd opens it anew each time (bluez `src/device.c`).
struct CacheFile: Store {
  let files: BlueZFiles

  private static let mostRead = 256 * 1024

  func inspect(_ subject: Subject) -> Finding {
    do throws(FileProblem) { return try finding(in: folder(subject), subject.device.description) } catch {
      return error == .missing ? .absent : .unknown(error.cacheSentence)
    }
  }

  func flush(_ subject: Subject) -> Removal {
    let before = inspect(subject)
    guard before.holding == .present else { return .nothing(before) }
    do throws(FileProblem) {
      let folder = try folder(subject)
      try folder.removeFile(subject.device.description)
      try folder.synchronize()
      return .done(before)
    } catch {
      return .failed(before, error.cacheSentence)
    }
  }

  private func folder(_ subject: Subject) throws(FileProblem) -> Directory {
    try files.adapter(subject).directory("cache")
  }

  private func finding(in folder: borrowing Directory, _ name: String) throws(FileProblem) -> Finding {
    let size = try folder.checkFile(name)
    let file = try folder.outline(of: name, most: Self.mostRead)
    let groups = file.groups.isEmpty ? "no groups" : file.groups.joined(separator: ", ")
    return .present("\(groups)\(file.end); \(size) bytes")
  }
}

/// bluetoothd's directory of a device: its bond and its settings. It goes with RemoveDevice; what is left over is loaded
/// again when bluetoothd starts.
struct BondDirectory: Store {
  let files: BlueZFiles

  private static let infoName = "info"
  private static let mostRead = 64 * 1024

  func inspect(_ subject: Subject) -> Finding {
    do throws(FileProblem) { return try finding(in: folder(subject)) } catch {
      return error == .missing ? .absent : .unknown(error.bondSentence)
    }
  }

  func flush(_ subject: Subject) -> Removal {
    let before = inspect(subject)
    guard before.holding == .present else { return .nothing(before) }
    do throws(FileProblem) {
      let adapter = try files.adapter(subject)
      let name = subject.device.description
      let folder = try adapter.directory(name)
      // All of them are looked at before the first is removed: a bond is removed whole or not at all.
      let names = try folder.names()
      for name in names { try folder.checkFile(name) }
      for name in names { try folder.removeFile(name) }
      try folder.synchronize()
      try adapter.removeDirectory(name)
      try adapter.synchronize()
      return .done(before)
    } catch {
      return .failed(before, error.bondSentence)
    }
  }

  private func folder(_ subject: Subject) throws(FileProblem) -> Directory {
    try files.adapter(subject).directory(subject.device.description)
  }

  private func finding(in folder: borrowing Directory) throws(FileProblem) -> Finding {
    let names = try folder.names()
    for name in names { try folder.checkFile(name) }
    var (key, hasKey) = ("no link key", false)
    if names.contains(Self.infoName) {
      let info = try folder.outline(of: Self.infoName, most: Self.mostRead)
      if info.hasLinkKey {
        hasKey = true
        key = info.linkKeyType.map { "link key of type \($0)" } ?? "link key of no known type"
      }
      key += info.end
    }
    let shown = names.isEmpty ? "no files" : "files \(names.map(Self.printable).joined(separator: ", "))"
    return .present("\(key); \(shown)", hasKey: hasKey)
  }

  private static func printable(_ name: String) -> String {
    String(String.UnicodeScalarView(name.unicodeScalars.map { (" "..."~").contains($0) ? $0 : "?" }))
  }
}

extension FileOutline {
  /// Where bluetoothd's reading of it ends, when that is not its end.
  fileprivate var end: String { badLine.map { " before line \($0), which bluetoothd cannot read" } ?? "" }
}

extension FileProblem {
  fileprivate var cacheSentence: String { "BlueZ's cache file is not touched: \(sentence)." }
  fileprivate var bondSentence: String { "BlueZ's directory of the device is not touched: \(sentence)." }
}
