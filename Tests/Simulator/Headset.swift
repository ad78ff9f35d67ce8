/// A headset in the neighbourhood: what it is, how it behaves, and what it remembers.
///
/// It exists whether or not bluetoothd knows it. The defaults are those of a pair of Sony headphones, switched on, that
/// nobody has paired yet and that is not in pairing mode.
package struct Headset: Hashable, Sendable {
  /// "94:DB:56:00:00:01".
  package let address: String
  /// "public" or "random".
  package var addressType = "public"
  package var name: String
  /// The class of device of the baseband; low-energy devices have none.
  package var deviceClass: UInt32? = 0x24_0404
  package var icon: String? = "audio-headset"
  package var services: Set<Service> = [.a2dpSink, .handsFree, .remoteControl, .remoteControlTarget]
  /// Further UUIDs, as BlueZ writes them.
  package var otherServices: [String] = []
  package var modalias: String? = "usb:v054Cp0D58d0100"
  package var manufacturerData: [UInt16: [UInt8]] = [:]
  /// Percent; nil for one that does not tell.
  package var battery: UInt8? = 80
  package var bearer = Bearer.bredr

  // What it does at the moment.
  package var isInRange = true
  /// Whether it can be found by an inquiry and pairs with whoever asks.
  package var isInPairingMode = false
  /// Advertises although it is not in pairing mode; low-energy twins do.
  package var isAlwaysVisible = false
  package var rssi: Int16 = -58
  /// How long after the start of a discovery, or after it came into sight, it answers.
  package var answersInquiryAfter = Duration.milliseconds(250)
  /// Connected to another computer: it does not answer a page.
  package var isBusyElsewhere = false

  // How it pairs.
  package var capability = Capability.none
  /// Nil for Secure Simple Pairing; otherwise the fixed PIN of an old headset.
  package var pin: String?
  package var pairing = PairingOutcome.asItIs
  /// Whether it also hangs up when it is asked for a key that it does not have (some do, HCI 0x13).
  package var dropsWithoutKey = false

  // How it connects.
  package var stereo = Stereo.onConnect
  /// When the A2DP transport appears, counted from Connect's answer; negative is before.
  package var transportDelay = Duration.milliseconds(-50)
  /// The A2DP codec of the transport, as `MediaTransport1.Codec` has it: 0 is SBC.
  package var codec: UInt8 = 0

  // What bluetoothd gets wrong about it.
  /// Properties of Device1 with values that do not belong there.
  package var oddProperties: [String: Value] = [:]
  /// Properties of Device1 that are missing.
  package var missingProperties: Set<String> = []
  /// Interfaces that its object does not have, whatever else it has.
  package var missingInterfaces: Set<String> = []

  /// The keys it holds, by the address of the computer's adapter.
  package var keys: [String: LinkKey] = [:]

  package init(_ address: String, name: String) {
    self.address = address.uppercased()
    self.name = name
  }

  /// A key that both sides hold, or not the same. Only its identity matters here.
  package struct LinkKey: Hashable, Sendable {
    let number: Int
    /// A key that no computer holds.
    package static let foreign = Self(number: -1)
  }

  /// The radios that a device speaks over.
  package enum Bearer: String, CaseIterable, Codable, Sendable {
    case bredr, le, dual
  }

  /// What a device can show and ask, as BlueZ names it for agents.
  package enum Capability: String, CaseIterable, Codable, Sendable {
    case none = "NoInputNoOutput"
    case display = "DisplayOnly"
    case displayYesNo = "DisplayYesNo"
    case keyboard = "KeyboardOnly"
    case keyboardDisplay = "KeyboardDisplay"
  }

  /// How a pairing ends that nobody else spoils.
  package enum PairingOutcome: String, CaseIterable, Codable, Sendable {
    /// As its state says: success in pairing mode, refused otherwise.
    case asItIs
    /// HCI 0x18, pairing not allowed.
    case refused
    /// HCI 0x05.
    case authenticationFailed
    /// The headset hangs up (HCI 0x13).
    case cancelled
    /// HCI 0x22, no answer of the link manager.
    case timedOut
    /// It goes out of range once the link is up.
    case vanishes
    /// It says nothing, for as long as anybody waits.
    case silent
    /// The link is paired, but the services cannot be read afterwards: "Not paired".
    case notPairedAfterAll
    /// It wants the person at the computer to authorise the pairing.
    case asksForAuthorization
  }

  /// Whether stereo comes up.
  package enum Stereo: String, CaseIterable, Codable, Sendable {
    /// With `Connect`.
    case onConnect
    /// Only when `ConnectProfile` asks for it; `Connect` answers success because HFP came up.
    case onProfile
    /// `ConnectProfile` fails as well.
    case never
  }

  /// Whether an inquiry or a scan for advertisements finds it.
  var isVisible: Bool { isInRange && (isInPairingMode || isAlwaysVisible) }
  /// The major device class Peripheral, with the bit of a keyboard.
  var isKeyboard: Bool { deviceClass.map { $0 >> 8 & 0x1F == 0x05 && $0 & 0x40 != 0 } ?? false }
  /// Whether it answers a page.
  var isReachable: Bool { isInRange && !isBusyElsewhere }

  /// The low-energy twin under which Sony's headsets advertise beside their BR/EDR identity.
  package static func twin(of headset: Headset, address: String) -> Headset {
    var twin = Headset(address, name: "LE_\(headset.name)")
    twin.addressType = "random"
    twin.deviceClass = nil
    twin.icon = nil
    twin.services = []
    twin.otherServices = [Service.uuid(0xFE03)]
    twin.modalias = nil
    twin.manufacturerData = [0x012D: [0x04, 0x00, 0x01, 0x31]]
    twin.battery = nil
    twin.bearer = .le
    twin.isInPairingMode = true
    twin.isAlwaysVisible = true
    twin.stereo = .never
    twin.answersInquiryAfter = .milliseconds(120)
    return twin
  }
}
