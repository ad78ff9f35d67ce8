// What the methods of `org.mdrctl.Control` reply.

package import Vocabulary

extension Control {
  package struct StatusReply: Codable, Sendable {
    package var version: String
    package var bluez: Bool
    package var bluezVersion: String?
    package var adapters: [Adapter]
    package var devices: [Device]
    package var lost: [Device]?
    package var unfinished: [Unfinished]?
    package var trouble: Trouble?
    package var configuration: Trouble?
    package var access: Access?
    package init(
      version: String, bluez: Bool, bluezVersion: String?, adapters: [Adapter], devices: [Device],
      lost: [Device]? = nil, unfinished: [Unfinished]? = nil, trouble: Trouble? = nil, configuration: Trouble? = nil,
      access: Access? = nil
    ) {
      self.version = version
      self.bluez = bluez
      self.bluezVersion = bluezVersion
      self.adapters = adapters
      self.devices = devices
      self.lost = lost
      self.unfinished = unfinished
      self.trouble = trouble
      self.configuration = configuration
      self.access = access
    }
  }

  /// Of `Configuration` and `ReloadConfiguration`.
  package struct ConfigurationReply: Codable, Sendable {
    package var settings: [ConfigurationEntry]
    package var files: [String]
    package var faults: [ConfigurationMistake]
    package var trouble: Trouble?
    package init(
      settings: [ConfigurationEntry], files: [String], faults: [ConfigurationMistake] = [], trouble: Trouble? = nil
    ) {
      self.settings = settings
      self.files = files
      self.faults = faults
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

  /// Of `Show`, `Trust`, `Block`, `Rename` and `HeadsetRelease`.
  package struct DeviceReply: Codable, Sendable {
    package var device: Device
    package var notStored: String?
    package init(device: Device, notStored: String? = nil) {
      self.device = device
      self.notStored = notStored
    }
  }

  package struct ScanReply: Codable, Sendable {
    package var event: ScanEvent
    package var device: Device?
    package init(event: ScanEvent, device: Device? = nil) {
      self.event = event
      self.device = device
    }
  }

  /// Of `Pair`, `Connect`, `Disconnect`, `Forget`, `Repair`, `Fix`, `Profile`, `Codec` and `Wait`: progress or a question on the
  /// way, the rest at the end.
  package struct OperationReply: Codable, Sendable {
    package var progress: Progress?
    package var question: Question?
    package var device: Device?
    package var proofs: [Proof]?
    package var removed: [Device]?
    package var layers: [Layer]?
    package var plan: [String]?
    package var ladder: [LadderStep]?
    package var audio: Sound?
    package var codecs: [SoundCodec]?
    package var notStored: String?
    package var headsetSide: HeadsetSide?
    package var saved: Int?
    package var notSaved: String?
    package init(
      progress: Progress? = nil, question: Question? = nil, device: Device? = nil, proofs: [Proof]? = nil,
      removed: [Device]? = nil, layers: [Layer]? = nil, plan: [String]? = nil, ladder: [LadderStep]? = nil,
      audio: Sound? = nil, codecs: [SoundCodec]? = nil, notStored: String? = nil, headsetSide: HeadsetSide? = nil
    ) {
      self.progress = progress
      self.question = question
      self.device = device
      self.proofs = proofs
      self.removed = removed
      self.layers = layers
      self.plan = plan
      self.ladder = ladder
      self.audio = audio
      self.codecs = codecs
      self.notStored = notStored
      self.headsetSide = headsetSide
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
    package var headset: HeadsetReport?
    package var card: SoundCard?
    package init(
      event: MonitorEvent, adapters: [Adapter]? = nil, devices: [Device]? = nil, adapter: Adapter? = nil,
      device: Device? = nil, headset: HeadsetReport? = nil, card: SoundCard? = nil
    ) {
      self.event = event
      self.adapters = adapters
      self.devices = devices
      self.adapter = adapter
      self.device = device
      self.headset = headset
      self.card = card
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
