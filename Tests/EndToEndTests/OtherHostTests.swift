import Foundation
import Interface
import Simulator
import Support
import Testing

/// `mdrctl --host` with a program in the place of ssh, which runs the command here, by a shell that is to be named.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OtherHostTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// The words that run mdrctl with this script as ssh.
  private func mdrctl(
    _ arguments: [String], ssh script: String, shell: String = "sh", in programs: Programs
  ) async throws -> [String] {
    let path = "\(directory.path)/ssh"
    // By another program: who starts one while this process writes the file would keep it open, and so "busy".
    let writing = #"rm -f "$0"; printf '#!/bin/sh\n%s\n' "$1" > "$0"; chmod 755 "$0""#
    #expect(try await programs.run(["sh", "-c", writing, path, script]).status == 0)
    return ["env", "PATH=\(directory.path):\(Built.directory):/usr/bin:/bin", "REMOTE_SHELL=\(shell)", "mdrctl"]
      + arguments
  }

  /// As sshd does: the user's shell gets the last word of ssh's.
  private static let remote = #"""
    printf '%s\n' "$@" > "$0.words"
    for word do :; done
    exec "$REMOTE_SHELL" -c "$word"
    """#

  private static let shells = ["sh", "bash", "dash", "zsh", "fish"].filter {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  private static func prepare(_ simulator: Simulator) async {
    await simulator.add(known: [Sony.earbuds()], bonded: true)
  }

  @Test(arguments: shells)
  func `every shell hands on the words as they were given`(shell: String) async throws {
    let name = #"a b "c" 'd' $HOME $(id) `id` \ \' \n ! # & ; | < > * ? ~ = % ^ { } [ ] é"# + "\nx"
    try await withPrograms(prepare: Self.prepare) { programs in
      let here = try await programs.json("show", name)
      let words = ["-H", "desk", "--json", "show", name]
      let there = try await programs.run(mdrctl(words, ssh: Self.remote, shell: shell, in: programs))
      #expect(here.error?.message.contains("`id`") == true)
      #expect(there.output == here.output)
    }
  }

  @Test func `results, errors and exit codes are those of a command here`() async throws {
    try await withPrograms(prepare: Self.prepare) { programs in
      for words in [
        ["status"], ["--json", "list"], ["--json", "show", "nobody"], ["wait", "--for", "a2dp", "-t", "0"],
      ] {
        let here = try await programs.start(words).result()
        let there = try await programs.run(mdrctl(["-H", "desk"] + words, ssh: Self.remote, in: programs))
        #expect(there.status == here.status)
        #expect(there.output == here.output)
        #expect(there.errors == here.errors)
      }
    }
  }

  @Test func `without any terminal ssh gets none, and asks for nothing`() async throws {
    try await withPrograms { programs in
      _ = try await programs.run(mdrctl(["-H", "anna@desk", "status"], ssh: Self.remote, in: programs))
      let words = try String(contentsOfFile: "\(directory.path)/ssh.words", encoding: .utf8)
      #expect(words.hasPrefix("-T\n-o\nBatchMode=yes\nanna@desk\nexec sh -c "))
    }
  }

  @Test(arguments: [(255, "no-connection"), (127, "no-mdrctl")])
  func `a connection that fails, or no mdrctl at its end, is an error of its own`(status: Int, code: String)
    async throws
  {
    try await withPrograms { programs in
      let result = try await programs.run(mdrctl(["-H", "desk", "--json"], ssh: "exit \(status)", in: programs))
      #expect(result.ending == Ending(status: 8, code: code))
      #expect(result.error?.hint?.contains("ssh desk mdrctl version") == true)
    }
  }

  @Test func `without ssh it says so`() async throws {
    try await withPrograms { programs in
      let result = try await programs.run([
        "env", "PATH=/nonexistent", "\(Built.directory)/mdrctl", "-H", "desk", "--json",
      ])
      #expect(result.ending == Ending(status: 1, code: "no-ssh"))
    }
  }

  @Test func `a signal goes on to ssh, and mdrctl ends by it`() async throws {
    try await withPrograms { programs in
      let ssh = "trap 'kill $!; exit 255' INT\nsleep 600 > /dev/null 2>&1 &\necho ready\nwait"
      // env becomes mdrctl, so that the process is the one to be told.
      let command = try await programs.launch(mdrctl(["-H", "desk", "monitor"], ssh: ssh, in: programs))
      #expect(await command.wait(for: "ready"))
      command.signal(SIGINT)
      #expect(try await command.result().status == 128 + SIGINT)
    }
  }

  @Test func `behind ssh a command ends when nobody reads its output any more`() async throws {
    try await withPrograms { programs in
      let command = "MDRCTL_ENDS_WITH_OUTPUT=1 \(Built.directory)/mdrctl -q pair --timeout 600"
      let result = try await programs.run(["sh", "-c", "{ { \(command); echo $? >&3; } | true; } 3>&1"])
      #expect(result.lines == ["141"])
    }
  }
}
