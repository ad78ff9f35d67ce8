import EventLoop
import Foundation
import Interface
import Service
import Support
import Testing

@testable import Daemon

@Suite struct ConfigurationTests {
  /// One on a computer where nobody sits but the given user.
  private func open(
    _ folder: ConfigurationFolder, _ loop: EventLoop, verbose: String? = nil, sitting: UInt32? = nil,
    listed: UInt32? = nil
  ) -> Configuration {
    Configuration(
      loop: loop, directory: folder.path, verboseVariable: verbose, log: Log(least: .error),
      isAtSeat: { $0 == sitting }, isListed: { user, group in user == listed && group == "54400" })
  }

  private static let member = PeerCredentials(pid: 1, uid: 54_321, groups: [54_321, 54_400])
  private static let root = PeerCredentials(pid: 1, uid: 0, groups: [0])

  @Test func `what is acceptable is in force after a reload`() async throws {
    let folder = try ConfigurationFolder("[Control]\nGroups=54400\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop)
      #expect(configuration.mayControl(Self.member))
      try folder.write("[Control]\nGroups=\n[Timeouts]\nScan=20\n")
      await configuration.reload()
      #expect(!configuration.mayControl(Self.member))
      #expect(configuration.mayControl(Self.root))
      #expect(configuration.values.scan == .seconds(20))
      #expect(await configuration.faults.isEmpty)
      #expect(await configuration.trouble == nil)
    }
  }

  @Test func `what is not acceptable leaves the old configuration in force, and all of it`() async throws {
    let folder = try ConfigurationFolder("[Control]\nUsers=54321\n[Timeouts]\nScan=20\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop)
      let before = await configuration.inForce
      try folder.write("[Control]\nUsers=\n[Timeouts]\nScan=30\nPair=1\n")
      await configuration.reload()
      #expect(await configuration.inForce == before)
      #expect(configuration.mayControl(Self.member))
      #expect(await configuration.faults.map(\.place) == ["\(folder.main):5"])
      #expect(await configuration.trouble?.message.contains("What was in force before stays in force.") == true)
      try folder.write("[Timeouts]\nScan=30\n")
      await configuration.reload()
      #expect(configuration.values.scan == .seconds(30))
      #expect(await configuration.trouble == nil)
      #expect(!configuration.mayControl(Self.member))
    }
  }

  @Test func `at the start what is not acceptable lets nobody control but root, and is told`() async throws {
    let folder = try ConfigurationFolder("[Control]\nGroups=54400\n[Timeouts]\nScan=20\nPair=1\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop)
      #expect(!configuration.mayControl(Self.member))
      #expect(configuration.mayControl(Self.root))
      #expect(configuration.values.scan == ConfigurationValues().scan)
      #expect(await configuration.trouble?.message.contains("nobody but root may control") == true)
      #expect(await configuration.trouble?.evidence?.hasPrefix("\(folder.main):5: ") == true)
      let cautious = await configuration.reply.settings.filter { $0.origin == .caution }
      #expect(cautious.map(\.key) == ["Groups", "Users", "Seat"])
      try folder.write("[Control]\nGroups=54400\n")
      await configuration.reload()
      #expect(configuration.mayControl(Self.member))
      #expect(await configuration.trouble == nil)
    }
  }

  @Test func `the environment counts more than the file, and is told as the origin`() async throws {
    let folder = try ConfigurationFolder("[General]\nLogLevel=error\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop, verbose: "MDRCTL_VERBOSE")
      for _ in 0..<2 {
        #expect(configuration.values.logLevel == .debug)
        #expect(await configuration.reply.settings.first?.origin == .environment)
        #expect(await configuration.reply.settings.first?.place == "MDRCTL_VERBOSE")
        await configuration.reload()
      }
    }
  }

  @Test func `who asked is told of every reload`() async throws {
    let folder = try ConfigurationFolder()
    try await withEventLoop { loop in
      let configuration = open(folder, loop)
      let count = Locked(0)
      await configuration.onReload { count.withLock { $0 += 1 } }
      await configuration.reload()
      try folder.write("bad")
      await configuration.reload()
      #expect(count.withLock { $0 } == 2)
    }
  }

  // MARK: Who may control

  private func controllers(groups: [String], users: [String]) -> Controllers {
    var values = ConfigurationValues()
    (values.groups, values.users) = (groups, users)
    let numbers: [String: UInt32] = ["bluetooth": 54_400, "anna": 54_321]
    return Controllers(values, group: { numbers[$0] }, user: { numbers[$0] })
  }

  @Test func `members of a group and users who are named may control, and nobody else`() {
    #expect(controllers(groups: ["bluetooth"], users: []).include(Self.member))
    #expect(controllers(groups: [], users: ["anna"]).include(Self.member))
    #expect(!controllers(groups: [], users: []).include(Self.member))
    // A group is no user, and the other way round.
    #expect(!controllers(groups: [], users: ["bluetooth"]).include(Self.member))
    let own = PeerCredentials(pid: 1, uid: geteuid(), groups: [])
    #expect(controllers(groups: [], users: []).include(own))
    #expect(controllers(groups: [], users: []).include(Self.root))
  }

  @Test func `a name that nobody knows lets nobody control, and is told`() {
    let controllers = controllers(groups: ["wheel", "bluetooth"], users: ["nobody-knows"])
    #expect(controllers.groups == [54_400: "bluetooth"] && controllers.users.isEmpty)
    #expect(controllers.unknown.count == 2)
    #expect(controllers.unknown.first?.contains("\"wheel\"") == true)
  }

  private static let stranger = PeerCredentials(pid: 1, uid: 54_500, groups: [54_500])

  @Test func `whoever sits at the computer may control, unless the configuration says otherwise`() async throws {
    let folder = try ConfigurationFolder()
    try await withEventLoop { loop in
      let configuration = open(folder, loop, sitting: Self.stranger.uid)
      #expect(configuration.right(of: Self.stranger) == .seat)
      #expect(configuration.right(of: Self.member) == nil)
      try folder.write("[Control]\nSeat=false\n")
      await configuration.reload()
      #expect(configuration.right(of: Self.stranger) == nil)
      #expect(configuration.right(of: Self.root) == .computer)
    }
  }

  @Test func `the right of the seat goes with the seat, at the next call`() async throws {
    let folder = try ConfigurationFolder()
    try await withEventLoop { loop in
      let sitting = Locked(Self.stranger.uid)
      let configuration = Configuration(
        loop: loop, directory: folder.path, log: Log(least: .error),
        isAtSeat: { user in sitting.withLock { $0 == user } })
      #expect(configuration.mayControl(Self.stranger))
      sitting.withLock { $0 = Self.member.uid }
      #expect(!configuration.mayControl(Self.stranger))
      #expect(configuration.mayControl(Self.member))
    }
  }

  @Test func `a session is entitled by the seat through logind's news, not by a right that it had when it joined`()
    async throws
  {
    let folder = try ConfigurationFolder()
    try await withEventLoop { loop in
      let configuration = open(folder, loop, sitting: Self.stranger.uid)
      #expect(configuration.mayControl(Self.stranger) && !configuration.names(Self.stranger))
    }
  }

  @Test func `a configuration that is not acceptable leaves the seat without the right, too`() async throws {
    let folder = try ConfigurationFolder("[Timeouts]\nPair=1\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop, sitting: Self.stranger.uid)
      #expect(!configuration.mayControl(Self.stranger))
    }
  }

  @Test func `who has come into the group since his session began is told to log in again, and has no right yet`()
    async throws
  {
    let folder = try ConfigurationFolder("[Control]\nGroups=54399;54400\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop, listed: Self.stranger.uid)
      #expect(!configuration.mayControl(Self.stranger))
      let access = configuration.access(of: Self.stranger)
      #expect(!access.control && access.by == .nobody)
      #expect(access.message.hasSuffix("your session began before you were in the group 54400."))
      #expect(access.hint == "Log out and in again.")
    }
  }

  @Test func `everybody is told what he may do, why, and how he comes to more`() async throws {
    let folder = try ConfigurationFolder("[Control]\nGroups=54400\nUsers=54501\n")
    try await withEventLoop { loop in
      let configuration = open(folder, loop, sitting: Self.stranger.uid)
      let named = PeerCredentials(pid: 1, uid: 54_501, groups: [])
      #expect(configuration.access(of: Self.root).by == .computer)
      #expect(configuration.access(of: Self.stranger).by == .seat)
      #expect(configuration.access(of: named).by == .user)
      let member = configuration.access(of: Self.member)
      #expect(member.control && member.by == .group && member.message.contains("group 54400"))
      let other = configuration.access(of: PeerCredentials(pid: 1, uid: 54_502, groups: [54_502]))
      #expect(!other.control && other.by == .nobody)
      let joining = "join the group 54400 (sudo usermod -aG 54400 USER) and log in again."
      #expect(other.hint == "Sit at this computer, or \(joining)")
      try folder.write("[Control]\nGroups=\nSeat=false\n")
      await configuration.reload()
      #expect(configuration.access(of: Self.member).hint == "Have root name you in mdrctl.conf.")
    }
  }
}
