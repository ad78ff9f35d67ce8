// The values of org.mdrctl.Control that are about what a headset itself holds. What each field means is said once, in
// org.mdrctl.Control.varlink.

package import Vocabulary

/// One of a headset's batteries.
package struct HeadsetBattery: Codable, Hashable, Sendable {
  package var part: HeadsetPart
  package var level: Int
  package var charging: ChargingState

  package init(part: HeadsetPart, level: Int, charging: ChargingState) {
    self.part = part
    self.level = level
    self.charging = charging
  }
}

/// How full the batteries of a device are, by one who tells it.
package struct BatteryReading: Codable, Hashable, Sendable {
  package var source: BatterySource
  package var since: Int?
  package var current: Bool
  package var levels: [HeadsetBattery]

  package init(source: BatterySource, since: Int? = nil, current: Bool, levels: [HeadsetBattery]) {
    self.source = source
    self.since = since
    self.current = current
    self.levels = levels
  }
}

/// What a headset does about the sound from outside.
package struct HeadsetNoise: Codable, Hashable, Sendable {
  package var mode: NoiseMode
  package var level: Int?
  package var voice: Bool?
  package var automatic: Bool?
  package var temporary: Bool
  package var writing: HeadsetEvidence?

  package init(
    mode: NoiseMode, level: Int? = nil, voice: Bool? = nil, automatic: Bool? = nil, temporary: Bool = false,
    writing: HeadsetEvidence? = nil
  ) {
    self.mode = mode
    self.level = level
    self.voice = voice
    self.automatic = automatic
    self.temporary = temporary
    self.writing = writing
  }
}

/// One band of a headset's equalizer; without a frequency it is clear bass.
package struct HeadsetBand: Codable, Hashable, Sendable {
  package var frequency: Int?
  package var value: Int

  package init(frequency: Int? = nil, value: Int) {
    self.frequency = frequency
    self.value = value
  }
}

/// A headset's equalizer.
package struct HeadsetEqualizer: Codable, Hashable, Sendable {
  package var preset: String?
  package var bands: [HeadsetBand]
  package var limit: Int
  package var presets: [String]
  package var available: Bool?
  package var obstacles: [String]?
  package var writing: HeadsetEvidence?

  package init(
    preset: String? = nil, bands: [HeadsetBand] = [], limit: Int, presets: [String] = [], available: Bool? = nil,
    obstacles: [String]? = nil, writing: HeadsetEvidence? = nil
  ) {
    self.preset = preset
    self.bands = bands
    self.limit = limit
    self.presets = presets
    self.available = available
    self.obstacles = obstacles
    self.writing = writing
  }
}

/// One of a headset's other settings.
package struct HeadsetSetting: Codable, Hashable, Sendable {
  package var name: HeadsetSettingName
  package var answer: HeadsetAnswer
  package var value: String?
  package var values: [String]
  package var reading: HeadsetEvidence
  package var writing: HeadsetEvidence?

  package init(
    name: HeadsetSettingName, answer: HeadsetAnswer, value: String? = nil, values: [String] = [],
    reading: HeadsetEvidence, writing: HeadsetEvidence? = nil
  ) {
    self.name = name
    self.answer = answer
    self.value = value
    self.values = values
    self.reading = reading
    self.writing = writing
  }
}

/// What a headset holds, as it told it itself.
package struct HeadsetReport: Codable, Hashable, Sendable {
  package var model: String?
  package var firmware: String?
  package var generation: ProtocolGeneration
  package var batteries: [HeadsetBattery]
  package var codec: String?
  package var noise: HeadsetNoise?
  package var equalizer: HeadsetEqualizer?
  package var settings: [HeadsetSetting]
  package var missing: [HeadsetSettingName]?

  package init(
    model: String? = nil, firmware: String? = nil, generation: ProtocolGeneration, batteries: [HeadsetBattery] = [],
    codec: String? = nil, noise: HeadsetNoise? = nil, equalizer: HeadsetEqualizer? = nil,
    settings: [HeadsetSetting] = [], missing: [HeadsetSettingName]? = nil
  ) {
    self.model = model
    self.firmware = firmware
    self.generation = generation
    self.batteries = batteries
    self.codec = codec
    self.noise = noise
    self.equalizer = equalizer
    self.settings = settings
    self.missing = missing
  }
}

/// A computer or phone that a headset is paired with, by the headset's word.
package struct HeadsetHost: Codable, Hashable, Sendable {
  package var address: String
  package var name: String?
  package var connected: Bool
  package var playing: Bool
  package var own: Bool

  package init(address: String, name: String? = nil, connected: Bool, playing: Bool, own: Bool) {
    self.address = address
    self.name = name
    self.connected = connected
    self.playing = playing
    self.own = own
  }
}

/// What the noise control is to be.
package struct HeadsetNoiseWish: Codable, Hashable, Sendable {
  package var mode: NoiseMode
  package var level: Int?
  package var voice: Bool?
  package var automatic: Bool?
  package var sensitivity: AmbientSensitivity?

  package init(
    mode: NoiseMode, level: Int? = nil, voice: Bool? = nil, automatic: Bool? = nil,
    sensitivity: AmbientSensitivity? = nil
  ) {
    self.mode = mode
    self.level = level
    self.voice = voice
    self.automatic = automatic
    self.sensitivity = sensitivity
  }
}

/// What the equalizer is to be.
package struct HeadsetEqualizerWish: Codable, Hashable, Sendable {
  package var preset: String?
  package var bands: [HeadsetBand]?

  package init(preset: String? = nil, bands: [HeadsetBand]? = nil) {
    self.preset = preset
    self.bands = bands
  }
}

extension Control {
  package struct HeadsetShowParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var all: Bool?
    package init(device: String? = nil, adapter: String? = nil, all: Bool? = nil) {
      self.device = device
      self.adapter = adapter
      self.all = all
    }
  }

  package struct HeadsetChangeParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var noise: HeadsetNoiseWish?
    package var equalizer: HeadsetEqualizerWish?
    package var setting: HeadsetSettingName?
    package var value: String?
    package var confirm: Bool?
    package init(
      device: String? = nil, adapter: String? = nil, noise: HeadsetNoiseWish? = nil,
      equalizer: HeadsetEqualizerWish? = nil, setting: HeadsetSettingName? = nil, value: String? = nil,
      confirm: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.noise = noise
      self.equalizer = equalizer
      self.setting = setting
      self.value = value
      self.confirm = confirm
    }
  }

  package struct HeadsetPowerOffParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var consent: Bool?
    package init(device: String? = nil, adapter: String? = nil, consent: Bool? = nil) {
      self.device = device
      self.adapter = adapter
      self.consent = consent
    }
  }

  package struct HeadsetExplainParameters: Codable, Sendable {
    package var bytes: String
    package var generation: ProtocolGeneration?
    package init(bytes: String, generation: ProtocolGeneration? = nil) {
      self.bytes = bytes
      self.generation = generation
    }
  }

  /// Of `HeadsetShow` and `HeadsetChange`.
  package struct HeadsetReply: Codable, Sendable {
    package var device: Device
    package var headset: HeadsetReport
    package init(device: Device, headset: HeadsetReport) {
      self.device = device
      self.headset = headset
    }
  }

  package struct HeadsetHostsReply: Codable, Sendable {
    package var device: Device
    package var hosts: [HeadsetHost]
    package var reading: HeadsetEvidence
    package init(device: Device, hosts: [HeadsetHost], reading: HeadsetEvidence) {
      self.device = device
      self.hosts = hosts
      self.reading = reading
    }
  }

  package struct HeadsetExplainReply: Codable, Sendable {
    package var lines: [String]
    package init(lines: [String]) { self.lines = lines }
  }
}
