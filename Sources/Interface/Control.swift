/// The interface `org.mdrctl.Control`: its methods' parameters and replies as they travel.
///
/// `org.mdrctl.Control.varlink` beside this file is what other programs read; a test holds the two together.
package enum Control {
  package static let interface = "org.mdrctl.Control"
  /// The interface's text, for `org.varlink.service.GetInterfaceDescription`.
  package static var description: String {
    String(decoding: PackageResources.org_mdrctl_Control_varlink, as: UTF8.self)
  }
  /// Where the daemon listens; `MDRCTL_SOCKET` overrides it for every client.
  package static let socketPath = "/run/mdrctl/mdrctl.sock"
  package static let socketVariable = "MDRCTL_SOCKET"
  /// The version of daemon and client; they are built together.
  package static let version = "0.1.0"

  /// The methods. The raw value is the name on the wire after the interface's.
  package enum Method: String, CaseIterable, Sendable {
    case status = "Status"
    case list = "List"
    case show = "Show"
    case scan = "Scan"
    case pair = "Pair"
    case answer = "Answer"
    case connect = "Connect"
    case disconnect = "Disconnect"
    case trust = "Trust"
    case block = "Block"
    case rename = "Rename"
    case forget = "Forget"
    case cache = "Cache"
    case repair = "Repair"
    case audio = "Audio"
    case profile = "Profile"
    case codec = "Codec"
    case wait = "Wait"
    case power = "Power"
    case selectAdapter = "SelectAdapter"
    case monitor = "Monitor"

    /// "org.mdrctl.Control.Status" and so on.
    package var fullName: String { "\(Control.interface).\(rawValue)" }
  }

  // MARK: Parameters

  /// Of `Status` and `Monitor`, which take none.
  package struct NoParameters: Codable, Sendable {
    package init() {}
  }

  package struct ListParameters: Codable, Sendable {
    package var adapter: String?
    package var all: Bool?
    package init(adapter: String? = nil, all: Bool? = nil) {
      self.adapter = adapter
      self.all = all
    }
  }

  /// Of `Show`, `Disconnect` and `Cache`.
  package struct DeviceParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package init(device: String? = nil, adapter: String? = nil) {
      self.device = device
      self.adapter = adapter
    }
  }

  package struct ScanParameters: Codable, Sendable {
    package var adapter: String?
    /// Milliseconds.
    package var timeout: Int?
    package init(adapter: String? = nil, timeout: Int? = nil) {
      self.adapter = adapter
      self.timeout = timeout
    }
  }

  package struct PairParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    /// Milliseconds to look for the headset.
    package var timeout: Int?
    package var confirm: Bool?
    package var ask: Bool?
    package init(
      device: String? = nil, adapter: String? = nil, timeout: Int? = nil, confirm: Bool? = nil, ask: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
      self.confirm = confirm
      self.ask = ask
    }
  }

  package struct AnswerParameters: Codable, Sendable {
    package var question: Int
    package var accept: Bool
    package var value: String?
    package init(question: Int, accept: Bool, value: String? = nil) {
      self.question = question
      self.accept = accept
      self.value = value
    }
  }

  package struct ConnectParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    /// Milliseconds.
    package var timeout: Int?
    package init(device: String? = nil, adapter: String? = nil, timeout: Int? = nil) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
    }
  }

  package struct TrustParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var trusted: Bool
    package init(device: String? = nil, adapter: String? = nil, trusted: Bool) {
      self.device = device
      self.adapter = adapter
      self.trusted = trusted
    }
  }

  package struct BlockParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    package var blocked: Bool
    package init(device: String, adapter: String? = nil, blocked: Bool) {
      self.device = device
      self.adapter = adapter
      self.blocked = blocked
    }
  }

  package struct RenameParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    package var alias: String
    package init(device: String, adapter: String? = nil, alias: String) {
      self.device = device
      self.adapter = adapter
      self.alias = alias
    }
  }

  package struct ForgetParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    package var resetCache: Bool?
    package var powerCycle: Bool?
    package var force: Bool?
    package var dryRun: Bool?
    package init(
      device: String, adapter: String? = nil, resetCache: Bool? = nil, powerCycle: Bool? = nil, force: Bool? = nil,
      dryRun: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.resetCache = resetCache
      self.powerCycle = powerCycle
      self.force = force
      self.dryRun = dryRun
    }
  }

  package struct RepairParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    /// Milliseconds to wait for the headset's pairing mode.
    package var timeout: Int?
    package var consent: Bool?
    package var confirm: Bool?
    package var ask: Bool?
    package var dryRun: Bool?
    package init(
      device: String, adapter: String? = nil, timeout: Int? = nil, consent: Bool? = nil, confirm: Bool? = nil,
      ask: Bool? = nil, dryRun: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
      self.consent = consent
      self.confirm = confirm
      self.ask = ask
      self.dryRun = dryRun
    }
  }

  package struct AudioParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package init(device: String? = nil, adapter: String? = nil) {
      self.device = device
      self.adapter = adapter
    }
  }

  package struct ProfileParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var policy: Sound.Policy
    package var once: Bool?
    package init(device: String? = nil, adapter: String? = nil, policy: Sound.Policy, once: Bool? = nil) {
      self.device = device
      self.adapter = adapter
      self.policy = policy
      self.once = once
    }
  }

  package struct CodecParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var codec: String?
    package var preference: Sound.Preference?
    package init(
      device: String? = nil, adapter: String? = nil, codec: String? = nil, preference: Sound.Preference? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.codec = codec
      self.preference = preference
    }
  }

  package struct WaitParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var state: WaitState
    /// Milliseconds; 0 looks once, none waits for ever.
    package var timeout: Int?
    package init(device: String? = nil, adapter: String? = nil, state: WaitState, timeout: Int? = nil) {
      self.device = device
      self.adapter = adapter
      self.state = state
      self.timeout = timeout
    }
  }

  package struct PowerParameters: Codable, Sendable {
    package var adapter: String?
    package var powered: Bool
    package init(adapter: String? = nil, powered: Bool) {
      self.adapter = adapter
      self.powered = powered
    }
  }

  package struct SelectAdapterParameters: Codable, Sendable {
    package var adapter: String
    package init(adapter: String) { self.adapter = adapter }
  }

  // MARK: Replies

  package struct StatusReply: Codable, Sendable {
    package var version: String
    package var bluez: Bool
    package var bluezVersion: String?
    package var adapters: [Adapter]
    package var devices: [Device]
    package var lost: [Device]?
    package var unfinished: [Unfinished]?
    package var trouble: Trouble?
    package init(
      version: String, bluez: Bool, bluezVersion: String?, adapters: [Adapter], devices: [Device],
      lost: [Device]? = nil, unfinished: [Unfinished]? = nil, trouble: Trouble? = nil
    ) {
      self.version = version
      self.bluez = bluez
      self.bluezVersion = bluezVersion
      self.adapters = adapters
      self.devices = devices
      self.lost = lost
      self.unfinished = unfinished
      self.trouble = trouble
    }
  }

  /// Of `Cache`.
  package struct LayersReply: Codable, Sendable {
    package var layers: [Layer]
    package init(layers: [Layer]) { self.layers = layers }
  }

  package struct ListReply: Codable, Sendable {
    package var devices: [Device]
    /// The names of all adapters; none of a daemon that does not tell.
    package var adapters: [String]?
    package init(devices: [Device], adapters: [String]? = nil) {
      self.devices = devices
      self.adapters = adapters
    }
  }

  /// Of `Show`, `Trust`, `Block` and `Rename`.
  package struct DeviceReply: Codable, Sendable {
    package var device: Device
    package init(device: Device) { self.device = device }
  }

  package struct ScanReply: Codable, Sendable {
    package var event: ScanEvent
    package var device: Device?
    package init(event: ScanEvent, device: Device? = nil) {
      self.event = event
      self.device = device
    }
  }

  /// Of `Pair`, `Connect`, `Disconnect`, `Forget`, `Repair`, `Profile`, `Codec` and `Wait`: progress or a question on the
  /// way, the rest at the end.
  package struct OperationReply: Codable, Sendable {
    package var progress: Progress?
    package var question: Question?
    package var device: Device?
    package var proofs: [Proof]?
    package var removed: [Device]?
    package var layers: [Layer]?
    package var plan: [String]?
    package var audio: Sound?
    package var codecs: [SoundCodec]?
    package var notStored: String?
    package init(
      progress: Progress? = nil, question: Question? = nil, device: Device? = nil, proofs: [Proof]? = nil,
      removed: [Device]? = nil, layers: [Layer]? = nil, plan: [String]? = nil, audio: Sound? = nil,
      codecs: [SoundCodec]? = nil, notStored: String? = nil
    ) {
      self.progress = progress
      self.question = question
      self.device = device
      self.proofs = proofs
      self.removed = removed
      self.layers = layers
      self.plan = plan
      self.audio = audio
      self.codecs = codecs
      self.notStored = notStored
    }
  }

  package struct AudioReply: Codable, Sendable {
    package var device: Device
    package var audio: Sound
    package var codecs: [SoundCodec]
    package init(device: Device, audio: Sound, codecs: [SoundCodec]) {
      self.device = device
      self.audio = audio
      self.codecs = codecs
    }
  }

  /// Of `Power` and `SelectAdapter`.
  package struct AdapterReply: Codable, Sendable {
    package var adapter: Adapter
    package var notStored: String?
    package init(adapter: Adapter, notStored: String? = nil) {
      self.adapter = adapter
      self.notStored = notStored
    }
  }

  /// Of `Answer`.
  package struct NoReply: Codable, Sendable {
    package init() {}
  }

  package struct MonitorReply: Codable, Sendable {
    package var event: MonitorEvent
    package var adapters: [Adapter]?
    package var devices: [Device]?
    package var adapter: Adapter?
    package var device: Device?
    package init(
      event: MonitorEvent, adapters: [Adapter]? = nil, devices: [Device]? = nil, adapter: Adapter? = nil,
      device: Device? = nil
    ) {
      self.event = event
      self.adapters = adapters
      self.devices = devices
      self.adapter = adapter
      self.device = device
    }
  }

  /// The parameters of every error of the interface; those that an error does not declare stay empty.
  package struct ErrorParameters: Codable, Hashable, Sendable {
    package var message: String
    package var evidence: String?
    package var hint: String?
    package var candidates: [String]?
    package var operation: String?
    package init(
      message: String, evidence: String? = nil, hint: String? = nil, candidates: [String]? = nil,
      operation: String? = nil
    ) {
      self.message = message
      self.evidence = evidence
      self.hint = hint
      self.candidates = candidates
      self.operation = operation
    }
  }
}
