internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Vocabulary

// What is recorded of what happens.

extension Chronicle {
  // MARK: BlueZ

  /// Takes a change of BlueZ's objects. Most are none that is recorded, and cost next to nothing.
  func take(_ change: TreeChange) {
    switch change {
    case .bluezReady: record(Recorded(.bluezAppeared, word: world.mirror.bluezVersion))
    case .bluezVanished:
      reasons = [:]
      record(Recorded(.bluezVanished))
    case .adapterAdded(let adapter):
      record(Recorded(.adapterAdded, adapter: adapter.path.lastElement, word: adapter.powered ? "on" : "off"))
    case .adapterRemoved(let adapter): record(Recorded(.adapterRemoved, adapter: adapter.path.lastElement))
    case .adapterChanged(let old, let new) where old.powered != new.powered:
      let isBlocked = world.mirror.adapter(AdapterID(new.path.lastElement))?.blocked == true
      record(
        Recorded(
          new.powered ? .adapterOn : .adapterOff, adapter: new.path.lastElement, word: isBlocked ? "blocked" : nil))
    case .deviceAdded(let device): if device.connected { record(.linked, DeviceID(device)) }
    case .deviceChanged(let old, let new): take(old, new)
    case .transportAdded(let stream): take(stream, .streamAdded)
    case .transportRemoved(let stream): take(stream, .streamRemoved)
    case .transportChanged(let old, let new) where (old.state == .active) != (new.state == .active):
      take(new, new.state == .active ? .streamActive : .streamIdle)
    default: break
    }
  }

  private func take(_ old: BlueZ.Device, _ new: BlueZ.Device) {
    if new.bonded != old.bonded {
      // Its bond has gone, and so it may be a stranger by now.
      record(new.bonded ? .paired : .unpaired, DeviceID(new), word: new.bonded ? nil : "keyGone")
    }
    guard new.connected != old.connected else { return }
    let reason = reasons.removeValue(forKey: DeviceID(new))
    record(new.connected ? .linked : .unlinked, DeviceID(new), word: new.connected ? nil : reason?.rawValue)
  }

  private func take(_ stream: MediaTransport, _ kind: HistoryKind) {
    guard let id = DeviceID(ofStream: stream) else { return }
    let codec = world.wireDevice(id)?.transports.first { $0.profile == stream.wireProfile }?.codec
    record(kind, id, word: stream.wireProfile.rawValue, text: kind == .streamAdded ? codec : nil)
  }

  /// Takes what the kernel or BlueZ says of a link.
  func take(_ event: LinkEvent, of id: DeviceID) {
    switch event {
    case .connected: break
    case .disconnected(let reason):
      // It is told with the end of the link, where that is still to come.
      if world.device(id)?.connected == true {
        reasons[id] = reason
      } else {
        record(.unlinked, id, word: reason.rawValue)
      }
    case .connectFailed(let status): record(.linkFailed, id, word: "connect", evidence: "mgmt status \(status)")
    case .authenticationFailed(let status):
      record(.linkFailed, id, word: "authentication", evidence: "mgmt status \(status)")
    case .keyRefused(let status): record(.linkFailed, id, word: "keyRefused", evidence: "HCI status \(status)")
    }
  }

  // MARK: Users

  /// A user asks for something; returns the event, for its answer.
  func asked(_ verb: String, by user: UInt32, _ id: DeviceID?) -> Recorded {
    let event = Recorded(.asked, adapter: id?.adapter.name, device: id.map(number), user: user, verb: verb)
    record(event)
    return event
  }

  /// It was done, or failed with this code.
  func answered(_ asked: Recorded, _ code: String?) {
    record(
      Recorded(
        code == nil ? .done : .failed, adapter: asked.adapter, device: asked.device, user: asked.user,
        verb: asked.verb, word: code))
  }

  // MARK: Ours

  /// What mdrctld asked for was refused. What the helper did not do is told otherwise; that there is none is no event.
  func refused(_ request: Request, _ refusal: Refusal) {
    if case .helper = request { return }
    let words = clean(refusal.words)
    record(Recorded(.refused, device: request.device.map(number), text: clean(request.words), evidence: words))
  }

  /// What a watch has begun, on what occasion ("login", "call" or "sound"), and why where it says that.
  func began(_ undertaking: Undertaking, for occasion: String, because reason: String?) {
    record(.decided, undertaking.device, word: occasion, text: undertaking.words, evidence: reason)
  }

  /// A watch says what it did, or why.
  func decided(_ id: DeviceID, _ words: String) { record(.decided, id, text: words) }

  /// What is known to be wrong with a bond, or not any more.
  func found(_ finding: BondHistory.Finding?, _ key: BondKey) {
    guard causes[key] != finding?.verdict.cause else { return }
    causes[key] = finding?.verdict.cause
    guard let id = world.mirror.device(at: key) else { return }
    guard let verdict = finding?.verdict else { return record(.well, id) }
    record(
      .found, id, word: verdict.cause.rawValue, text: verdict.message,
      evidence: "\(verdict.evidence) That is \(verdict.certainty.rawValue).")
  }

  /// A bond was given up, here or by another program. From now on nobody knows whose it was.
  func forgot(_ key: BondKey) {
    causes[key] = nil
    let known = names.assumeIsolated { $0.number(of: key.device) }
    guard let known else { return }
    let adapter = world.mirror.adapter(at: key.adapter)?.name
    record(Recorded(.unpaired, adapter: adapter, device: known, word: "forgotten"))
    let others = world.bonds(at: key.device).filter { world.mirror.key(of: $0) != key }
    if others.isEmpty { names.assumeIsolated { $0.forget(key.device) } }
  }

  /// Another session is followed, or something of it has changed.
  func soundChanged() {
    let sound = world.sound
    var now: [Address: Card] = [:]
    for (address, card) in sound?.cards ?? [:] {
      guard let profile = card.activeProfile else { continue }
      now[address] = Card(profile: profile, codec: card.codec)
    }
    for (address, card) in now where cards[address] != card {
      guard let number = names.assumeIsolated({ $0.number(of: address) }) else { continue }
      record(
        Recorded(
          .profile, device: number, user: sound?.user, word: clean(card.profile), text: card.codec.map(clean)))
    }
    cards = now
  }
}

extension Request {
  /// The device that it is about.
  fileprivate var device: DeviceID? {
    switch self {
    case .bluez(let request):
      switch request {
      case .pair(let id), .cancelPairing(let id), .trust(let id, _), .block(let id, _), .rename(let id, _),
        .connect(let id), .connectProfile(let id, _), .disconnect(let id), .remove(let id):
        id
      case .holdPairable, .releasePairable, .startDiscovery, .stopDiscovery, .power: nil
      }
    case .journal(.record(let entry)): entry.device
    case .journal(.erase(let id)), .session(.setProfile(let id, _)), .session(.setCodec(let id, _)),
      .headset(.leave(let id)), .headset(.look(let id)):
      id
    case .session(.restartServer), .agent, .helper: nil
    }
  }
}

extension Undertaking {
  fileprivate var words: String {
    switch self {
    case .connect: "connect"
    case .disconnect: "disconnect"
    case .audio(_, let kind): kind.map { "sound: \($0.rawValue)" } ?? "codec"
    }
  }
}
