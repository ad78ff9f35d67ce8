internal import Core
internal import EventLoop
internal import Glibc
internal import Interface
internal import MDR
internal import Vocabulary

/// What headsets said of their batteries and of the hosts that are connected to them, whoever asked for it, until the daemon
/// ends. Nobody asks for it only to know it here, and no address or name of a host is kept.
actor HeadsetWords: LoopActor {
  nonisolated let loop: EventLoop
  private var said: [DeviceID: Said] = [:]
  private var onChange: @Sendable (DeviceID) -> Void = { _ in }

  private struct Said {
    var batteries: [HeadsetPart: Heard<Battery>] = [:]
    var hosts: Heard<HeadsetWord.Hosts>?
    var playback: Heard<Playback>?
    /// Counts the channels, so that what was said over an earlier one is known as such.
    var channel = 0
    var isOpen = false
  }

  private struct Heard<Value> {
    let value: Value
    let at = ContinuousClock.now
    /// Seconds since 1970.
    let since = time(nil)
    let channel: Int
  }

  init(loop: EventLoop) { self.loop = loop }

  /// Whom to tell, on the loop, that a headset is known to be otherwise now.
  func onChange(_ handler: @escaping @Sendable (DeviceID) -> Void) { onChange = handler }

  // MARK: What is said

  /// A headset told something; `own` is the address of the adapter that it is connected to.
  func note(_ report: MDR.Report, of id: DeviceID, own: Address?) {
    let before = view(of: id)
    var now = said[id] ?? Said()
    if !now.isOpen { (now.isOpen, now.channel) = (true, now.channel + 1) }
    func heard<Value>(_ value: Value) -> Heard<Value> { Heard(value: value, channel: now.channel) }
    switch report {
    case .battery(let battery): now.batteries[.headset] = heard(battery)
    case .earbudBatteries(let pair):
      now.batteries[.left] = pair.left.map(heard)
      now.batteries[.right] = pair.right.map(heard)
    case .caseBattery(let battery): now.batteries[.enclosure] = heard(battery)
    case .hosts(let hosts): now.hosts = hosts.word(for: own).map(heard)
    case .playback(let playback): now.playback = heard(playback)
    default: return
    }
    said[id] = now
    if view(of: id) != before { onChange(id) }
  }

  /// Its channel has ended: what was said over it gets older from now on.
  func ended(_ id: DeviceID) {
    guard said[id]?.isOpen == true else { return }
    said[id]?.isOpen = false
    onChange(id)
  }

  func forget(_ id: DeviceID) { said[id] = nil }

  // MARK: What is known

  /// As policy goes by it.
  func word(of id: DeviceID) -> HeadsetWord {
    guard let said = said[id] else { return HeadsetWord() }
    let now = ContinuousClock.now
    func told<Value, Other>(_ heard: Heard<Other>, _ value: Value) -> HeadsetWord.Told<Value> {
      HeadsetWord.Told(value, age: now - heard.at, isCurrent: said.isOpen && heard.channel == said.channel)
    }
    // The case plays nothing.
    let worn = [HeadsetPart.headset, .left, .right].compactMap { said.batteries[$0] }
    return HeadsetWord(
      battery: worn.min { $0.value.level < $1.value.level }.map { told($0, $0.value.level) },
      hosts: said.hosts.map { hosts in
        let isPaused = said.playback.map { $0.channel == hosts.channel && $0.value != .playing } ?? false
        return told(
          hosts, HeadsetWord.Hosts(connected: hosts.value.connected, othersPlay: hosts.value.othersPlay && !isPaused))
      })
  }

  /// As clients are told it; nil where nothing was said. The oldest part says how old it is.
  func reading(of id: DeviceID) -> BatteryReading? {
    guard let said = said[id] else { return nil }
    let parts = HeadsetPart.allCases.compactMap { part in said.batteries[part].map { (part, $0) } }
    guard let since = parts.map(\.1.since).min() else { return nil }
    return BatteryReading(
      source: .headset, since: since,
      current: said.isOpen && parts.allSatisfy { $0.1.channel == said.channel },
      levels: parts.map {
        HeadsetBattery(part: $0, level: Int($1.value.level), charging: ChargingState($1.value.charging))
      })
  }

  /// What somebody is to be told of when it is another.
  private struct View: Equatable {
    let levels: [HeadsetBattery]?
    let isCurrent: Bool?
    let hosts: HeadsetWord.Hosts?
  }

  private func view(of id: DeviceID) -> View {
    let reading = reading(of: id)
    return View(levels: reading?.levels, isCurrent: reading?.current, hosts: word(of: id).hosts?.value)
  }
}

extension MDR.Hosts {
  /// What it comes to for this computer; nil where it is not among those that are connected, since then the list says nothing
  /// of who has the sound beside it.
  fileprivate func word(for own: Address?) -> HeadsetWord.Hosts? {
    guard let own, known.contains(where: { $0.address == own && $0.place != nil }) else { return nil }
    let playing = known.first { $0.place != nil && $0.place == self.playing }
    return HeadsetWord.Hosts(
      connected: known.count { $0.place != nil }, othersPlay: playing.map { $0.address != own } ?? false)
  }
}
