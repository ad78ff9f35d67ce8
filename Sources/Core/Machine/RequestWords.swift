// What is asked, for the log.

internal import Vocabulary

extension Request {
  package var words: String {
    switch self {
    case .bluez(let request): request.words
    case .agent(.register(let capability)): "register the agent (\(capability.words))"
    case .agent(.unregister): "unregister the agent"
    case .helper(let request): request.words
    case .journal(.record(let entry)):
      "record the \(entry.purpose.rawValue) of \(entry.device.words): \(entry.phase.rawValue)"
    case .journal(.erase(let id)): "erase the record of \(id.words)"
    case .session(.setProfile(let id, let profile)): "set the profile \(profile) of \(id.words)"
    case .headset(.leave(let id)): "have \(id.words) forget this computer"
    case .headset(.look(let id)): "ask \(id.words) how full it is and who else is connected"
    case .session(.restartServer): "restart the sound server"
    case .session(.setCodec(let id, let codec)): "set the codec \(codec) of \(id.words)"
    }
  }
}

extension BlueZRequest {
  fileprivate var words: String {
    switch self {
    case .holdPairable(let id): "make \(id) pairable"
    case .releasePairable(let id): "restore Pairable of \(id)"
    case .startDiscovery(let id): "start a discovery on \(id)"
    case .stopDiscovery(let id): "stop the discovery on \(id)"
    case .pair(let id): "pair \(id.words)"
    case .cancelPairing(let id): "cancel the pairing of \(id.words)"
    case .trust(let id, let on): "\(on ? "trust" : "untrust") \(id.words)"
    case .block(let id, let on): "\(on ? "block" : "unblock") \(id.words)"
    case .rename(let id, _): "rename \(id.words)"
    case .connect(let id): "connect \(id.words)"
    case .connectProfile(let id, let service): "connect the profile \(service.uuid) of \(id.words)"
    case .disconnect(let id): "disconnect \(id.words)"
    case .remove(let id): "remove \(id.words)"
    case .power(let id, let on): "switch \(id) \(on ? "on" : "off")"
    }
  }
}

extension HelperRequest {
  fileprivate var words: String {
    switch self {
    case .inspect(let id, let layers): "look at \(Self.words(layers)) of \(id.words)"
    case .flush(let id, let layers): "flush \(Self.words(layers)) of \(id.words)"
    case .endLink(let id): "end the link of \(id.words)"
    case .watch(let id): "watch the link of \(id.words)"
    case .unwatch(let id): "do not watch the link of \(id.words)"
    case .prepare: "start the helper"
    }
  }

  private static func words(_ layers: [HostLayer]) -> String { layers.map(\.rawValue).joined(separator: ", ") }
}

extension DeviceID {
  fileprivate var words: String { "\(address) on \(adapter)" }
}

extension AgentCapability {
  fileprivate var words: String {
    switch self {
    case .none: "nobody to ask"
    case .confirming: "confirming unseen"
    case .interactive: "with a person"
    }
  }
}
