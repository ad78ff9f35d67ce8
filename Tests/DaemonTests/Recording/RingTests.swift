import EventLoop
import Foundation
import Support
import Testing

@testable import Daemon

/// The bounded file of lines: what stays, what goes, and what damage costs.
@Suite struct RingTests {
  private let directory: TemporaryDirectory
  private var folder: String { "\(directory.path)/ring" }

  init() throws { directory = try TemporaryDirectory() }

  private func open() throws -> Ring { try Ring(folder: folder) }

  private func lines(_ texts: String...) -> [UInt8] { texts.flatMap { Array("\($0)\n".utf8) } }

  /// All lines, the oldest first.
  private func content(_ ring: Ring) throws -> [String] {
    var all: [String] = []
    var place: Int?
    repeat {
      let part = try ring.lines(before: place)
      all += part.lines.map { String(decoding: $0, as: UTF8.self) }
      place = part.next
    } while place != nil
    return all.reversed()
  }

  private var pieces: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

  private func damage(_ piece: String, _ change: (inout Data) -> Void) throws {
    let url = URL(filePath: "\(folder)/\(piece)")
    var data = try Data(contentsOf: url)
    change(&data)
    try data.write(to: url)
  }

  @Test func `lines are read back in their order, also by another run`() throws {
    var ring = try open()
    #expect(try content(ring).isEmpty)
    try ring.append(lines("one", "two"), atMost: 1000)
    try ring.append(lines("three"), atMost: 1000)
    #expect(try content(ring) == ["one", "two", "three"])
    var later = try open()
    try later.append(lines("four"), atMost: 1000)
    #expect(try content(later) == ["one", "two", "three", "four"])
  }

  @Test func `no more is kept than wanted, and the oldest goes first`() throws {
    var ring = try open()
    for number in 0..<100 { try ring.append(lines("line \(1000 + number)"), atMost: 400) }
    let all = try content(ring)
    #expect(ring.size <= 400)
    #expect(ring.size > 250)
    #expect(all == (100 - all.count..<100).map { "line \(1000 + $0)" })
    #expect(try pieces.count <= 4)
    #expect(try content(open()) == all)
  }

  @Test func `less wanted makes it shorter, and nothing wanted empties it`() throws {
    var ring = try open()
    for number in 0..<100 { try ring.append(lines("line \(1000 + number)"), atMost: 800) }
    ring.trim(to: 300)
    #expect(ring.size <= 300)
    #expect(try content(ring).last == "line 1099")
    ring.trim(to: 0)
    #expect(ring.size == 0)
    #expect(try pieces.isEmpty)
  }

  @Test func `a line that was cut off spoils none that is written after it`() throws {
    var ring = try open()
    try ring.append(lines("one", "two"), atMost: 1000)
    try damage(try pieces[0]) { $0.removeLast(2) }
    var later = try open()
    try later.append(lines("three"), atMost: 1000)
    #expect(try content(later) == ["one", "tw", "three"])
  }

  @Test func `more than a block is read in parts, each of whole lines`() throws {
    var ring = try open()
    let texts = (0..<3000).map { "\($0) " + String(repeating: "x", count: $0 % 90) }
    for text in texts { try ring.append(lines(text), atMost: 1 << 20) }
    #expect(try ring.lines(before: nil).next != nil)
    #expect(try content(ring) == texts)
  }

  @Test func `a line without end is passed over, and told`() throws {
    var ring = try open()
    try ring.append(lines("before"), atMost: 1 << 20)
    try damage(try pieces[0]) { $0.append(Data(repeating: 0, count: 3 * Ring.block)) }
    ring = try open()
    try ring.append(lines("after"), atMost: 1 << 20)
    var (place, all, damaged): (Int?, [String], Int) = (nil, [], 0)
    repeat {
      let part = try ring.lines(before: place)
      all += part.lines.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.contains("\0") }
      damaged += part.damaged
      place = part.next
    } while place != nil
    #expect(all == ["after", "before"])
    #expect(damaged > 0)
  }

  @Test func `what is no piece of it is left alone`() throws {
    var ring = try open()
    try ring.append(lines("one"), atMost: 1000)
    for name in ["notes", "-00000000000001", "12"] { try Data("x".utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/000000000000999", withDestinationPath: "/etc/passwd")
    var later = try open()
    #expect(try content(later) == ["one"])
    later.trim(to: 0)
    #expect(try pieces == ["-00000000000001", "000000000000999", "12", "notes"])
  }

  @Test(arguments: [-5, 0, 1, 7, 1 << 40])
  func `any address may be asked for`(address: Int) throws {
    var ring = try open()
    try ring.append(lines("one", "two"), atMost: 1000)
    #expect(try ring.lines(before: address).lines.count <= 2)
  }
}
