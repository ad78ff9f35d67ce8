internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Service

/// Finishes the removals that a crash, BlueZ or a pulled adapter broke off, as soon as they can be.
///
/// There are occasions and no retries: BlueZ appears, an adapter appears or is switched on. What cannot be finished then
/// is told in ``unfinished()``.
actor Recovery: LoopActor {
  nonisolated let loop: EventLoop
  private let mirror: MirrorView
  private let operations: Operations
  private let port: HostPort
  private let journal: Journal
  private let log: Log
  private var failures: [Journal.Key: OperationError] = [:]

  init(loop: EventLoop, mirror: MirrorView, operations: Operations, port: HostPort, log: Log) {
    self.loop = loop
    self.mirror = mirror
    self.operations = operations
    self.port = port
    journal = mirror.journal
    self.log = log
  }

  /// Takes a change of BlueZ's objects.
  func take(_ change: TreeChange) {
    switch change {
    case .bluezReady: resumeAll()
    case .adapterAdded(let adapter): appeared(AdapterID(adapter.path.lastElement))
    case .adapterChanged(let old, let new):
      if new.powered, !old.powered { resume(on: AdapterID(new.path.lastElement)) }
    default: break
    }
  }

  /// A device that is not known yet would be taken for one that is gone already.
  private func appeared(_ adapter: AdapterID) {
    loop.spawn { [port] in
      await port.bluez.catchUp(adapter)
      await self.resume(on: adapter)
    }
  }

  private func resumeAll() { for adapter in mirror.allAdapters { resume(on: adapter.id) } }

  private func resume(on adapter: AdapterID) {
    guard mirror.hasBlueZ, let address = mirror.adapterAddress(adapter) else { return }
    loop.spawn { [port] in await port.bluez.releaseLeftPairable(adapter, address) }
    for key in journal.assumeIsolated({ $0.keys }) where key.adapter == address {
      guard let entry = journal.assumeIsolated({ $0.entry(key, on: adapter) }), entry.phase != .pairing else {
        continue
      }
      loop.spawn { await self.finish(entry, key) }
    }
  }

  private func finish(_ entry: JournalEntry, _ key: Journal.Key) async {
    let subjects = Set(([entry.device] + entry.twins).map(Subject.device))
    do throws(OperationError) {
      _ = try await operations.run(ForgetOperation(resuming: entry), on: subjects, endsWithCaller: false, through: port)
      failures[key] = nil
      log.notice("a removal that was broken off is complete", ["device": entry.title])
    } catch {
      // The operation itself may be running still, which is as good.
      if error.code != .busy { failures[key] = error }
    }
  }

  /// What is broken off, for people.
  func unfinished() -> [Unfinished] {
    journal.assumeIsolated { $0.keys }.compactMap { key in
      let id = mirror.device(at: key)
      guard let entry = journal.assumeIsolated({ $0.entry(key, on: id?.adapter ?? AdapterID("")) }),
        let purpose = Unfinished.Purpose(rawValue: entry.purpose.rawValue)
      else { return nil }
      let (message, hint) = words(entry, key, id)
      return Unfinished(
        operation: purpose, address: key.device.description, alias: entry.title, message: message, hint: hint)
    }
  }

  private func words(_ entry: JournalEntry, _ key: Journal.Key, _ id: DeviceID?) -> (String, String) {
    if entry.phase == .pairing {
      return (
        "\(entry.title) was forgotten to be repaired, and is not paired again yet.",
        "Put it into pairing mode and run: mdrctl repair \(key.device). To leave it: mdrctl forget \(key.device)."
      )
    }
    let title = "\(entry.title) is not completely forgotten"
    guard mirror.hasBlueZ else {
      return ("\(title): bluetoothd is not running.", "Start it, and mdrctld goes on: sudo systemctl start bluetooth.")
    }
    guard let id, let adapter = mirror.adapter(id.adapter) else {
      return ("\(title): the adapter \(key.adapter) is not there.", "Plug it in, and mdrctld goes on.")
    }
    guard adapter.powered else {
      let how = adapter.blocked ? "rfkill unblock bluetooth" : "mdrctl adapter power on"
      return ("\(title): the adapter \(id.adapter) is off.", "Switch it on, and mdrctld goes on: \(how).")
    }
    guard let failure = failures[key] else { return ("\(title); mdrctld is at it.", "Wait a moment.") }
    return ("\(title): \(failure.message)", failure.hint ?? "Run: mdrctl forget \(key.device).")
  }
}
