internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

/// What users wish of each device's sound and connection, kept over restarts, and over forgetting and pairing again. A
/// device has a wish for everybody, and each user may have one of his own, which holds for his sessions.
actor Preferences: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  private var store: Store<Name, Stored>
  private var calls: Store<Name, StoredCall>

  /// Of which device, and whose.
  private struct Name: Codable, Hashable, Comparable {
    let adapter: Address
    let device: Address
    /// Nil: everybody's.
    let user: UInt32?

    init(_ key: BondKey, _ user: UInt32?) { (adapter, device, self.user) = (key.adapter, key.device, user) }

    static func < (left: Self, right: Self) -> Bool {
      (left.adapter, left.device, left.user.map(Int.init) ?? -1) < (
        right.adapter, right.device, right.user.map(Int.init) ?? -1
      )
    }
  }

  private struct Stored: Codable, Hashable {
    var policy: AudioPolicy
    var preference: CodecPreference?
  }

  private struct StoredCall: Codable, Hashable {
    var automatic: Bool
    var tier: Int
  }

  /// Reads what is there.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    store = Store("sound", in: directory, list: "devices", of: "the sound policies", log: log)
    calls = Store("connections", in: directory, list: "devices", of: "the wishes for connections", log: log)
  }

  /// What is wished of a device while the sound of this user is followed, nil: of nobody.
  func wish(of key: BondKey, for user: UInt32?) -> AudioWish {
    if let user, let own = store[Name(key, user)] {
      return AudioWish(policy: own.policy, preference: own.preference, isOwn: true)
    }
    return store[Name(key, nil)].map { AudioWish(policy: $0.policy, preference: $0.preference) } ?? AudioWish()
  }

  /// Changes a user's own wish, or with nil everybody's. A user who wishes what everybody does has none of his own.
  /// Returns why the wish lasts only until the daemon ends; nil when it is kept.
  func change(_ key: BondKey, for user: UInt32?, _ change: (inout AudioWish) -> Void) -> String? {
    var wish = wish(of: key, for: user)
    change(&wish)
    set(wish, of: key, for: user)
    return writeSound()
  }

  private func set(_ wish: AudioWish, of key: BondKey, for user: UInt32?) {
    let common = user == nil ? AudioWish() : self.wish(of: key, for: nil)
    let isCommon = wish.policy == common.policy && wish.preference == common.preference
    let name = Name(key, user)
    let new = isCommon ? nil : Stored(policy: wish.policy, preference: wish.preference)
    if store[name] != new { store[name] = new }
  }

  private func writeSound() -> String? {
    guard let reason = store.write() else { return nil }
    log.warning("a sound policy will be forgotten at the next start", ["error": reason])
    return reason
  }

  // MARK: Connections

  /// What is wished of a device's connection while the sound of this user is followed, nil: of nobody.
  func callWish(of key: BondKey, for user: UInt32?) -> CallWish {
    func wish(_ stored: StoredCall, isOwn: Bool) -> CallWish {
      let bounds = CallWish.tiers
      // What a hand wrote into the file is brought into bounds.
      return CallWish(
        isAutomatic: stored.automatic, tier: min(max(stored.tier, bounds.lowerBound), bounds.upperBound), isOwn: isOwn)
    }
    if let user, let own = calls[Name(key, user)] { return wish(own, isOwn: true) }
    return calls[Name(key, nil)].map { wish($0, isOwn: false) } ?? CallWish()
  }

  /// Changes a user's own wish, or with nil everybody's. A user who wishes what everybody does has none of his own.
  /// Returns why the wish lasts only until the daemon ends; nil when it is kept.
  func changeCalls(of key: BondKey, for user: UInt32?, _ change: (inout CallWish) -> Void) -> String? {
    var wish = callWish(of: key, for: user)
    change(&wish)
    set(wish, of: key, for: user)
    return writeCalls()
  }

  private func set(_ wish: CallWish, of key: BondKey, for user: UInt32?) {
    let common = user == nil ? CallWish() : callWish(of: key, for: nil)
    let isCommon = wish.isAutomatic == common.isAutomatic && wish.tier == common.tier
    let name = Name(key, user)
    let new = isCommon ? nil : StoredCall(automatic: wish.isAutomatic, tier: wish.tier)
    if calls[name] != new { calls[name] = new }
  }

  private func writeCalls() -> String? {
    guard let reason = calls.write() else { return nil }
    log.warning("a wish for a connection will be forgotten at the next start", ["error": reason])
    return reason
  }

  // MARK: All of them

  /// What is wished of a device; nil where nothing is.
  struct Wishes: Sendable {
    var audio: AudioWish?
    var call: CallWish?
  }

  /// The wishes that there can be. Devices that BlueZ does not know may have some, and nothing else bounds their number.
  static let most = 1_000

  /// The devices of which something is wished by this user or by everybody, nil: by everybody.
  func keys(for user: UInt32?) -> [BondKey] {
    let names = (store.ids + calls.ids).filter { $0.user == nil || $0.user == user }
    return Set(names.map { BondKey(adapter: $0.adapter, device: $0.device) }).sorted()
  }

  /// What is wished of a device while the sound of this user is followed, as far as anything is.
  func wishes(of key: BondKey, for user: UInt32?) -> Wishes {
    let names = [Name(key, user), Name(key, nil)]
    return Wishes(
      audio: names.contains { store[$0] != nil } ? wish(of: key, for: user) : nil,
      call: names.contains { calls[$0] != nil } ? callWish(of: key, for: user) : nil)
  }

  /// How many more devices something can be wished of.
  var room: Int { max(0, Self.most - max(store.ids.count, calls.ids.count)) }

  /// Changes what is wished of several devices, as ``change(_:for:_:)`` does; nil stays as it is.
  func adopt(_ all: [(key: BondKey, wishes: Wishes)], for user: UInt32?) -> String? {
    for (key, wishes) in all {
      if let wish = wishes.audio { set(wish, of: key, for: user) }
      if let wish = wishes.call { set(wish, of: key, for: user) }
    }
    let (sound, calls) = (writeSound(), writeCalls())
    return sound ?? calls
  }
}
