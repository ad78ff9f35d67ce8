import EventLoop
import Foundation
import Interface
import Support
import Testing
import Vocabulary

@testable import Commands

@Suite struct CompletionTests {
  private func complete(_ words: String...) async throws -> [String] {
    let daemon = FakeDaemon([.status: try .replies(Samples.status)])
    let run = try await daemon.serve { try mdrctl(["complete", "--"] + words, socket: $0) }
    return run.output.split(separator: "\n").map(String.init)
  }

  @Test func `the first word is a verb or an option`() async throws {
    #expect(try await complete("sta") == ["status"])
    #expect(try await complete("adap") == ["adapter"])
    #expect(try await complete("--js") == ["--json"])
    #expect(try await complete("").contains("forget"))
    #expect(try await !complete("").contains("complete"))
  }

  @Test func `operands are completed by their kind`() async throws {
    #expect(try await complete("adapter", "") == ["list", "power", "select"])
    #expect(try await complete("cache", "") == ["show"])
    #expect(try await complete("cache", "show", "AC:80:0A:4") == ["AC:80:0A:44:55:66"])
    #expect(try await complete("adapter", "power", "o") == ["on", "off"])
    #expect(try await complete("adapter", "select", "h") == ["hci0"])
    #expect(try await complete("show", "A") == ["AC:80:0A:11:22:33", "AC:80:0A:44:55:66"])
    #expect(try await complete("help", "mon") == ["monitor"])
    #expect(try await complete("completion", "").prefix(3) == ["bash", "zsh", "fish"])
    #expect(try await complete("nonsense", "").isEmpty)
  }

  @Test func `options are completed by what the verb takes, values by what the option takes`() async throws {
    #expect(try await complete("wait", "AC:80:0A:11:22:33", "--f") == ["--for"])
    #expect(try await complete("list", "--f").isEmpty)
    #expect(try await complete("forget", "x", "--re") == ["--reset-cache"])
    #expect(try await complete("repair", "--al") == ["--all-stale"])
    #expect(try await complete("wait", "x", "--for", "") == ["connected", "disconnected", "paired", "a2dp"])
    #expect(try await complete("list", "-a", "") == ["hci0"])
    #expect(try await complete("scan", "--timeout", "").isEmpty)
  }

  @Test func `a policy or a codec is completed where the device may be left out`() async throws {
    #expect(try await complete("profile", "A") == ["AC:80:0A:11:22:33", "AC:80:0A:44:55:66"])
    #expect(try await complete("profile", "st") == ["stereo"])
    #expect(try await complete("profile", "AC:80:0A:11:22:33", "").prefix(4) == ["stereo", "call", "auto", "off"])
    #expect(try await complete("codec", "b") == ["best"])
    #expect(try await complete("codec", "--prefer", "") == ["quality", "latency"])
    #expect(try await complete("why", "--ch") == ["--check"])
  }

  @Test(
    arguments: [
      (["codec", "xm4", ""], ["ldac", "sbc_xq", "best"], "xm4"),
      (["codec", "xm4", "--use", ""], ["ldac", "sbc_xq", "best"], "xm4"),
      (["codec", "--use", "s"], ["sbc_xq"], nil),
    ] as [([String], [String], String?)])
  func `codecs are completed by what the device can use, but for names that a shell would run`(
    words: [String], expected: [String], device: String?
  ) async throws {
    let codecs = ["ldac", "sbc_xq", "$(reboot)", "a;b"].map { SoundCodec(name: $0, description: "", active: false) }
    let reply = Control.AudioReply(device: Samples.headset, audio: Samples.stereo, codecs: codecs)
    let daemon = FakeDaemon([.audio: try .replies(reply)])
    let run = try await daemon.serve { try mdrctl(["complete", "--"] + words, socket: $0) }
    #expect(run.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("--") } == expected)
    #expect(daemon.events == [.call(Control.audio, .init(device: device))])
  }

  @Test func `a device that only waits to be repaired can be completed, and no device twice`() async throws {
    var status = Samples.status
    var known = Samples.unfinished
    known.address = Samples.headset.address
    status.unfinished = [Samples.unfinished, known]
    let daemon = FakeDaemon([.status: try .replies(status)])
    let run = try await daemon.serve { try mdrctl(["complete", "--", "repair", "AC"], socket: $0) }
    #expect(run.output == "AC:80:0A:11:22:33\nAC:80:0A:44:55:66\nAC:80:0A:77:88:99\n")
  }

  @Test func `without a daemon there are still words`() throws {
    #expect(try mdrctl(["complete", "--", "show", "--j"]).output == "--json\n")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `there is a script for each shell`(shell: String) throws {
    let run = try mdrctl(["completion", shell])
    #expect(run.ending == .exit(.ok))
    #expect(run.output.contains("mdrctl complete --"))
  }

  @Test func `the script for bash completes an address past its colons`() throws {
    let script = try mdrctl(["completion", "bash"]).output
    let directory = try TemporaryDirectory()
    let test = """
      mdrctl() { [[ $* == "complete -- show AC:80" ]] && printf 'AC:80:0A:11:22:33\\nAC:80:0A:44:55:66\\n'; }
      \(script)
      COMP_LINE='mdrctl show AC:80' COMP_POINT=17
      _mdrctl
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    try Data(test.utf8).write(to: URL(filePath: directory.path + "/test"))
    // Not Foundation's Process: it leaks, and the leak checker says so.
    guard let bash = unsafe popen("/bin/bash \(directory.path)/test", "r") else {
      Issue.record("there is no shell")
      return
    }
    defer { _ = unsafe pclose(bash) }
    var output = [UInt8](repeating: 0, count: 1000)
    let count = unsafe fread(&output, 1, output.count, bash)
    let text = String(decoding: output[..<count], as: UTF8.self)
    #expect(text == "80:0A:11:22:33\n80:0A:44:55:66\n")
  }
}
