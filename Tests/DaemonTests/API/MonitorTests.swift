import Core
import EventLoop
import Service
import Support
import Testing

@testable import BlueZ
@testable import Daemon
@testable import Varlink

@Suite struct MonitorTests {
  @Test func `a change is encoded once for all monitors, and those that left get none`() async throws {
    try await withEventLoop { loop in
      let log = Log()
      let tree = ObjectTree(on: loop)
      let journal = Journal(loop: loop, directory: nil, log: log)
      let history = BondHistory(loop: loop, directory: nil, boot: nil, log: log)
      let mirror = BlueZMirror(tree: tree)
      let world = LiveWorld(
        mirror, journal: journal, history: history,
        preferences: Preferences(loop: loop, directory: nil, log: log), sessions: Sessions(loop: loop, log: log),
        holds: Holds(loop: loop, directory: nil, log: log), words: HeadsetWords(loop: loop),
        rules: { CallRules() })
      let selected = SelectedAdapter(loop: loop, directory: nil, log: log)
      let hub = MonitorHub(
        resolver: Resolver(world: world, history: history, journal: journal, selected: selected),
        headsets: Headsets(mirror: mirror, words: HeadsetWords(loop: loop), idle: { .seconds(30) }, log: log))
      let frames = Locked<[[UInt8]]>([])
      var numbers: [Int] = []
      for _ in 0..<3 { numbers.append(await hub.join { reply in frames.withLock { $0.append(reply.frame) } }) }
      #expect(frames.withLock { $0.count } == 3)

      await tree.tell(.bluezVanished)
      let places = frames.withLock { frames in
        frames.dropFirst(3).map { frame in unsafe frame.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
      }
      #expect(places.count == 3)
      #expect(Set(places).count == 1)

      for number in numbers.dropFirst() { await hub.leave(number) }
      await tree.tell(.bluezVanished)
      #expect(frames.withLock { $0.count } == 7)
      await hub.leave(numbers[0])
      await tree.tell(.bluezVanished)
      #expect(frames.withLock { $0.count } == 7)
    }
  }
}
