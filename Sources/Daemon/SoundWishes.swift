internal import Core
internal import EventLoop
internal import Service
internal import Varlink

/// What users wish of each device's sound, kept over restarts, and over forgetting and pairing again.
actor SoundWishes: LoopActor {
  nonisolated let loop: EventLoop
  private let file: StateFile?
  private let log: Log
  private var wishes: [Journal.Key: SoundWish] = [:]

  /// Reads what is there.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    file = directory.map { StateFile(path: "\($0)/sound") }
    do {
      guard let bytes = try file?.read() else { return }
      let stored = try JSONValue(parsing: bytes).decode(Stored.self)
      for device in stored.devices { if let (key, wish) = device.wish { wishes[key] = wish } }
    } catch {
      log.warning("the sound policies are lost", ["error": words(of: error)])
    }
  }

  subscript(key: Journal.Key) -> SoundWish { wishes[key] ?? SoundWish() }

  /// Keeps a wish, durably; where that fails it lasts until the daemon ends.
  func keep(_ wish: SoundWish, for key: Journal.Key) {
    guard self[key] != wish else { return }
    wishes[key] = wish == SoundWish() ? nil : wish
    let stored = Stored(devices: wishes.sorted { $0.key < $1.key }.map { StoredWish($0.key, $0.value) })
    do {
      try file?.write(JSONValue(encoding: stored).bytes)
    } catch {
      log.warning("a sound policy will be forgotten at the next start", ["error": "\(error)"])
    }
  }
}

private struct Stored: Codable { var devices: [StoredWish] }

private struct StoredWish: Codable {
  var adapter: String
  var device: String
  var policy: String
  var preference: String?

  init(_ key: Journal.Key, _ wish: SoundWish) {
    adapter = key.adapter.description
    device = key.device.description
    policy = wish.policy.rawValue
    preference = wish.preference?.rawValue
  }

  var wish: (Journal.Key, SoundWish)? {
    guard let adapter = Address(adapter), let device = Address(device), let policy = AudioPolicy(rawValue: policy)
    else {
      return nil
    }
    let preference = preference.flatMap(CodecPreference.init(rawValue:))
    return (Journal.Key(adapter: adapter, device: device), SoundWish(policy: policy, preference: preference))
  }
}
