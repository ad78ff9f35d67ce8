import Knowledge
import Testing

/// Debian's order of versions, on versions that packages had.
@Suite struct VersionTests {
  /// The first is older than the second.
  private static let pairs: [(String, String)] = [
    ("5.66-1", "5.66-1+deb12u1"), ("5.66-1+deb12u1", "5.66-1+deb12u2"), ("5.66-1+deb12u2", "5.82-1"),
    ("5.82-1", "5.82-1.1"), ("5.82-1.1", "5.87-2"), ("5.87-2", "5.87-5"), ("5.87-5", "5.87-10"),
    ("5.9-1", "5.10-1"), ("5.79", "5.82"), ("1.6.9-1", "1.6.9-2"), ("1.6.9-2", "1.6.10-1"),
    ("0.3.65-3+deb12u1", "1.4.2-1"), ("0.4.13-1", "0.5.8-2"), ("0.5.8-2", "0.5.12-1~bpo13+1"),
    ("0.5.12-1~bpo13+1", "0.5.12-1"), ("7.3~rc7-1", "7.3-1"), ("7.3.4-1~bpo13+1", "7.3.4-1"),
    ("6.12.43-1", "6.12.117-1"), ("4.0.0-2", "4.3.1-3"), ("4.3.1-3", "4.3.1-3.1+b1"),
    ("1.14.10-1~deb12u1", "1.14.10-1"), ("1.16.2-2", "1.16.2-8"), ("9.2p1-2+deb12u3", "10.0p1-7"),
    // An epoch counts before everything.
    ("2.0-1", "1:1.0-1"), ("17.0+dfsg1-2", "1:6.3.4-1"),
    // The end comes before everything but a tilde; letters come before other signs.
    ("1.0~~", "1.0~~a"), ("1.0~~a", "1.0~"), ("1.0~", "1.0"), ("1.0", "1.0a"), ("1.0a", "1.0+"), ("1.0a", "1.0b"),
  ]

  @Test(arguments: pairs)
  func `a version stands behind an older one`(older: String, newer: String) {
    #expect(PackageVersion(older) < PackageVersion(newer))
    #expect(!(PackageVersion(newer) < PackageVersion(older)))
    #expect(PackageVersion(older) != PackageVersion(newer))
  }

  @Test(arguments: [("0:5.82-1", "5.82-1"), ("5.082", "5.82"), ("1.0-0", "1.0"), ("1.0", "1.0")])
  func `versions are the same whose numbers are`(one: String, other: String) {
    #expect(PackageVersion(one) == PackageVersion(other))
  }

  @Test func `the upstream version has neither epoch nor revision`() {
    #expect(PackageVersion("1:5.82-1.1").upstream == "5.82")
    #expect(PackageVersion("17.0+dfsg1-2+b1").upstream == "17.0+dfsg1")
    #expect(PackageVersion("2-3-4").upstream == "2-3")
    #expect(PackageVersion("5.82").upstream == "5.82")
  }

  @Test func `any bytes are a version, and the order is one`() {
    var random = SystemRandomNumberGenerator()
    let signs = Array("019az~+-.:".utf8)
    let texts = (0..<40).map { _ in
      String(
        decoding: (0..<Int.random(in: 0...6, using: &random)).map { _ in signs.randomElement() ?? 0x30 }, as: UTF8.self)
    }
    let sorted = texts.map(PackageVersion.init).sorted()
    for (index, version) in sorted.enumerated() {
      for other in sorted[index...] { #expect(!(other < version), "\(other.text) \(version.text)") }
    }
  }
}
