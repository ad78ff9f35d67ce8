import Foundation
import Interface
import Testing

@testable import Manual

/// The packages are of the version that the programs tell, and have every page of the manual.
@Suite struct PackagingTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test func `each recipe has the version of the programs`() throws {
    #expect(try text("packaging/debian/changelog").hasPrefix("mdrctl (\(Control.version)) "))
    #expect(try text("packaging/rpm/mdrctl.spec").contains("\nVersion:        \(Control.version)\n"))
    #expect(try text("packaging/arch/PKGBUILD").contains("\npkgver=\(Control.version)\n"))
  }

  @Test func `what takes the programs away takes every page of the manual`() throws {
    let makefile = try text("Makefile")
    let patterns = makefile.matches(of: #/\$\(MANDIR\)/man\?/(\S+)/#).map { String($0.1) }
    for (name, _) in Manual.files {
      #expect(patterns.contains { pattern in unsafe fnmatch(pattern, name, 0) == 0 }, "\(name)")
    }
  }
}
