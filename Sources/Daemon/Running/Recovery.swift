internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Service
internal import Vocabulary

/// Finishes the removals that a crash, BlueZ or a pulled adapter broke off, as soon as they can be.
///
/// There are occasions and no retries: BlueZ appears, an adapter appears, is switched on, or goes off although it was to
/// be switched on. What cannot be finished then is told in ``unfinished()``.
actor Recovery: LoopActor {
  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private var mirror: BlueZMirror { world.mirror }
  private let operations: Operations
  private let port: HostPort
  private let journal: Journal
  private let log: Log
  private var failures: [BondKey: OperationError] = [:]
  private var runs: [BondKey: Run] = [:]
  /// What something else was in the way of, with the occasion that it had.
  private var postponed: [BondKey: Occasion] = [:]
  private var hasSeenBlueZ = false

  /// Why something is taken up now.
  private enum Occasion {
    /// The daemon has been started, and does not know what has been since.
    case start
    /// The adapter has come on: a power cycle that was begun has been.
    case cameOn
    /// The adapter has gone off.
    case wentOff
  }

  private struct Run {
    let task: Task<Void, Never>
    let subjects: Set<Subject>
  }

  init(loop: EventLoop, world: LiveWorld, journal: Journal, operations: Operations, port: HostPort, log: Log) {
    self.loop = loop
    self.world = world
    self.operations = operations
    self.port = port
    self.journal = journal
    self.log = log
  }

  /// Takes a change of BlueZ's objects.
  func take(_ change: TreeChange) {
    switch change {
    case .bluezReady:
      let occasion = hasSeenBlueZ ? Occasion.cameOn : .start
      hasSeenBlueZ = true
      for adapter in mirror.allAdapters { resume(on: adapter.id, occasion) }
    case .adapterAdded(let adapter): appeared(AdapterID(adapter.path.lastElement))
    case .adapterChanged(let old, let new):
      guard new.powered != old.powered else { return }
      resume(on: AdapterID(new.path.lastElement), new.powered ? .cameOn : .wentOff)
    default: break
    }
  }

  /// Takes up what something that has just ended was in the way of.
  func takeUpPostponed() {
    failures = failures.filter { failure in journal.assumeIsolated { $0.keys.contains(failure.key) } }
    let all = postponed
    postponed = [:]
    for (key, occasion) in all {
      if let adapter = mirror.adapter(at: key.adapter) { resume(key, on: adapter, occasion) }
    }
  }

  /// Returns when nothing that is being finished here is in the way of these any more.
  func makeWay(for subjects: Set<Subject>) async {
    while let run = runs.values.first(where: { !$0.subjects.isDisjoint(with: subjects) }) { await run.task.value }
  }

  /// A device that is not known yet would be taken for one that is gone already.
  private func appeared(_ adapter: AdapterID) {
    loop.spawn { [port] in
      await port.bluez.catchUp(adapter)
      await self.resume(on: adapter, .cameOn)
    }
  }

  private func resume(on adapter: AdapterID, _ occasion: Occasion) {
    guard mirror.hasBlueZ, let address = mirror.adapterAddress(adapter) else { return }
    if occasion != .wentOff { loop.spawn { [port] in await port.bluez.releaseLeftPairable(adapter, address) } }
    for key in journal.assumeIsolated({ $0.keys }) where key.adapter == address { resume(key, on: adapter, occasion) }
  }

  private func resume(_ key: BondKey, on adapter: AdapterID, _ occasion: Occasion) {
    guard let entry = journal.assumeIsolated({ $0.entry(key, on: adapter) }) else { return }
    guard runs[key] == nil else { return postpone(key, occasion) }
    switch entry.phase {
    case .pairing: return
    case .removing: guard mirror.adapter(adapter)?.powered == true else { return }
    case .powerCycling: break
    }
    var subjects = Set(([entry.device] + entry.twins).map(Subject.device))
    // A pairing does not outlive the adapter's power.
    if entry.powerCycles { subjects.formUnion([.adapter(adapter), .pairing]) }
    let task = loop.spawn { [subjects] in await self.finish(entry, key, occasion, subjects) }
    runs[key] = Run(task: task, subjects: subjects)
  }

  private func finish(_ entry: JournalEntry, _ key: BondKey, _ occasion: Occasion, _ subjects: Set<Subject>) async {
    failures[key] = nil
    let operation = ForgetOperation(resuming: entry, hasComeOn: occasion == .cameOn)
    do throws(OperationError) {
      _ = try await operations.run(operation, on: subjects, endsWithCaller: false, through: port)
      log.notice("a removal that was broken off is complete", ["device": entry.title])
    } catch {
      if error.code == .busy { postpone(key, occasion) } else { failures[key] = error }
    }
    runs[key] = nil
    if !isBusy(subjects) { takeUpPostponed() }
  }

  private func isBusy(_ subjects: Set<Subject>) -> Bool {
    operations.assumeIsolated { $0.busy(with: subjects) != nil }
  }

  /// Whoever is in the way when an adapter goes off may have switched it off, and mean it.
  private func postpone(_ key: BondKey, _ occasion: Occasion) {
    if occasion != .wentOff { postponed[key] = occasion }
  }

  /// What is broken off, for people.
  func unfinished() -> [Unfinished] {
    journal.assumeIsolated { $0.keys }.compactMap { key in
      let id = mirror.device(at: key)
      guard let entry = journal.assumeIsolated({ $0.entry(key, on: id?.adapter ?? AdapterID("")) }) else { return nil }
      let (message, hint) = words(entry, key, id)
      return Unfinished(
        operation: entry.purpose, adapter: id?.adapter.name, address: key.device.description, alias: entry.title,
        message: message, hint: mirror.told(hint))
    }
  }

  private func words(_ entry: JournalEntry, _ key: BondKey, _ id: DeviceID?) -> (String, String) {
    if entry.phase == .pairing {
      let title = "\(entry.title) was forgotten to be repaired, and is not paired again yet"
      if id == nil, mirror.hasBlueZ {
        return ("\(title): its adapter \(key.adapter) is not there.", "Plug it in, then: mdrctl repair \(key.device).")
      }
      let commands = ["repair", "forget"].map { verb in
        id.map { Advice.command(verb, $0) } ?? "mdrctl \(verb) \(key.device)"
      }
      return ("\(title).", "Put it into pairing mode and run: \(commands[0]). To leave it: \(commands[1]).")
    }
    let title = "\(entry.title) is not completely forgotten"
    guard mirror.hasBlueZ else {
      let absence = OperationError.bluezMissing(mirror.absence)
      return ("\(title): \(absence.message)", "\(absence.hint ?? "") mdrctld goes on then.")
    }
    guard let id, let adapter = mirror.adapter(id.adapter) else {
      return ("\(title): the adapter \(key.adapter) is not there.", "Plug it in, and mdrctld goes on.")
    }
    guard adapter.powered else {
      let how = Advice.command(adapter.blocked ? "adapter power on --unblock" : "adapter power on", on: id.adapter)
      return ("\(title): the adapter \(id.adapter) is off.", "Switch it on, and mdrctld goes on: \(how).")
    }
    if operations.assumeIsolated({ $0.running(on: id) }) != nil {
      return ("\(title); mdrctld is at it.", "Wait a moment.")
    }
    let again = "Run: \(Advice.command(entry.purpose.rawValue, id))."
    guard let failure = failures[key] else { return ("\(title).", again) }
    return ("\(title): \(failure.message)", failure.hint ?? again)
  }
}
