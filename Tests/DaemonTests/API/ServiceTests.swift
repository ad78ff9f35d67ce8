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
}
