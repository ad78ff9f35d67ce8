import Core
import Vocabulary

/// How far a change of the profile has come, at either layer.
enum ProfilePhase: CaseIterable, Sendable {
  case asking, awaiting, disconnecting, dropping, reconnecting, awaitingCard, switching, confirming, awaitingStream

  func script() -> Script<ProfileOperation> {
    let goal = self == .awaitingStream ? ProfileOperation.Goal.codec("sbc_xq") : .kind(.stereo)
    var script = Script(ProfileOperation(.headset, goal), world)
    script.label = "profile, \(self)"
    script.start()
    switch self {
    case .asking, .awaitingCard, .switching: break
    case .awaiting: script.answer(.connectProfile(.headset, .a2dpSink))
    case .disconnecting, .dropping, .reconnecting:
      script.answer(.connectProfile(.headset, .a2dpSink), .other)
      if self == .disconnecting { break }
      script.answer(.disconnect(.headset))
      if self == .reconnecting { script.change { $0.connected = false } }
    case .confirming: script.answer(.setProfile(.headset, "a2dp-sink"))
    case .awaitingStream:
      script.world.put(into: "a2dp-sink-sbc_xq")
      script.world.streams[.headset] = nil
      script.answer(.setProfile(.headset, "a2dp-sink-sbc_xq"))
    }
    return script
  }

  private var world: FakeWorld {
    switch self {
    case .asking, .awaiting, .disconnecting, .dropping, .reconnecting:
      var world = FakeWorld.playing(.pipewire(in: "headset-head-unit"))
      world.streams[.headset] = [Transport(profile: .hfp)]
      return world
    case .awaitingCard: return .playing(nil)
    case .switching, .confirming: return .playing(.pipewire(in: "headset-head-unit"))
    case .awaitingStream: return .playing()
    }
  }
}
