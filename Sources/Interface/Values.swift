// The values of org.mdrctl.Control. What each field means is said once, in org.mdrctl.Control.varlink.

package import Vocabulary

/// A Bluetooth controller of this computer.
package struct Adapter: Codable, Hashable, Sendable {
  package var name: String
  package var address: String
  package var alias: String
  package var powered: Bool
  package var blocked: Bool
  package var pairable: Bool
  package var discoverable: Bool
  package var discovering: Bool
  package var audioReady: Bool
  package var selected: Bool
  package var callsReady: Bool?

  package init(
    name: String, address: String, alias: String, powered: Bool, blocked: Bool, pairable: Bool, discoverable: Bool,
    discovering: Bool, audioReady: Bool, selected: Bool, callsReady: Bool? = nil
  ) {
    self.name = name
    self.address = address
    self.alias = alias
    self.powered = powered
    self.blocked = blocked
    self.pairable = pairable
    self.discoverable = discoverable
    self.discovering = discovering
    self.audioReady = audioReady
    self.selected = selected
    self.callsReady = callsReady
  }
}

/// An audio stream between this computer and a device.
package struct Transport: Codable, Hashable, Sendable {
  package enum Profile: String, CaseIterable, Codable, Sendable {
    case a2dp, hfp, hsp, other
  }
  package var profile: Profile
  package var codec: String
  package var state: String
  package var volume: Int?

  package init(profile: Profile, codec: String, state: String, volume: Int?) {
    self.profile = profile
    self.codec = codec
    self.state = state
    self.volume = volume
  }
}

/// A device that BlueZ knows.
package struct Device: Codable, Hashable, Sendable {
  package enum Profile: String, CaseIterable, Codable, Sendable {
    case a2dp, hfp, hsp, avrcp
  }
  package var adapter: String
  package var address: String
  package var name: String?
  package var alias: String
  package var icon: String?
  package var paired: Bool
  package var bonded: Bool
  package var trusted: Bool
  package var blocked: Bool
  package var connected: Bool
  package var servicesResolved: Bool
  package var profiles: [Profile]
  package var transports: [Transport]
  package var battery: Int?
  package var batteries: [BatteryReading]?
  package var rssi: Int?
  package var modalias: String?
  package var manufacturer: String?
  package var model: String?
  package var uuids: [String]
  package var twinOf: String?
  package var operation: String?
  package var verdict: Verdict?
  package var standing: Standing?

  package init(
    adapter: String, address: String, name: String? = nil, alias: String, icon: String? = nil, paired: Bool = false,
    bonded: Bool = false, trusted: Bool = false, blocked: Bool = false, connected: Bool = false,
    servicesResolved: Bool = false, profiles: [Profile] = [], transports: [Transport] = [], battery: Int? = nil,
    rssi: Int? = nil, modalias: String? = nil, manufacturer: String? = nil, model: String? = nil,
    uuids: [String] = [], twinOf: String? = nil, operation: String? = nil, verdict: Verdict? = nil
  ) {
    self.adapter = adapter
    self.address = address
    self.name = name
    self.alias = alias
    self.icon = icon
    self.paired = paired
    self.bonded = bonded
    self.trusted = trusted
    self.blocked = blocked
    self.connected = connected
    self.servicesResolved = servicesResolved
    self.profiles = profiles
    self.transports = transports
    self.battery = battery
    self.rssi = rssi
    self.modalias = modalias
    self.manufacturer = manufacturer
    self.model = model
    self.uuids = uuids
    self.twinOf = twinOf
    self.operation = operation
    self.verdict = verdict
  }
}

/// How far an operation has come.
package struct Progress: Codable, Hashable, Sendable {
  package typealias Stage = Vocabulary.Stage

  package var stage: Stage
  package var message: String
  package var awaited: Awaited?
  package var rung: LadderRung?

  package init(stage: Stage, message: String, awaited: Awaited? = nil, rung: LadderRung? = nil) {
    self.stage = stage
    self.message = message
    self.awaited = awaited
    self.rung = rung
  }
}

/// What a person is to do at the headset.
package struct Awaited: Codable, Hashable, Sendable {
  package typealias Deed = HeadsetDeed

  package var deed: Deed
  package var situation: String
  package var remaining: Int?
  package var address: String?
  package var name: String?
  package var modalias: String?
  package var icon: String?
  package var twin: String?
  package var elsewhere: Bool?
  package var battery: Int?
  package var batterySince: Int?
  package var charge: BatteryCharge?
  package var caution: String?
  package var saved: Int?

  package init(
    deed: Deed, situation: String, remaining: Int? = nil, address: String? = nil, name: String? = nil,
    modalias: String? = nil, icon: String? = nil, twin: String? = nil, elsewhere: Bool? = nil,
    battery: Int? = nil, batterySince: Int? = nil, charge: BatteryCharge? = nil, caution: String? = nil,
    saved: Int? = nil
  ) {
    self.deed = deed
    self.situation = situation
    self.remaining = remaining
    self.address = address
    self.name = name
    self.modalias = modalias
    self.icon = icon
    self.twin = twin
    self.elsewhere = elsewhere
    self.battery = battery
    self.batterySince = batterySince
    self.charge = charge
    self.caution = caution
    self.saved = saved
  }
}

/// One rung of the ladder by which a headset is brought back.
package struct LadderStep: Codable, Hashable, Sendable {
  package var rung: LadderRung
  package var state: RungState
  package var does: String
  package var costs: String?
  package var came: String?

  package init(rung: LadderRung, state: RungState, does: String, costs: String? = nil, came: String? = nil) {
    self.rung = rung
    self.state = state
    self.does = does
    self.costs = costs
    self.came = came
  }
}

/// Something a person must decide while a pairing runs.
package struct Question: Codable, Hashable, Sendable {
  package enum Kind: String, CaseIterable, Codable, Sendable {
    /// A PIN must be typed here (`value` of the answer, 1 to 16 characters).
    case pin
    /// A passkey must be typed here (`value`, 0 to 999999).
    case passkey
    /// Is the passkey shown here the one that the device shows?
    case confirmation
    /// Nothing to answer: the passkey or PIN must be typed on the device.
    case display
  }
  package var id: Int
  package var kind: Kind
  package var address: String
  package var name: String
  package var passkey: String?

  package init(id: Int, kind: Kind, address: String, name: String, passkey: String? = nil) {
    self.id = id
    self.kind = kind
    self.address = address
    self.name = name
    self.passkey = passkey
  }
}

/// One thing that an operation set out to prove.
package struct Proof: Codable, Hashable, Sendable {
  package typealias What = ProofSubject

  package var what: What
  package var proven: Bool
  package var reason: String?

  package init(what: What, proven: Bool, reason: String? = nil) {
    self.what = what
    self.proven = proven
    self.reason = reason
  }
}

/// What `Scan` reports.
package enum ScanEvent: String, CaseIterable, Codable, Sendable {
  case started, found, changed, lost, finished
}

/// What `Monitor` reports.
package enum MonitorEvent: String, CaseIterable, Codable, Sendable {
  case state, bluezAppeared, bluezVanished, adapterAdded, adapterChanged, adapterRemoved, deviceAdded, deviceChanged,
    deviceRemoved, headsetChanged, soundChanged
}
