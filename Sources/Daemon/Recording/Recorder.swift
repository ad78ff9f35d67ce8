internal import EventLoop
internal import Glibc
internal import Service
internal import Varlink
internal import Vocabulary

/// The flight recorder: keeps what happened in a ring on the disk.
///
/// What happens is gathered for two seconds and then written at once, without waiting for the disk; where nothing happens
/// nothing is written. A daemon that is killed loses those two seconds, a loss of power the last half minute (see
/// ``StateFile``).
actor Recorder: LoopActor {
  /// What tells the time.
  struct Clock: Sendable {
    /// Milliseconds since 1970.
    var wall: @Sendable () -> Int = { Self.milliseconds(CLOCK_REALTIME) }
    /// Milliseconds since the computer was started, with the time that it slept.
    var uptime: @Sendable () -> Int = { Self.milliseconds(CLOCK_BOOTTIME) }

    private static func milliseconds(_ clock: clockid_t) -> Int {
      var time = timespec()
      unsafe clock_gettime(clock, &time)
      return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
  }

  nonisolated let loop: EventLoop
  private let folder: String?
  private let log: Log
  /// Names this run of the computer.
  nonisolated let boot: String?
  nonisolated let clock: Clock
  /// Bytes that are kept; 0: nothing is recorded. Nil until somebody says it.
  private var most: Int?
  private var ring: Ring?
  /// Lines that are not written yet.
  private var pending: [UInt8] = []
  private var timer: TimerToken?
  private var allowance: Allowance
  /// Events that were too many.
  private var omitted = 0
  /// Why it could not be written last.
  private var obstacle: SystemError?

  private static let delay = Duration.seconds(2)
  /// As many bytes are written at once.
  private static let batch = 1 << 14
  /// More are not kept in memory where the disk takes none.
  private static let mostPending = 1 << 16
  /// So much of the name of a run tells it from others.
  private static let bootDigits = 8

  /// How much may still be recorded: a burst of 600 events, and two more in each second, so that nothing that comes and
  /// goes can push out what was before within less than an hour.
  private struct Allowance {
    private var left = 600.0
    private var since: Int

    init(at now: Int) { since = now }

    mutating func take(at now: Int) -> Bool {
      left = min(600, left + Double(max(0, now - since)) / 500)
      since = now
      guard left >= 1 else { return false }
      left -= 1
      return true
    }
  }

  /// Nothing is recorded before ``keep(_:)``.
  init(loop: EventLoop, directory: String?, boot: String?, log: Log, clock: Clock = Clock()) {
    self.loop = loop
    self.log = log
    self.clock = clock
    folder = directory.map { "\($0)/recorder" }
    self.boot = boot.map { String($0.prefix(Self.bootDigits)) }
    allowance = Allowance(at: clock.uptime())
  }

  /// Why nothing is recorded; nil when it is.
  var trouble: (message: String, hint: String?)? {
    if most == 0 {
      return (
        "What happens is not recorded: in mdrctl.conf, [History] Size is 0.", "Give it another value, such as 1024."
      )
    }
    if folder == nil { return ("What happens is not recorded: mdrctld has no state directory.", nil) }
    return obstacle.map { ("What happens cannot be recorded: \($0).", nil) }
  }

  /// Keeps so many bytes from now on; with 0 none, and what there is goes.
  func keep(_ size: Int) {
    guard size != most else { return }
    write()
    most = size
    (ring, pending, obstacle) = (nil, [], nil)
    guard let folder, size > 0 || StateFile.isThere(folder) else { return }
    do throws(SystemError) {
      var ring = try Ring(folder: folder)
      ring.trim(to: size)
      if size > 0 { self.ring = ring }
    } catch {
      obstacle = error
      log.warning("what happens is not recorded", ["error": "\(error)"])
    }
  }

  /// Records what has just happened.
  func record(_ event: Recorded) {
    guard ring != nil else { return }
    guard allowance.take(at: clock.uptime()), omitted == 0 || put(Recorded(.omitted, count: omitted)) else {
      omitted += 1
      return
    }
    omitted = put(event) ? 0 : 1
  }

  /// Returns whether there was room for it.
  private func put(_ event: Recorded) -> Bool {
    var event = event
    (event.wall, event.uptime, event.boot) = (clock.wall(), clock.uptime(), boot)
    let line = event.line
    guard pending.count + line.count <= Self.mostPending else { return false }
    pending += line
    if pending.count >= Self.batch {
      write()
    } else if timer == nil {
      timer = loop.schedule(after: Self.delay) { self.assumeIsolated { $0.write() } }
    }
    return true
  }

  /// Writes what is not written yet.
  func write() {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard !pending.isEmpty, let most else { return }
    let before = obstacle
    do throws(SystemError) {
      try ring?.append(pending, atMost: most)
      (pending, obstacle) = ([], nil)
    } catch {
      obstacle = error
      // Somebody has removed it; it begins anew.
      if error.isNotFound, let folder { ring = (try? Ring(folder: folder)) ?? ring }
      if before == nil { log.warning("what happens cannot be recorded", ["error": "\(error)"]) }
    }
  }

  /// Some of what happened before an address, the newest first, and the address before which there is more.
  func events(before address: Int?) -> (events: [Recorded], next: Int?, damaged: Int) {
    write()
    guard let ring else { return ([], nil, 0) }
    do throws(SystemError) {
      let (lines, next, broken) = try ring.lines(before: address)
      var (events, damaged): ([Recorded], Int) = ([], broken)
      for line in lines {
        guard let event = try? JSONValue(parsing: line).decode(Recorded.self) else {
          damaged += 1
          continue
        }
        events.append(event)
      }
      return (events, next, damaged)
    } catch {
      log.warning("what was recorded cannot be read", ["error": "\(error)"])
      return ([], nil, 1)
    }
  }
}
