internal import Vocabulary

/// When a search for a headset says what it waits for, and what that is: a headset that is not seen for some seconds is
/// not in pairing mode, and only a person can put it there.
struct PairingGuidance: Equatable, Sendable {
  /// A headset in pairing mode answers the inquiry within 2.56 s (the scan interval of the baseband specification, R1).
  static let delay = Duration.seconds(4)

  private let limit: Duration
  private let query: DeviceQuery?
  private var device: DeviceID?
  private var name: String?
  private var twin: Device?
  private var isGiven = false

  /// Of a search that ends after `limit`. The device that is paired anew is known to who repairs it.
  init(_ query: DeviceQuery?, within limit: Duration, repairing entry: JournalEntry?) {
    self.query = query
    self.limit = limit
    device = entry?.device
    name = entry?.name
  }

  /// How long the headset may take to show itself.
  var delay: Duration { min(Self.delay, limit / 2) }

  /// The headset has not been seen.
  mutating func give(on adapter: AdapterID, in world: some World) -> [Action] {
    isGiven = true
    let devices = world.devices(of: adapter).sorted { $0.id.address < $1.id.address }
    if device == nil, let query {
      let known = query.best(of: devices.filter { Twin.original(of: $0) == nil }).first
      device = known?.id ?? query.address.map { DeviceID(adapter, $0) }
      name = known?.name
    }
    twin = devices.first(where: isItsTwin)
    return [.await(awaited(remaining: limit - delay))]
  }

  /// Something is new of a device while the headset is looked for. Its twin tells that it is switched on.
  mutating func look(at id: DeviceID, in world: some World) -> [Action] {
    guard isGiven else { return [] }
    let seen = world.device(id).flatMap { isItsTwin($0) ? $0 : nil }
    guard seen != nil ? twin == nil : twin?.id == id else { return [] }
    twin = seen
    return [.await(awaited(remaining: nil))]
  }

  private func isItsTwin(_ device: Device) -> Bool {
    guard device.isInSight, let original = Twin.original(of: device) else { return false }
    if let name { return original.hasSameBytes(as: name) }
    return query.map { $0.fit(device) != nil } ?? true
  }

  private func awaited(remaining: Duration?) -> Awaited {
    let original = twin.flatMap(Twin.original)
    let name = name ?? original ?? query.flatMap { $0.address == nil ? $0.text : nil }
    let title = name ?? query?.text
    let situation =
      if let twin, let title {
        "\(title) is switched on, but not in pairing mode: only its low-energy twin \(twin.alias) is in sight."
      } else if let title {
        "\(title) has not been seen in pairing mode yet."
      } else {
        "No headset has been seen in pairing mode yet."
      }
    return Awaited(
      .pairingMode, device: device, name: name, twin: twin.map { $0.name ?? $0.alias }, remaining: remaining,
      situation: situation, advice: "\(OperationError.pairingMode).")
  }
}
