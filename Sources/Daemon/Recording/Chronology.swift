internal import Vocabulary

/// When things happened, told from the newest event back to the oldest.
///
/// Clocks are set: by hand, by the network after a start without a battery. So the order is that of the record, and within
/// a run of the computer the times are those of the clock that only goes forward, put where the clock of people was at
/// the end of that run: it had been set right by then, if ever. Where it was set is told.
struct Chronology: Hashable {
  private var boot: String?
  /// What is added to a run's own clock.
  private var offset = 0
  /// The same as it was at the event before, which happened later.
  private var lastOffset = 0

  /// A clock that was set by less is not worth telling.
  static let leastJump = 2_000

  /// For a record that ends now.
  init(boot: String?, wall: Int, uptime: Int) {
    self.boot = boot
    offset = wall - uptime
    lastOffset = offset
  }

  /// When an event happened, and by how much the clock was set after it, in milliseconds.
  mutating func place(_ event: Recorded) -> (time: Int, wasSet: Int?) {
    // A damaged line may have any number, and is worth no trap.
    let own = event.wall &- event.uptime
    // Where nothing names the runs, nothing tells whether two events are of one.
    guard let name = event.boot, name == boot else {
      (boot, offset, lastOffset) = (event.boot, own, own)
      return (event.wall, nil)
    }
    let jump = lastOffset &- own
    lastOffset = own
    return (event.uptime &+ offset, jump.magnitude >= Self.leastJump ? jump : nil)
  }

  // MARK: Between two parts

  /// All of it as a word, to go on with.
  var word: String { "\(offset)/\(lastOffset)/\(boot ?? "")" }

  init?(_ word: some StringProtocol) {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let offset = Int(parts[0]), let last = Int(parts[1]) else { return nil }
    // What a caller made up is no time, and adds to none.
    guard Self.bounds.contains(offset), Self.bounds.contains(last) else { return nil }
    (self.offset, lastOffset, boot) = (offset, last, parts[2].isEmpty ? nil : String(parts[2]))
  }

  private static let bounds = -(1 << 52)...(1 << 52)
}
