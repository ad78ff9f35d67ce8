internal import EventLoop
internal import Glibc

/// Starting programs and waiting for them, without any thread.
package enum Spawning {
  /// A program that could not be started.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Starts a program, found in the environment's `PATH` unless its name has a slash; every signal is let through to it
  /// again, and has its default effect. Without an environment it gets ours. A program that does not exist ends with the status 127.
  package static func spawn(
    _ words: [String], environment: [String: String]? = nil, input: Int32? = nil, output: Int32? = nil,
    error: Int32? = nil,
    ownGroup: Bool = false
  ) throws -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, number) in [(input, Int32(0)), (output, 1), (error, 2)] {
      if let descriptor { unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number) }
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe posix_spawnattr_setsigmask(&attributes, &mask)
    // Whoever runs the tests may ignore some.
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { unsafe sigaddset(&defaults, signal) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    // Group 0 is one that the program leads.
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var process: Int32 = 0
    // env(1) becomes the program; it looks for it in the PATH of the environment given, not in ours.
    let result = unsafe withCStrings(["env", "--"] + words) { words in
      guard let environment else {
        return unsafe posix_spawn(&process, "/usr/bin/env", &actions, &attributes, words, environ)
      }
      return unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
        unsafe posix_spawn(&process, "/usr/bin/env", &actions, &attributes, words, variables)
      }
    }
    guard result == 0 else {
      throw Failure(description: "cannot start a program: \(SystemError(call: "posix_spawn", errno: result))")
    }
    return process
  }

  /// Waits for a child's end; its exit status, or 128 and the number of the signal that ended it.
  package static func wait(for process: Int32) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return -1 }
    }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe body(copies)
  }
}
