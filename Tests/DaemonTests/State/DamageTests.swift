import Core
import EventLoop
import Foundation
import Service
import Support
import Testing
import Vocabulary

@testable import Daemon

/// Numbers in the daemon's files that cannot be, as a hand or a damage may put them there.
@Suite struct DamageTests {
  private static let key = BondKey(
    adapter: Address(bits: 0x001A_7DDA_7113), device: Address(bits: 0x94DB_5600_0001))
  private static let names = #""adapter":"00:1A:7D:DA:71:13","device":"94:DB:56:00:00:01""#

  /// Runs `body` with a file in a state directory.
  private func withFile(
    _ name: String, _ text: String, _ body: @escaping @Sendable (EventLoop, String) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/\(name)"))
    try await withEventLoop { loop in try await body(loop, directory.path) }
  }

  @Test(arguments: [Int.min, -1, .max], [Int.min, -1, .max])
  func `a hold lasts for no longer than a day, whatever its times are`(since: Int, until: Int) async throws {
    let text = #"{"version":1,"devices":[{\#(Self.names),"reason":"yielded","since":\#(since),"until":\#(until)}]}"#
    try await withFile("holds", text) { loop, directory in
      let holds = Holds(loop: loop, directory: directory, log: Log())
      let hold = await holds.hold(on: Self.key)
      #expect((hold != nil) == (until == .max && since < .max))
      #expect(hold?.remaining == (hold == nil ? nil : .seconds(86_400)))
      #expect(hold?.age ?? .zero >= .zero)
    }
  }

  @Test func `a device can be numbered behind the greatest number that there is`() async throws {
    let text = #"{"version":1,"devices":[{"number":\#(Int.max),"address":"94:DB:56:00:00:09","name":"Desk"}]}"#
    try await withFile("recorded", text) { loop, directory in
      let names = RecordedNames(loop: loop, directory: directory, log: Log())
      let number = await names.number(of: Self.key.device, called: "Headset", at: 1_700_000_000)
      #expect(await names.device(number)?.name == "Headset")
      #expect(await names.device(.max)?.name == "Desk")
    }
  }

  @Test func `a use can be noted behind the greatest number that there is`() async throws {
    let users = #"[{"user":1000,"number":\#(Int.max)}]"#
    let text = #"{"version":1,"bonds":[{\#(Self.names),"alias":"Desk","isBond":true,"users":\#(users)}]}"#
    try await withFile("bonds", text) { loop, directory in
      let history = BondHistory(loop: loop, directory: directory, boot: nil, log: Log())
      await history.used(Self.key, by: 1001)
      #expect(await history.use(of: Self.key, by: 1001) == .max)
      await history.used(Self.key, by: 1000)
      #expect(await history.use(of: Self.key, by: 1000) == .max)
    }
  }
}
