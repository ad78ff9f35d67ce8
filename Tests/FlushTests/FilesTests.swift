import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Flush

@Suite struct FilesTests {
  private let directory: BlueZDirectory
  private var cache: CacheFile { CacheFile(files: directory.files) }
  private var bond: BondDirectory { BondDirectory(files: directory.files) }

  init() throws { directory = try BlueZDirectory() }

  // MARK: The cache file

  @Test func `a cache file is told with its groups and its size, and removed`() throws {
    try directory.addCache()
    let finding = cache.inspect(subject)
    #expect(finding.holding == .present)
    #expect(finding.detail == "General, ServiceRecords; 60 bytes")
    let removal = cache.flush(subject)
    #expect(removal == .done(finding))
    #expect(!directory.exists(directory.cacheFile))
    #expect(cache.flush(subject) == .nothing(.absent))
  }

  @Test func `looking changes nothing`() throws {
    try directory.addCache()
    try directory.addBond()
    let before = try directory.everything()
    _ = cache.inspect(subject)
    _ = bond.inspect(subject)
    #expect(try directory.everything() == before)
  }

  @Test func `other devices' files stay`() throws {
    try directory.addCache()
    try directory.addBond()
    try directory.write("[General]\n", to: "\(adapterText)/cache/94:DB:56:00:00:02")
    try directory.make("\(adapterText)/94:DB:56:00:00:02")
    try directory.write("[LinkKey]\n", to: "\(adapterText)/94:DB:56:00:00:02/info")
    try directory.write("Discoverable=false\n", to: "\(adapterText)/settings")
    _ = cache.flush(subject)
    _ = bond.flush(subject)
    let left = try directory.everything().keys.filter { directory.isFile("\(directory.outside)/\($0)") }.sorted()
    #expect(
      left == [
        "bluetooth/\(adapterText)/94:DB:56:00:00:02/info", "bluetooth/\(adapterText)/cache/94:DB:56:00:00:02",
        "bluetooth/\(adapterText)/settings",
      ])
  }

  @Test func `without the adapter's directory, or the root, there is nothing`() throws {
    try FileManager.default.removeItem(atPath: directory.path(adapterText))
    #expect(cache.inspect(subject) == .absent)
    #expect(bond.flush(subject) == .nothing(.absent))
    try FileManager.default.removeItem(atPath: directory.root)
    #expect(cache.flush(subject) == .nothing(.absent))
  }

  /// What may stand in the place of a plain file.
  enum Oddity: CaseIterable {
    case link, danglingLink, hardLink, pipe, directory
  }

  private func place(_ oddity: Oddity, at name: String) throws {
    let target = "\(directory.outside)/target"
    try Data("precious".utf8).write(to: URL(filePath: target))
    switch oddity {
    case .link: try directory.link(directory.path(name), to: target)
    case .danglingLink: try directory.link(directory.path(name), to: "/nonexistent")
    case .hardLink: try FileManager.default.linkItem(atPath: target, toPath: directory.path(name))
    case .pipe: try directory.makePipe(name)
    case .directory: try directory.make(name)
    }
  }

  @Test(arguments: Oddity.allCases)
  func `what is no plain file in the cache's place is neither read nor removed`(oddity: Oddity) throws {
    try place(oddity, at: directory.cacheFile)
    let before = try directory.everything()
    let removal = cache.flush(subject)
    #expect(removal.before.holding == .unknown)
    #expect(removal.after == .unknown)
    #expect(removal.reason?.hasPrefix("BlueZ's cache file is not touched: ") == true)
    #expect(directory.exists(directory.cacheFile))
    #expect(try directory.everything() == before)
  }

  @Test(arguments: [adapterText, "\(adapterText)/cache", "\(adapterText)/\(deviceText)"])
  func `a symbolic link in place of a directory is not followed`(name: String) throws {
    try directory.addCache()
    try directory.addBond()
    let moved = "\(directory.outside)/moved"
    try FileManager.default.moveItem(atPath: directory.path(name), toPath: moved)
    try directory.link(directory.path(name), to: moved)
    let before = try directory.everything()
    let removals = [cache.flush(subject), bond.flush(subject)]
    #expect(removals.contains { $0.after == .unknown })
    #expect(
      try directory.everything().filter { $0.key.hasPrefix("moved") } == before.filter { $0.key.hasPrefix("moved") })
  }

  @Test func `the root itself may not be a symbolic link`() throws {
    try directory.addCache()
    let link = "\(directory.outside)/link"
    try directory.link(link, to: directory.root)
    let removal = CacheFile(files: BlueZFiles(root: link, owner: geteuid())).flush(subject)
    #expect(removal.after == .unknown)
    #expect(directory.exists(directory.cacheFile))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"), arguments: [true, false])
  func `what belongs to somebody else is not touched`(isFile: Bool) throws {
    try directory.addCache()
    let name = isFile ? directory.cacheFile : "\(adapterText)/cache"
    try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: directory.path(name))
    #expect(cache.flush(subject).after == .unknown)
    #expect(directory.exists(directory.cacheFile))
  }

  @Test func `a directory that others may write to is not worked in`() throws {
    try directory.addCache()
    let path = directory.path("\(adapterText)/cache")
    try FileManager.default.setAttributes([.posixPermissions: 0o770], ofItemAtPath: path)
    #expect(cache.flush(subject).reason == "BlueZ's cache file is not touched: others may write to its directory.")
    #expect(directory.exists(directory.cacheFile))
  }

  @Test func `a cache file of any size and content can be removed`() throws {
    let text = (0..<100_000).map { "[é\($0)]\n\u{0}\n" }.joined()
    try directory.write(text, to: directory.cacheFile)
    let removal = cache.flush(subject)
    #expect(removal.after == .absent)
    #expect(removal.before.detail?.hasPrefix("??0, ??1, ") == true)
    #expect((removal.before.detail ?? "").count < 400)
  }

  // MARK: The bond

  @Test func `a bond is told with the type of its key and the names of its files, and removed as a whole`() throws {
    try directory.addBond()
    let finding = bond.inspect(subject)
    #expect(finding == .present("link key of type 4; files attributes, info", hasKey: true))
    #expect(bond.flush(subject) == .done(finding))
    #expect(!directory.exists(directory.bond))
    #expect(directory.exists("\(adapterText)/cache"))
  }

  @Test func `settings without a key are told as such`() throws {
    try directory.make(directory.bond)
    #expect(bond.inspect(subject) == .present("no link key; no files", hasKey: false))
    try directory.write("[General]\nBlocked=true\n", to: "\(directory.bond)/info")
    #expect(bond.inspect(subject) == .present("no link key; files info", hasKey: false))
    #expect(bond.flush(subject).after == .absent)
    #expect(!directory.exists(directory.bond))
  }

  @Test func `a key that bluetoothd does not read for a bad line is told as none, and why`() throws {
    try directory.make(directory.bond)
    try directory.write("[General]\nBlocked\n[LinkKey]\nKey=\(secret)\nType=4\n", to: "\(directory.bond)/info")
    let detail = "no link key before line 2, which bluetoothd cannot read; files info"
    #expect(bond.inspect(subject) == .present(detail, hasKey: false))
    #expect(bond.flush(subject).after == .absent)
    #expect(!directory.exists(directory.bond))
  }

  @Test(arguments: Oddity.allCases)
  func `a bond with something odd in it is left whole`(oddity: Oddity) throws {
    try directory.addBond()
    try place(oddity, at: "\(directory.bond)/zzz")
    let before = try directory.everything()
    let removal = bond.flush(subject)
    #expect(removal.after == .unknown)
    #expect(removal.reason?.hasPrefix("BlueZ's directory of the device is not touched: ") == true)
    #expect(try directory.everything() == before)
    #expect(directory.exists("\(directory.bond)/zzz"))
  }

  @Test func `a file in place of the bond's directory is not touched`() throws {
    try directory.write("precious", to: directory.bond)
    #expect(bond.flush(subject).after == .unknown)
    #expect(directory.exists(directory.bond))
  }

  @Test func `a bond with more files than BlueZ makes is left whole`() throws {
    try directory.make(directory.bond)
    for number in 0...64 { try directory.write("", to: "\(directory.bond)/\(number)") }
    let before = try directory.everything()
    #expect(bond.flush(subject).after == .unknown)
    #expect(try directory.everything() == before)
  }

  @Test func `odd file names do not reach a terminal`() throws {
    try directory.addBond()
    try directory.write("", to: "\(directory.bond)/\u{1B}[31mé")
    #expect(bond.inspect(subject).detail == "link key of type 4; files ?[31m?, attributes, info")
  }
}
