extension Script {
  /// An element of `devices`.
  struct DeviceEntry: StrictlyKeyed {
    /// Who holds a key of whom.
    enum Bond: String, Decodable, Sendable {
      case none, both
      /// The headset has forgotten the computer.
      case here
      /// The computer has forgotten the headset.
      case there
      /// Both hold a key, but not the same.
      case different
    }
    enum Profile: String, Decodable, Sendable {
      case a2dp, hfp, hsp, avrcp
    }

    var address: String
    var name: String?
    var adapter: String?
    var known: Bool?
    var bonded: Bond?
    var trusted: Bool?
    var pairingMode: Bool?
    var inRange: Bool?
    var alwaysVisible: Bool?
    var busyElsewhere: Bool?
    var rssi: Int16?
    var advertisedAfterMs: Int?
    var capability: Headset.Capability?
    var pin: String?
    var pairing: Headset.PairingOutcome?
    var dropsWithoutKey: Bool?
    var bearer: Headset.Bearer?
    var profiles: [Profile]?
    var battery: UInt8?
    var stereo: Headset.Stereo?
    var transportDelayMs: Int?
    var codec: UInt8?
    var deviceClass: UInt32?
    var icon: String?
    var modalias: String?
    /// The address of its low-energy twin.
    var twin: String?
    /// Where this computer holds something of it that bluetoothd does not know of.
    var remnants: [Remnant]?
    var oddProperties: [String: Scalar]?
    var missingProperties: [String]?
    var missingInterfaces: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case address, name, adapter, known, bonded, trusted, pairingMode, inRange, alwaysVisible, busyElsewhere, rssi
      case advertisedAfterMs, capability, pin, pairing, dropsWithoutKey, bearer, profiles, battery, stereo
      case transportDelayMs, codec, deviceClass = "class", icon, modalias, twin, remnants, oddProperties,
        missingProperties
      case missingInterfaces
    }

    var headset: Headset {
      var headset = Headset(address, name: name ?? "WH-1000XM4")
      headset.isInPairingMode = pairingMode ?? false
      headset.isInRange = inRange ?? true
      headset.isAlwaysVisible = alwaysVisible ?? false
      headset.isBusyElsewhere = busyElsewhere ?? false
      headset.rssi = rssi ?? headset.rssi
      if let advertisedAfterMs { headset.answersInquiryAfter = .milliseconds(advertisedAfterMs) }
      headset.capability = capability ?? headset.capability
      headset.pin = pin
      headset.pairing = pairing ?? headset.pairing
      headset.dropsWithoutKey = dropsWithoutKey ?? false
      headset.bearer = bearer ?? headset.bearer
      if let profiles { headset.services = Set(profiles.flatMap(\.services)) }
      headset.battery = battery ?? headset.battery
      headset.stereo = stereo ?? headset.stereo
      if let transportDelayMs { headset.transportDelay = .milliseconds(transportDelayMs) }
      headset.codec = codec ?? headset.codec
      headset.deviceClass = deviceClass ?? headset.deviceClass
      headset.icon = icon ?? headset.icon
      headset.modalias = modalias ?? headset.modalias
      headset.oddProperties = (oddProperties ?? [:]).mapValues(\.value)
      headset.missingProperties = Set(missingProperties ?? [])
      headset.missingInterfaces = Set(missingInterfaces ?? [])
      return headset
    }
  }
}

extension Script.DeviceEntry.Profile {
  fileprivate var services: [Service] {
    switch self {
    case .a2dp: [.a2dpSink]
    case .hfp: [.handsFree]
    case .hsp: [.headset]
    case .avrcp: [.remoteControl, .remoteControlTarget]
    }
  }
}
