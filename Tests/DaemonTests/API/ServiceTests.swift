import Foundation
import Service
import Testing

/// What a service knows of users, and what it says when it is asked by its command line.
@Suite struct ServiceTests {
  private func withFiles(_ logind: String?, _ passwd: String?, _ body: (String, String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mdrctl-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if let logind { try Data(logind.utf8).write(to: URL(fileURLWithPath: "\(folder)/1000")) }
    if let passwd { try Data(passwd.utf8).write(to: URL(fileURLWithPath: "\(folder)/passwd")) }
    try body(folder, "\(folder)/passwd")
  }

  private static let passwd = "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n"

  @Test(
    arguments: [
      ("# This is private data. Do not parse.\nNAME=carol@example.org\nSTATE=active\n", passwd, "carol@example.org"),
      ("STATE=active\n", passwd, "alice"), ("NAME=\n", passwd, "alice"), (nil, passwd, "alice"),
      ("NAME=a\u{1B}[2J\n", passwd, "alice"), (nil, nil, "1000"), (nil, "", "1000"), (nil, "x:1000", "1000"),
      (nil, "alicia:x:10000:1000::/home/alicia:/bin/sh\n", "1000"),
    ] as [(String?, String?, String)])
  func `a user is named without the name service: by logind, then by the local file, then by his number`(
    logind: String?, passwd: String?, name: String
  ) throws {
    try withFiles(logind, passwd) { folder, path in
      #expect(UserNames.name(of: 1000, logind: folder, passwd: path) == name)
    }
  }

  private static let service = ServiceArguments(program: "mdrctl-session", version: "1.2.3", help: "It runs.")

  @Test func `a service that is asked for help or its version tells it, and takes nothing else`() {
    #expect(Self.service.answer(to: []) == nil)
    #expect(Self.service.answer(to: ["--version"])?.text == "mdrctl-session 1.2.3\n")
    let help = Self.service.answer(to: ["--help"])
    #expect(help?.text == "usage: mdrctl-session [--help | --version]\n\nIt runs.\n")
    #expect(help?.status == 0)
    #expect(Self.service.answer(to: ["start"])?.status == 2)
  }

  @Test func `a word that a service sees to itself is left to it, and stands alone`() {
    let service = ServiceArguments(program: "mdrctld", version: "1", others: ["--reload"], help: "It runs.")
    #expect(service.answer(to: ["--reload"]) == nil)
    #expect(service.answer(to: ["--reload", "now"])?.status == 2)
    #expect(service.answer(to: ["--help"])?.text.hasPrefix("usage: mdrctld [--help | --version | --reload]\n") == true)
  }

  // MARK: Numbers of users and groups

  private static let groups = "root:x:0:\nbluetooth:x:112:alice\nblue:x:113:\nshort\nbad:x:y:\n"

  @Test(
    arguments: [
      ("bluetooth", 112), ("blue", 113), ("1000", 1000), ("root", 0), ("4294967295", nil), ("99999999999", nil),
      ("bad", nil), ("short", nil), ("mdrctl-nobody-has-this", nil), ("", nil),
    ] as [(String, UInt32?)])
  func `a group is found in the local file, or given by its number`(name: String, number: UInt32?) throws {
    try withFiles(nil, Self.groups) { _, path in #expect(Accounts.group(name, file: path) == number) }
  }

  @Test func `a user is found in the local file, or given by his number`() throws {
    try withFiles(nil, Self.passwd) { _, path in
      #expect(Accounts.user("alice", file: path) == 1000)
      #expect(Accounts.user("1001", file: path) == 1001)
      #expect(Accounts.user("ali", file: path) == nil)
    }
  }

  @Test(
    arguments: [
      (1000, "bluetooth", true), (1000, "112", true), (1001, "bluetooth", false), (1000, "blue", false),
      (1000, "none", false), (1000, "", false), (1002, "bluetooth", false),
    ] as [(UInt32, String, Bool)])
  func `the local files say who is in a group`(user: UInt32, group: String, isListed: Bool) throws {
    let groups = "root:x:0:\nbluetooth:x:112:carol,alice\nblue:x:113:alicea\nshort\n"
    try withFiles("alice:x:1000:1000::/:\nbob:x:1001:1001::/:\n:x:1002:1::/:\n", groups) { folder, path in
      let users = "\(folder)/1000"
      #expect(Accounts.lists(user, in: group, users: users, groups: path) == isListed)
      #expect(!Accounts.lists(user, in: group, users: "/nonexistent", groups: path))
    }
  }

  @Test func `who is not in the local file is asked of the name service`() {
    #expect(Accounts.group("root", file: "/nonexistent") == 0)
    #expect(Accounts.user("root", file: "/nonexistent") == 0)
  }

  // MARK: The log

  @Test func `how much is logged can be changed for all copies of a log at once`() {
    let log = Log(least: .info)
    let copy = log
    #expect(!copy.isLogged(.debug))
    log.set(least: .debug)
    #expect(copy.isLogged(.debug))
    log.set(least: .error)
    #expect(!copy.isLogged(.warning) && copy.isLogged(.error))
  }
}
