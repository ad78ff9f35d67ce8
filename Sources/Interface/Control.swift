package import Vocabulary

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
    case planForget = "PlanForget"
    case cache = "Cache"
    case repair = "Repair"
    case planRepair = "PlanRepair"
    case fix = "Fix"
    case planFix = "PlanFix"
    case audio = "Audio"
    case profile = "Profile"
    case codec = "Codec"
    case headsetShow = "HeadsetShow"
    case headsetChange = "HeadsetChange"
    case headsetRelease = "HeadsetRelease"
    case headsetPowerOff = "HeadsetPowerOff"
    case headsetExplain = "HeadsetExplain"
    case headsetHosts = "HeadsetHosts"
    case backup = "Backup"
    case backups = "Backups"
    case restore = "Restore"
    case planRestore = "PlanRestore"
    case setConnection = "SetConnection"
    case take = "Take"
    case yield = "Yield"
    case exportPolicy = "ExportPolicy"
    case importPolicy = "ImportPolicy"
    case planImportPolicy = "PlanImportPolicy"
    case doctor = "Doctor"
    case history = "History"
    case wait = "Wait"
    case power = "Power"
    case selectAdapter = "SelectAdapter"
    case monitor = "Monitor"
    case configuration = "Configuration"
    case reloadConfiguration = "ReloadConfiguration"

    /// "org.mdrctl.Control.Status" and so on.
    package var fullName: String { "\(Control.interface).\(rawValue)" }
  }

  // MARK: Parameters

  /// Of `Status`, `Monitor`, `Configuration` and `ReloadConfiguration`, which take none.
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

  /// Of `Show`, `Disconnect`, `Cache`, `HeadsetRelease`, `HeadsetHosts`, `Backups` and `Doctor`.
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

  /// Of `Connect` and `Take`.
  package struct ConnectParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    /// Milliseconds.
    package var timeout: Int?
    package var restartSound: Bool?
    package init(device: String? = nil, adapter: String? = nil, timeout: Int? = nil, restartSound: Bool? = nil) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
      self.restartSound = restartSound
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

  /// Of `Forget` and `PlanForget`.
  package struct ForgetParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    package var resetCache: Bool?
    package var powerCycle: Bool?
    package var force: Bool?
    package var bothSides: Bool?
    package init(
      device: String, adapter: String? = nil, resetCache: Bool? = nil, powerCycle: Bool? = nil, force: Bool? = nil,
      bothSides: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.resetCache = resetCache
      self.powerCycle = powerCycle
      self.force = force
      self.bothSides = bothSides
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
    package init(
      device: String, adapter: String? = nil, timeout: Int? = nil, consent: Bool? = nil, confirm: Bool? = nil,
      ask: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
      self.consent = consent
      self.confirm = confirm
      self.ask = ask
    }
  }

  package struct PlanRepairParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    /// As of the repair that it is the plan of.
    package var timeout: Int?
    package init(device: String, adapter: String? = nil, timeout: Int? = nil) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
    }
  }

  package struct FixParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    /// Milliseconds that a person may take for what is to be done at the headset.
    package var timeout: Int?
    package var consent: Bool?
    package var confirm: Bool?
    package var ask: Bool?
    package var force: Bool?
    package init(
      device: String, adapter: String? = nil, timeout: Int? = nil, consent: Bool? = nil, confirm: Bool? = nil,
      ask: Bool? = nil, force: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.timeout = timeout
      self.consent = consent
      self.confirm = confirm
      self.ask = ask
      self.force = force
    }
  }

  package struct PlanFixParameters: Codable, Sendable {
    package var device: String
    package var adapter: String?
    package var force: Bool?
    package init(device: String, adapter: String? = nil, force: Bool? = nil) {
      self.device = device
      self.adapter = adapter
      self.force = force
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
}
