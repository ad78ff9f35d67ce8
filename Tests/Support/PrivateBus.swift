package import DBus
internal import EventLoop
internal import Glibc

/// A `dbus-daemon` of its own for a test, with a directory of its own. Synchronous and without a loop: it is up about
/// 3 ms after ``start()``.
///
/// A shell holds the daemon and ends it when this process goes away, however that happens.
package final class PrivateBus {
  /// Why there is no bus.
  package struct Failure: Error { package let message: String }

  package let directory: String
  /// The address; it stays the same over ``stop()`` and ``start()``.
  package let address: BusAddress
  /// The daemon's process, while it runs.
  package private(set) var processID: Int32?
  private var shell: Int32?
  private var leash: Int32 = -1

  /// Makes the directory and starts the daemon.
  package init() throws {
    var template = Array("/tmp/mdrctl-bus.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw Failure(message: "no temporary directory") }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    address = BusAddress("unix:path=\(directory)/bus")
    try Self.write(Self.configuration(address), to: "\(directory)/config.xml")
    try start()
  }

  deinit {
    stop()
    for name in ["bus", "config.xml"] { unsafe unlink("\(directory)/\(name)") }
    unsafe rmdir(directory)
  }

  /// Starts the daemon again after ``stop()``; returns when it listens.
  package func start() throws {
    guard shell == nil else { return }
    unsafe unlink("\(directory)/bus")
    let script = """
      dbus-daemon --config-file="$0" --nofork --nopidfile --nosyslog --print-address=1 --print-pid=1 </dev/null 2>/dev/null &
      exec >&-
      # Whatever ends the wait ends the daemon, too.
      trap : HUP INT TERM
      read -r ended
      kill -KILL $!
      wait
      """
    let (process, leash) = try Self.spawn(script, "\(directory)/config.xml")
    shell = process
    self.leash = leash
    // Two lines: the address and the process.
    let lines = Self.lines(2, from: leash)
    guard lines.count == 2, let daemon = lines.last.flatMap({ Int32($0) }) else {
      stop()
      throw Failure(message: "dbus-daemon did not start")
    }
    processID = daemon
  }

  /// Kills the daemon as a crash would, and waits until it is gone.
  package func stop() {
    guard let shell else { return }
    close(leash)
    var status: Int32 = 0
    while unsafe waitpid(shell, &status, 0) < 0, errno == EINTR {}
    self.shell = nil
    processID = nil
  }

  /// Everybody of the same user may own, send and receive everything.
  private static func configuration(_ address: BusAddress) -> String {
    """
    <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
     "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig>
      <type>system</type>
      <listen>\(address)</listen>
      <policy context="default">
        <allow user="*"/>
        <allow own="*"/>
        <allow send_destination="*"/>
        <allow send_type="signal"/>
        <allow send_requested_reply="true" send_type="method_return"/>
        <allow send_requested_reply="true" send_type="error"/>
        <allow receive_type="method_call"/>
        <allow receive_type="method_return"/>
        <allow receive_type="error"/>
        <allow receive_type="signal"/>
      </policy>
      <limit name="max_incoming_bytes">1000000000</limit>
      <limit name="max_outgoing_bytes">1000000000</limit>
      <limit name="max_message_size">1000000000</limit>
      <limit name="max_completed_connections">10000</limit>
      <limit name="max_connections_per_user">10000</limit>
      <limit name="max_names_per_connection">10000</limit>
      <limit name="max_match_rules_per_connection">10000</limit>
      <limit name="max_replies_per_connection">50000</limit>
    </busconfig>
    """
  }

  // MARK: Processes and files

  private static func write(_ text: String, to path: String) throws {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(message: "cannot write \(path)") }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw Failure(message: "cannot write \(path)")
    }
  }

  /// Starts a shell; returns its process and a blocking socket to its input and from its output.
  private static func spawn(_ script: String, _ argument: String) throws -> (process: Int32, leash: Int32) {
    let (near, far) = try UnixSocket.pair()
    defer { close(far) }
    for end in [near, far] { try UnixSocket.setBlocking(end, true) }
    do {
      // In a group of its own, so that Ctrl-C at a terminal ends what runs on the bus and not the bus.
      let words = ["/bin/sh", "-c", script, argument]
      return (try Spawning.spawn(words, input: far, output: far, ownGroup: true), near)
    } catch {
      close(near)
      throw Failure(message: "cannot start a shell")
    }
  }

  private static func lines(_ count: Int, from descriptor: Int32) -> [String] {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < count, unsafe read(descriptor, &byte, 1) == 1 {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
