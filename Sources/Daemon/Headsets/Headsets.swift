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
  private let idle: @Sendable () -> Duration
  private let log: Log
  private var dialler: Dialler?
  private var links: [DeviceID: HeadsetLink] = [:]
  private var observers: [Int: @Sendable (DeviceID, HeadsetReport) -> Void] = [:]
  private var lastObserver = 0

  /// `idle` is how long a channel stays open that nobody has a use for.
  init(mirror: BlueZMirror, idle: @escaping @Sendable () -> Duration, log: Log) {
    self.mirror = mirror
    self.idle = idle
    self.log = log
    loop = mirror.tree.loop
  }

  // MARK: What is asked

  /// What a headset is, has and holds; `all` reads every setting.
  func picture(of id: DeviceID, all: Bool) async throws(OperationError) -> HeadsetPicture {
    try await link(id).picture(all: all)
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
      id, mirror: mirror, dialler: dialler, idle: idle,
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
