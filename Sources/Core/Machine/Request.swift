package import Vocabulary

/// One thing that an operation asks for, by who carries it out. Each is answered once: ``HelperRequest/inspect(_:_:)`` and
/// ``HelperRequest/flush(_:_:)`` by ``Event/layers(_:_:)``, all others by ``Event/answered(_:_:)``.
package enum Request: Hashable, Sendable {
  case bluez(BlueZRequest)
  case agent(AgentRequest)
  case helper(HelperRequest)
  case journal(JournalRequest)
  case session(SessionRequest)
  case headset(HeadsetRequest)
}

/// What bluetoothd is asked for.
package enum BlueZRequest: Hashable, Sendable {
  /// Keeps the adapter pairable until it is released; then it is again what it was.
  case holdPairable(AdapterID)
  case releasePairable(AdapterID)
  case startDiscovery(AdapterID)
  case stopDiscovery(AdapterID)
  case pair(DeviceID)
  /// Only while ``pair(_:)`` is under way: with none, BlueZ destroys the kernel's key (`device.c cancel_pairing`).
  case cancelPairing(DeviceID)
  case trust(DeviceID, Bool)
  case block(DeviceID, Bool)
  case rename(DeviceID, String)
  case connect(DeviceID)
  case connectProfile(DeviceID, AudioService)
  case disconnect(DeviceID)
  case remove(DeviceID)
  case power(AdapterID, Bool)
}

/// What is asked of the agent that answers bluetoothd's questions during a pairing.
package enum AgentRequest: Hashable, Sendable {
  case register(AgentCapability)
  case unregister
}

/// What the privileged helper is asked for.
package enum HelperRequest: Hashable, Sendable {
  /// What these layers hold of the device.
  case inspect(DeviceID, [HostLayer])
  /// Removes what these layers hold of the device. Only when BlueZ no longer knows the bond.
  case flush(DeviceID, [HostLayer])
  /// Ends the device's link at once, without the 2 s that BlueZ gives its profiles.
  case endLink(DeviceID)
  /// Tells what the kernel says of the device's link, as ``Event/link(_:_:)``, until ``unwatch(_:)``; answered when it
  /// listens, or refused where there is no helper.
  case watch(DeviceID)
  case unwatch(DeviceID)
  /// Starts it, which takes a moment, ahead of what it will be asked for.
  case prepare
}

/// What is asked of the journal of removals.
package enum JournalRequest: Hashable, Sendable {
  /// Writes the entry, durably; a refusal means that it is not there.
  case record(JournalEntry)
  /// Removes the device's entry, durably.
  case erase(DeviceID)
}

/// What the sound server of the followed session is asked for; answered when the session has seen it so.
package enum SessionRequest: Hashable, Sendable {
  /// Puts the device's card into a profile.
  case setProfile(DeviceID, String)
  case setCodec(DeviceID, String)
  /// Starts what registers with BlueZ again; refused while something plays or records elsewhere.
  case restartServer
}

/// What a headset itself is asked for, over its control channel.
package enum HeadsetRequest: Hashable, Sendable {
  /// Forgets this computer. Refused only where it is sure that it has not, so that nothing has changed.
  case leave(DeviceID)
  /// Says how full it is and who else is connected to it, where it can; answered when the world knows it, or soon without.
  case look(DeviceID)
}

/// What this computer can do for authentication, as BlueZ's agent capability.
package enum AgentCapability: Hashable, Sendable {
  /// Nobody to ask: just works, and the PIN that headsets without a display have.
  case none
  /// Comparisons of passkeys are accepted unseen.
  case confirming
  /// A person at a terminal.
  case interactive
}

// Each by its own name, whoever carries it out.
extension Request {
  package static let unregisterAgent = agent(.unregister)
  package static let restartServer = session(.restartServer)
  package static func registerAgent(_ capability: AgentCapability) -> Self { .agent(.register(capability)) }
  package static func holdPairable(_ id: AdapterID) -> Self { .bluez(.holdPairable(id)) }
  package static func releasePairable(_ id: AdapterID) -> Self { .bluez(.releasePairable(id)) }
  package static func startDiscovery(_ id: AdapterID) -> Self { .bluez(.startDiscovery(id)) }
  package static func stopDiscovery(_ id: AdapterID) -> Self { .bluez(.stopDiscovery(id)) }
  package static func pair(_ id: DeviceID) -> Self { .bluez(.pair(id)) }
  package static func cancelPairing(_ id: DeviceID) -> Self { .bluez(.cancelPairing(id)) }
  package static func trust(_ id: DeviceID, _ on: Bool) -> Self { .bluez(.trust(id, on)) }
  package static func block(_ id: DeviceID, _ on: Bool) -> Self { .bluez(.block(id, on)) }
  package static func rename(_ id: DeviceID, _ alias: String) -> Self { .bluez(.rename(id, alias)) }
  package static func connect(_ id: DeviceID) -> Self { .bluez(.connect(id)) }
  package static func connectProfile(_ id: DeviceID, _ service: AudioService) -> Self {
    .bluez(.connectProfile(id, service))
  }
  package static func disconnect(_ id: DeviceID) -> Self { .bluez(.disconnect(id)) }
  package static func remove(_ id: DeviceID) -> Self { .bluez(.remove(id)) }
  package static func power(_ id: AdapterID, _ on: Bool) -> Self { .bluez(.power(id, on)) }
  package static func inspect(_ id: DeviceID, _ layers: [HostLayer]) -> Self { .helper(.inspect(id, layers)) }
  package static func flush(_ id: DeviceID, _ layers: [HostLayer]) -> Self { .helper(.flush(id, layers)) }
  package static func endLink(_ id: DeviceID) -> Self { .helper(.endLink(id)) }
  package static func watch(_ id: DeviceID) -> Self { .helper(.watch(id)) }
  package static func unwatch(_ id: DeviceID) -> Self { .helper(.unwatch(id)) }
  package static func record(_ entry: JournalEntry) -> Self { .journal(.record(entry)) }
  package static func erase(_ id: DeviceID) -> Self { .journal(.erase(id)) }
  package static func setProfile(_ id: DeviceID, _ profile: String) -> Self { .session(.setProfile(id, profile)) }
  package static func leaveHeadset(_ id: DeviceID) -> Self { .headset(.leave(id)) }
  package static func lookAtHeadset(_ id: DeviceID) -> Self { .headset(.look(id)) }
  package static func setCodec(_ id: DeviceID, _ codec: String) -> Self { .session(.setCodec(id, codec)) }
}
