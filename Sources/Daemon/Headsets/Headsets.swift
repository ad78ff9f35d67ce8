internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Interface
internal import MDR
internal import Service
internal import Vocabulary

/// What headsets hold themselves: asked and changed over the control channel of each, of which there is one owner.
/// Nothing of it exists before somebody asks.
actor Headsets: LoopActor {
  nonisolated let loop: EventLoop
  private let mirror: BlueZMirror
  private let words: HeadsetWords
  private let idle: @Sendable () -> Duration
  private let log: Log
  private var dialler: Dialler?
  private var links: [DeviceID: HeadsetLink] = [:]
  private var observers: [Int: @Sendable (DeviceID, HeadsetReport) -> Void] = [:]
  private var lastObserver = 0
  /// Those that wait for what can be saved, but not for long.
  private var races: [Int: CheckedContinuation<HeadsetPicture?, Never>] = [:]
  private var lastRace = 0

  /// Until when a channel must be open, and until when it is read, for something that waits for it: some 2 s for a headset
  /// that answers all that it lists, and 1.5 s more for each thing that it does not. What is under way then may end.
  private static let soonOpen = Duration.seconds(3)
  private static let soonRead = Duration.seconds(4)
  private static let soonDone = Duration.seconds(6)

  /// `words` keeps what they say of themselves; `idle` is how long a channel stays open that nobody has a use for.
  init(mirror: BlueZMirror, words: HeadsetWords, idle: @escaping @Sendable () -> Duration, log: Log) {
    self.mirror = mirror
    self.words = words
    self.idle = idle
    self.log = log
    loop = mirror.tree.loop
  }

  // MARK: What is asked

  /// What a headset is, has and holds; `all` reads every setting.
  func picture(of id: DeviceID, all: Bool) async throws(OperationError) -> HeadsetPicture {
    try await link(id).picture(all: all)
  }

  /// Everything of a headset that can be saved.
  func savable(of id: DeviceID) async throws(OperationError) -> HeadsetPicture { try await link(id).savable() }

  /// The same where it can be had soon, for what waits for it; else nil. A headset that is not connected, or has no control
  /// channel, costs no time.
  func savableSoon(of id: DeviceID) async -> HeadsetPicture? {
    await soon(of: id) { link, deadline throws(OperationError) in try await link.savable(until: deadline) }
  }

  /// Has a headset say how full it is and who else is connected to it, where that can be had soon; the world knows it then.
  func look(at id: DeviceID) async {
    _ = await soon(of: id) { link, deadline throws(OperationError) in try await link.look(until: deadline) }
  }

  private func soon(
    of id: DeviceID,
    _ read: @escaping @Sendable (HeadsetLink, ContinuousClock.Instant) async throws(OperationError) -> HeadsetPicture
  ) async -> HeadsetPicture? {
    guard let device = mirror.known(id), device.connected, device.bonded, hasControl(id) else { return nil }
    let link = await link(id)
    lastRace += 1
    let number = lastRace
    return await withCheckedContinuation { continuation in
      races[number] = continuation
      let reading = loop.spawn {
        let picture = try? await read(link, .now + Self.soonRead)
        // What comes next has another use for the headset.
        await link.closeUnused()
        await self.finish(number, picture)
      }
      for (limit, isLast) in [(Self.soonOpen, false), (Self.soonDone, true)] {
        loop.schedule(after: limit) {
          self.assumeIsolated { headsets in
            guard headsets.races[number] != nil, isLast || !link.isOpen else { return }
            reading.cancel()
            link.assumeIsolated { $0.release() }
            headsets.finish(number, nil)
          }
        }
      }
    }
  }

  /// Whether it lists a control channel.
  func hasControl(_ id: DeviceID) -> Bool { mirror.known(id).map { !SonyService.among($0.uuids).isEmpty } == true }

  private func finish(_ number: Int, _ picture: HeadsetPicture?) {
    races.removeValue(forKey: number)?.resume(returning: picture)
  }

  /// Who owns a headset's channel, to change something by it.
  func owner(of id: DeviceID) async -> HeadsetLink { await link(id) }

  /// Closes a headset's channel, whoever uses it.
  func release(_ id: DeviceID) async { await links[id]?.release() }

  func powerOff(_ id: DeviceID) async throws(OperationError) { try await link(id).powerOff() }

  /// Closes every channel: the daemon ends.
  func stop() async {
    for link in links.values { await link.release() }
  }

  private func link(_ id: DeviceID) async -> HeadsetLink {
    if let link = links[id] { return link }
    let dialler = await openDialler()
    if let link = links[id] { return link }
    let link = HeadsetLink(
      id, mirror: mirror, dialler: dialler, words: words, idle: idle,
      onReport: { [weak self] id, headset, report in self?.assumeIsolated { $0.tell(id, headset, report) } }, log: log)
    links[id] = link
    return link
  }

  private func openDialler() async -> Dialler {
    if let dialler { return dialler }
    let dialler = Dialler(tree: mirror.tree)
    self.dialler = dialler
    await dialler.onEnd { [weak self] path in self?.assumeIsolated { $0.end(path) } }
    return dialler
  }

  /// bluetoothd wants a channel closed.
  private func end(_ path: ObjectPath) {
    for (id, link) in links where id.path == path { link.assumeIsolated { $0.release() } }
  }

  // MARK: What happens

  /// A device that BlueZ forgot has no channel any more.
  func take(_ change: TreeChange) {
    switch change {
    case .deviceRemoved(let device):
      let link = links.removeValue(forKey: DeviceID(device))
      link?.assumeIsolated { $0.release() }
      words.assumeIsolated { $0.forget(DeviceID(device)) }
    case .bluezVanished:
      for link in links.values { link.assumeIsolated { $0.release() } }
    default: break
    }
  }

  /// Calls `handler` on the loop with what a headset tells of itself unasked; returns the observer's number.
  func observe(_ handler: @escaping @Sendable (DeviceID, HeadsetReport) -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  private func tell(_ id: DeviceID, _ headset: MDR.Headset, _ report: MDR.Report) {
    guard !observers.isEmpty else { return }
    var picture = HeadsetPicture(headset: headset)
    picture.places = links[id]?.assumeIsolated { $0.places } ?? nil ?? [:]
    picture.answers[report.feature] = .report(report)
    let told = HeadsetReport(picture, isWhole: false)
    guard !told.isEmpty else { return }
    for observer in observers.values { observer(id, told) }
  }
}

extension HeadsetReport {
  /// Nothing of it is for clients.
  fileprivate var isEmpty: Bool {
    batteries.isEmpty && codec == nil && noise == nil && equalizer == nil && settings.isEmpty
  }
}
