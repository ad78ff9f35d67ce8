import EventLoop
import Glibc

/// A pseudo-terminal: the program's end and the person's.
final class PseudoTerminal {
  let program: Int32
  let person: Int32

  init() throws {
    person = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (locked, number): (Int32, Int32) = (0, 0)
    // TIOCSPTLCK and TIOCGPTN, which the C library shows to GNU programs only, by other names.
    guard unsafe ioctl(person, 0x4004_5431, &locked) == 0, unsafe ioctl(person, 0x8004_5430, &number) == 0 else {
      throw SystemError(call: "ioctl of /dev/ptmx", errno: errno)
    }
    program = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
  }

  deinit { for end in [program, person] { close(end) } }

  /// Types keys, which the terminal passes on one by one as soon as the program wants them so.
  func type(_ keys: String) {
    var bytes = Array(keys.utf8)
    precondition(unsafe write(person, &bytes, bytes.count) == bytes.count, "a pseudo-terminal takes what is typed")
  }

  /// Whether it gives whole lines, as before.
  var givesLines: Bool {
    var now = termios()
    return unsafe tcgetattr(program, &now) == 0 && now.c_lflag & tcflag_t(ICANON) != 0
  }
}
