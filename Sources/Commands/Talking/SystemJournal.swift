internal import Glibc

/// What the system's journal says of Bluetooth, as far as whoever runs this may read it.
///
/// journalctl(1) reads it: the journal's format is for its library, which mdrctl has no other use for.
package enum SystemJournal {
  /// What one question of journalctl's may take, and how much it may answer.
  private static let patience = 5_000
  private static let most = 1 << 17

  /// bluetoothd's lines but for its debugging, and mdrctl's warnings, of the last day. Nil where there is no journalctl.
  package static func read() -> [String]? {
    let common = ["journalctl", "--no-pager", "--quiet", "--no-hostname", "--output=short-iso", "--since=-24h"]
    let questions = [
      ["--unit=bluetooth.service", "--priority=info", "--lines=300"],
      ["--unit=mdrctld.service", "--unit=mdrctl-flush@*.service", "--priority=warning", "--lines=100"],
    ]
    var lines: [String] = []
    for question in questions {
      guard let answer = output(of: common + question) else { return nil }
      lines += answer.split(separator: "\n").map(String.init)
    }
    return lines
  }

  /// What a program prints, as far as it does so in time; nil where it cannot be run.
  private static func output(of words: [String]) -> String? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    for end in ends { unsafe posix_spawn_file_actions_addclose(&actions, end) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var process = pid_t()
    let status = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    close(ends[1])
    guard status == 0 else { return nil }
    let bytes = read(from: ends[0])
    kill(process, SIGKILL)
    var exit: Int32 = 0
    while unsafe waitpid(process, &exit, 0) < 0, errno == EINTR {}
    // 127 is said where the program is not there.
    return exit >> 8 == 127 ? nil : String(decoding: bytes, as: UTF8.self)
  }

  private static func read(from descriptor: Int32) -> [UInt8] {
    let deadline = ContinuousClock.now + .milliseconds(patience)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < most {
      var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
      ProcessContext.poll(&entries, atMost: max(.zero, deadline - .now))
      guard entries[0].revents != 0 else { break }
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }
}
