/// What every operation needs before it can ask BlueZ for anything.
enum Preconditions {
  /// The adapter, plugged in and switched on.
  static func adapter(
    _ id: AdapterID, in world: some World, while action: String? = nil
  ) throws(OperationError) -> Adapter {
    guard world.hasBlueZ else { throw .bluezMissing(world.absence, while: action) }
    guard let adapter = world.adapter(id) else {
      throw action.map { .adapterGone(id, while: $0) } ?? .noAdapter(world.host)
    }
    guard !adapter.blocked else { throw .adapterBlocked(id) }
    guard adapter.powered else { throw .adapterOff(id) }
    return adapter
  }
}
