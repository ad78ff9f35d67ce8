internal import EventLoop
internal import Service

/// The configuration that is in force, and what is wrong with the one on the disk.
///
/// It is read when the daemon starts and when somebody asks for it. One that is not acceptable is never used in part: what
/// was in force stays, and at the start everything is as by default while only root may control.
actor Configuration: LoopActor {
  nonisolated let loop: EventLoop
  private let directory: String
  /// The variable of the environment that has everything logged, where it is set.
  private let verboseVariable: String?
  private let log: Log
  /// Whether a user sits at the computer now.
  private nonisolated let isAtSeat: @Sendable (UInt32) -> Bool
  /// Whether a group has a user, by the local files.
  private nonisolated let isListed: @Sendable (UInt32, String) -> Bool

  private(set) var inForce: ConfigurationReading
  private(set) var controllers: Controllers
  /// Why what the files say is not in force; empty when it is.
  private(set) var faults: [ConfigurationFault]
  /// Nothing but what stands in has been in force yet.
  private(set) var isCautious: Bool
  private var onReload: @Sendable () -> Void = {}

  /// Reads what there is. Logs what is not acceptable, and from then on as much as it says.
  init(
    loop: EventLoop, directory: String, verboseVariable: String? = nil, log: Log,
    isAtSeat: @escaping @Sendable (UInt32) -> Bool = { Logins.isAtSeat($0) },
    isListed: @escaping @Sendable (UInt32, String) -> Bool = { Accounts.lists($0, in: $1) }
  ) {
    (self.loop, self.directory, self.log, self.isAtSeat) = (loop, directory, log, isAtSeat)
    self.isListed = isListed
    self.verboseVariable = verboseVariable
    let reading = ConfigurationReading(directory: directory)
    faults = reading.faults
    isCautious = !reading.faults.isEmpty
    inForce = Self.overridden(reading.faults.isEmpty ? reading : .cautious, verboseVariable)
    controllers = Controllers(inForce.values)
    log.set(least: inForce.values.logLevel)
    if isCautious {
      for fault in faults { log.warning("\(fault.place): \(fault.message)") }
      log.warning("the configuration is not acceptable: defaults are in force, and only root may control")
    }
    for message in controllers.unknown { log.notice(message) }
  }

  /// Whom to tell that the files were read again, whatever came of it; on the loop.
  func onReload(_ handler: @escaping @Sendable () -> Void) { onReload = handler }

  /// What is in force; on the loop's thread.
  nonisolated var values: ConfigurationValues { assumeIsolated { $0.inForce.values } }

  /// Why a caller may control now; nil when he may not. On the loop's thread.
  nonisolated func right(of peer: PeerCredentials) -> Right? {
    if let right = assumeIsolated({ $0.controllers.right(of: peer) }) { return right }
    // Asked anew at each call, and of nobody whom the configuration names: the right goes with the seat.
    return values.seat && isAtSeat(peer.uid) ? .seat : nil
  }

  /// The group that would let a caller control, had his session not begun before he was in it; on the loop's thread.
  /// Rights go by the credentials that the kernel gave his processes, and never by this.
  nonisolated func groupToCome(of peer: PeerCredentials) -> String? {
    values.groups.first { isListed(peer.uid, $0) }
  }

  /// Whether a caller may control now; on the loop's thread.
  nonisolated func mayControl(_ peer: PeerCredentials) -> Bool { right(of: peer) != nil }

  /// Whether a caller may control wherever he sits; on the loop's thread.
  nonisolated func names(_ peer: PeerCredentials) -> Bool { assumeIsolated { $0.controllers.include(peer) } }

  /// Reads the files again, and puts what they say into force if all of it is acceptable.
  func reload() {
    let reading = ConfigurationReading(directory: directory)
    faults = reading.faults
    if faults.isEmpty {
      inForce = Self.overridden(reading, verboseVariable)
      controllers = Controllers(inForce.values)
      isCautious = false
      log.set(least: inForce.values.logLevel)
      log.notice("the configuration was read again", ["files": "\(reading.files.count)"])
      for message in controllers.unknown { log.notice(message) }
    } else {
      for fault in faults { log.error("\(fault.place): \(fault.message)") }
      log.error("the configuration is not acceptable: what was in force stays in force")
    }
    onReload()
  }

  private static func overridden(_ reading: ConfigurationReading, _ variable: String?) -> ConfigurationReading {
    var reading = reading
    if let variable { reading.override(logLevel: .debug, by: variable) }
    return reading
  }
}
