internal import Core
internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

// The method of `org.mdrctl.Control` that tells what happened: History.

extension ControlService {
  var telling: [VarlinkMethod] {
    [
      serve(Control.history) { parameters, call, _ throws(OperationError) in
        try await history(parameters, call.peer)
      }
    ]
  }

  private func history(
    _ parameters: Control.HistoryParameters, _ peer: PeerCredentials
  ) async throws(OperationError) -> Control.HistoryReply {
    let chronicle = port.chronicle
    let wanted = try await recordedDevice(parameters, chronicle)
    let recorder = chronicle.recorder
    guard var place = HistoryPlace(parameters.before, recorder) else {
      throw OperationError(
        .invalidArgument, "That is no place in the history.", hint: "\"before\" is what the reply before this one had.")
    }
    let part = await recorder.events(before: place.address)
    let users = Set(part.events.compactMap(\.user)).map { ($0, UserNames.name(of: $0)) }
    let teller = HistoryTeller(
      reader: configuration.mayControl(peer) ? nil : peer.uid, device: wanted, names: chronicle.names,
      users: Dictionary(uniqueKeysWithValues: users))
    var events: [HistoryEvent] = []
    for event in part.events {
      let (time, wasSet) = place.chronology.place(event)
      let isWanted = time >= parameters.since ?? .min && time <= parameters.until ?? .max
      guard isWanted else { continue }
      // It was set after this event, and so comes before it here.
      if let wasSet { events.append(.clockSet(by: wasSet, after: event, at: time)) }
      if let told = teller.tell(event, at: time) { events.append(told) }
    }
    place.address = part.next
    let trouble = await recorder.trouble
    return Control.HistoryReply(
      events: events, before: part.next == nil ? nil : place.word, damaged: part.damaged == 0 ? nil : part.damaged,
      trouble: trouble.map { Trouble(message: $0.message, evidence: nil, hint: $0.hint) })
  }

  /// The number of the device that is meant, or nobody's where nothing of it is recorded; nil without one.
  private func recordedDevice(
    _ parameters: Control.HistoryParameters, _ chronicle: Chronicle
  ) async throws(OperationError) -> Int? {
    guard let text = parameters.device else { return nil }
    let id = try await resolver.bond(text, adapter: parameters.adapter)
    return await chronicle.names.number(of: id.address) ?? HistoryTeller.nobody
  }
}

/// Where a part of the history begins.
private struct HistoryPlace {
  var address: Int?
  var chronology: Chronology

  /// Without a word, at the end; nil for what is no such word.
  init?(_ word: String?, _ recorder: Recorder) {
    guard let word else {
      chronology = Chronology(boot: recorder.boot, wall: recorder.clock.wall(), uptime: recorder.clock.uptime())
      return
    }
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let address = Int(parts[0]), address >= 0, let chronology = Chronology(parts[1]) else {
      return nil
    }
    (self.address, self.chronology) = (address, chronology)
  }

  var word: String { "\(address ?? 0):\(chronology.word)" }
}

/// Tells recorded events to somebody, as far as he may know them.
private struct HistoryTeller {
  /// The user who may know only of what he asked for, and of the computer; nil: he may know everything.
  let reader: UInt32?
  /// The number of the one device that is told of, and what happened to the computer; nil: all.
  let device: Int?
  let names: RecordedNames
  /// The users of the events.
  let users: [UInt32: String]

  /// No device has this number.
  static let nobody = -1

  /// The event as it travels; nil where it is not for this reader, or of another device.
  func tell(_ event: Recorded, at time: Int) -> HistoryEvent? {
    if let device, event.device != device, !event.kind.isOfComputer { return nil }
    if let reader, !event.kind.isOfComputer, !(event.kind.isOfRequest && event.user == reader) { return nil }
    let known = event.device.flatMap(device)
    let isStranger = event.device == Recorded.stranger
    return HistoryEvent(
      time: time, uptime: event.uptime, boot: event.boot, kind: event.kind, adapter: event.adapter,
      address: known?.address, name: known?.name, stranger: isStranger ? true : nil,
      user: event.user.flatMap { users[$0] }, uid: event.user.map(Int.init), verb: event.verb,
      word: event.word, text: event.text.map(told), evidence: event.evidence.map(told), count: event.count)
  }

  private func told(_ text: String) -> String { Discretion.told(text) { device($0)?.name } }

  private func device(_ number: Int) -> RecordedNames.Device? { names.assumeIsolated { $0.device(number) } }
}

extension HistoryEvent {
  fileprivate static func clockSet(by milliseconds: Int, after event: Recorded, at time: Int) -> Self {
    Self(time: time, uptime: event.uptime, boot: event.boot, kind: .clockSet, count: milliseconds)
  }
}
