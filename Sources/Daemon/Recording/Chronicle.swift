internal import BlueZ
internal import Core
internal import EventLoop
internal import Vocabulary

/// Has recorded what happens, as it happens: told by whoever sees it, it makes events of it that tell of no device but
/// those that are bonded here.
actor Chronicle: LoopActor {
  nonisolated let loop: EventLoop
  let world: LiveWorld
  private let history: BondHistory
  let names: RecordedNames
  let recorder: Recorder
  /// Why a link is about to end: BlueZ says it before it says that it has.
  var reasons: [DeviceID: LinkEvent.Reason] = [:]
  /// What was wrong with each bond when it was recorded last.
  var causes: [BondKey: BondCause] = [:]
  /// Profile and codec of each card of the followed session, as they were recorded last.
  var cards: [Address: Card] = [:]

  struct Card: Hashable {
    let profile: String
    let codec: String?
  }

  init(world: LiveWorld, history: BondHistory, names: RecordedNames, recorder: Recorder) {
    loop = recorder.loop
    self.world = world
    self.history = history
    self.names = names
    self.recorder = recorder
  }

  /// The record begins.
  func begin(version: String) {
    record(Recorded(.started, word: version))
    for key in history.assumeIsolated({ $0.keys }) {
      causes[key] = history.assumeIsolated { $0[key]?.finding?.verdict.cause }
    }
  }

  // MARK: Recording

  func record(_ event: Recorded) { recorder.assumeIsolated { $0.record(event) } }

  /// Records something of a device.
  func record(_ kind: HistoryKind, _ id: DeviceID, word: String? = nil, text: String? = nil, evidence: String? = nil) {
    let number = number(of: id)
    let isKnown = number != Recorded.stranger
    record(
      Recorded(
        kind, adapter: id.adapter.name, device: number, word: word, text: isKnown ? text.map(clean) : nil,
        evidence: isKnown ? evidence.map(clean) : nil))
  }

  /// The number of a device that is bonded here, or was and nobody gave it up.
  func number(of id: DeviceID) -> Int {
    if let device = world.device(id), device.bonded { return number(of: id.address, called: device.alias) }
    guard !world.bonds(at: id.address).isEmpty else { return Recorded.stranger }
    let kept = world.mirror.key(of: id).flatMap { key in history.assumeIsolated { $0[key]?.alias } }
    let known = names.assumeIsolated { names in names.number(of: id.address).flatMap { names.device($0)?.name } }
    return number(of: id.address, called: kept ?? known ?? world.title(of: id))
  }

  private func number(of address: Address, called name: String) -> Int {
    let now = recorder.clock.wall() / 1000
    return names.assumeIsolated { $0.number(of: address, called: name, at: now) }
  }

  /// A text for the record.
  func clean(_ text: String) -> String {
    let known = names.assumeIsolated { $0.known }
    let numbered = Set(known.map(\.device.address))
    let strangers = world.mirror.allDevices.filter { !numbered.contains($0.id.address.description) }
    return Discretion(known: known, strangers: strangers.flatMap { [$0.alias, $0.name].compactMap(\.self) }).clean(text)
  }
}
