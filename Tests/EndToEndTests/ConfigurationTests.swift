import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// The built daemon with a configuration of its own.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ConfigurationTests {
  /// What is in force, as "Group.Key": value and origin.
  private func settings(_ programs: Programs) async throws -> [String: ConfigurationEntry] {
    let reply: Control.ConfigurationReply = try await programs.expect(.ok, "config").reply()
    return Dictionary(uniqueKeysWithValues: reply.settings.map { ("\($0.group).\($0.key)", $0) })
  }

  private func reload(_ programs: Programs) async throws -> CommandResult {
    try await programs.run([Built.daemon, "--reload"])
  }

  @Test func `without a file everything is as by default`() async throws {
    try await withPrograms { programs in
      let settings = try await settings(programs)
      #expect(settings.count == 15)
      #expect(settings.values.allSatisfy { $0.origin == .byDefault && $0.value == $0.standard && $0.place == nil })
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.configuration == nil)
    }
  }

  @Test func `a reload puts the files into force, and waits until they are`() async throws {
    try await withPrograms { programs in
      try programs.configure("[Timeouts]\nScan=1\nConnect=20\n")
      try programs.configure("[Timeouts]\nConnect=30\n", in: "mdrctl.conf.d/10-slow.conf")
      #expect(try await reload(programs).status == 0)
      let settings = try await settings(programs)
      #expect(settings["Timeouts.Scan"]?.value == "1")
      #expect(settings["Timeouts.Scan"]?.place == "\(programs.configurationPath)/mdrctl.conf:2")
      #expect(settings["Timeouts.Connect"]?.value == "30")
      #expect(settings["Timeouts.Connect"]?.place == "\(programs.configurationPath)/mdrctl.conf.d/10-slow.conf:2")
      #expect(settings["Timeouts.Pair"]?.origin == .byDefault)
    }
  }

  @Test func `a time of the configuration is the time that a command has`() async throws {
    try await withPrograms { programs in
      try programs.configure("[Timeouts]\nPair=5\n")
      #expect(try await reload(programs).status == 0)
      let result = try await programs.expect(.failed(.notFoundInTime), "pair", "Nobody")
      #expect(result.error?.message.contains("5 s") == true, "\(result.output)")
    }
  }

  @Test func `SIGHUP has the files read again, and ends nothing`() async throws {
    try await withPrograms { programs in
      try programs.configure("[Timeouts]\nScan=7\n")
      #expect(try await programs.run(["kill", "-HUP", "\(programs.daemonProcess)"]).status == 0)
      // Signals are taken before the answer to whoever calls after them: one call has been answered, so they have been.
      try await programs.expect(.ok, "status")
      #expect(try await settings(programs)["Timeouts.Scan"]?.value == "7")
    }
  }

  @Test func `a bad file leaves the old configuration in force, and is told with its line by everything`() async throws
  {
    try await withPrograms { programs in
      try programs.configure("[Timeouts]\nScan=20\n")
      #expect(try await reload(programs).status == 0)
      try programs.configure("[Timeouts]\nScan=30\nPair=1\n")
      let place = "\(programs.configurationPath)/mdrctl.conf:3: "
      let refused = try await reload(programs)
      #expect(refused.status == 1)
      #expect(refused.errors.hasPrefix("mdrctld: \(place)Pair must be "))

      let reply: Control.ConfigurationReply = try await programs.expect(.ok, "config").reply()
      #expect(reply.settings.first { $0.key == "Scan" }?.value == "20")
      #expect(reply.faults.map(\.line) == [3])
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.configuration?.evidence?.hasPrefix(place) == true)
      #expect(try await programs.mdrctl("status").output.contains(place))
      #expect(try await programs.mdrctl("config").output.contains(place))
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      #expect(log.contains("<3>\(place)"))

      try programs.configure("")
      #expect(try await reload(programs).status == 0)
      #expect(try await settings(programs)["Timeouts.Scan"]?.origin == .byDefault)
    }
  }

  @Test func `a daemon that starts with a bad file has defaults, lets only root control, and says so`() async throws {
    try await withPrograms { programs in
      try programs.configure("[Timeouts]\nScan=20\n[Control\n")
      #expect(try await programs.stopDaemon() == 0)
      try await programs.startDaemon()
      let settings = try await settings(programs)
      #expect(settings["Timeouts.Scan"]?.value == "10")
      #expect(settings["Control.Groups"]?.origin == .caution)
      #expect(settings["Control.Groups"]?.value.isEmpty == true)
      let status: Control.StatusReply = try await programs.expect(.ok, "status").reply()
      #expect(status.configuration?.message.contains("nobody but root may control") == true)
      let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
      #expect(log.contains("<4>\(programs.configurationPath)/mdrctl.conf:3: "))
    }
  }

  @Test func `how much is logged can be changed while the daemon runs`() async throws {
    try await withPrograms { programs in
      func log() throws -> String { try String(contentsOfFile: programs.logPath, encoding: .utf8) }
      try await programs.expect(.ok, "adapter", "power", "off")
      #expect(!(try log().contains("<7>")))
      try programs.configure("[General]\nLogLevel=debug\n")
      #expect(try await reload(programs).status == 0)
      try await programs.expect(.ok, "adapter", "power", "on")
      #expect(try log().contains("<7>"))
    }
  }

  @Test func `who names nothing that runs is told so`() async throws {
    try await withPrograms { programs in
      #expect(try await programs.stopDaemon() == 0)
      let result = try await reload(programs)
      #expect(result.status == 1)
      #expect(result.errors.contains("nobody listens"))
    }
  }
}

extension Programs {
  /// Writes a file of the configuration.
  func configure(_ text: String, in name: String = "mdrctl.conf") throws {
    let file = URL(filePath: "\(configurationPath)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
