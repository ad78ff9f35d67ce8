internal import Vocabulary

/// Looks at what this computer holds of a device, layer by layer, and changes nothing.
package struct InspectOperation: Operation {
  private enum Phase {
    case idle, inspecting, finished
  }

  private static let layers: [HostLayer] = [.bond, .linkKey, .storedLinkKey, .cache]

  package let name = "cache"
  private let id: DeviceID
  private var phase = Phase.idle

  package init(_ id: DeviceID) { self.id = id }

  package mutating func start(in world: some World) -> [Action] {
    guard world.hasBlueZ else { return finish(.failure(.bluezMissing(world.absence))) }
    guard world.adapter(id.adapter) != nil else { return finish(.failure(.noAdapter(world.host))) }
    phase = .inspecting
    return [.request(.inspect(id, Self.layers))]
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard phase == .inspecting else { return [] }
    switch event {
    case .cancelled: return finish(.failure(.cancelled("Looking at it")))
    case .layers(id, let answer):
      guard world.hasBlueZ else {
        return finish(.failure(.bluezMissing(world.absence, while: "it was looked at")))
      }
      let found = [.bluez(of: id, in: world), .inquiryCache(of: id)] + answer.reports(of: id, Self.layers)
      return finish(.success(Outcome(device: id, layers: found.inOrder)))
    default: return []
    }
  }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    return [.finish(result)]
  }
}
