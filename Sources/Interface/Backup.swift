// The values of org.mdrctl.Control that are about saving a headset's settings and putting them back. What each field
// means is said once, in org.mdrctl.Control.varlink.

package import Vocabulary

/// A setting as it was saved.
package struct SavedSetting: Codable, Hashable, Sendable {
  package var name: HeadsetSettingName
  package var value: String

  package init(name: HeadsetSettingName, value: String) {
    self.name = name
    self.value = value
  }
}

/// What a headset has and a backup has not.
package struct BackupGap: Codable, Hashable, Sendable {
  package var item: HeadsetItem
  package var reason: String

  package init(item: HeadsetItem, reason: String) {
    self.item = item
    self.reason = reason
  }
}

/// What a headset held, as it can be put back; in a file it is this object and nothing else.
package struct HeadsetBackup: Codable, Hashable, Sendable {
  /// Of the form, which grows with what older programs would misunderstand.
  package static let currentVersion = 1
  /// Bytes of the longest file. A backup of everything that there is has some 4,000; a call takes 64 KiB.
  package static let longestFile = 32 * 1024

  package var version: Int
  package var time: Int
  package var model: String?
  package var firmware: String?
  package var generation: ProtocolGeneration
  package var noise: HeadsetNoiseWish?
  package var equalizer: HeadsetEqualizerWish?
  package var settings: [SavedSetting]
  package var omitted: [BackupGap]?

  package init(
    version: Int = currentVersion, time: Int, model: String? = nil, firmware: String? = nil,
    generation: ProtocolGeneration, noise: HeadsetNoiseWish? = nil, equalizer: HeadsetEqualizerWish? = nil,
    settings: [SavedSetting] = [], omitted: [BackupGap]? = nil
  ) {
    self.version = version
    self.time = time
    self.model = model
    self.firmware = firmware
    self.generation = generation
    self.noise = noise
    self.equalizer = equalizer
    self.settings = settings
    self.omitted = omitted
  }

  /// What can be put back from it.
  package var items: [HeadsetItem] {
    (noise == nil ? [] : [.noise]) + (equalizer == nil ? [] : [.equalizer]) + settings.map { .setting($0.name) }
  }
}

/// A backup that the daemon keeps.
package struct KeptBackup: Codable, Hashable, Sendable {
  package var address: String
  package var alias: String?
  package var number: Int
  package var time: Int
  package var occasion: BackupOccasion
  package var model: String?
  package var firmware: String?
  package var items: [HeadsetItem]

  package init(
    address: String, alias: String? = nil, number: Int, time: Int, occasion: BackupOccasion, model: String? = nil,
    firmware: String? = nil, items: [HeadsetItem] = []
  ) {
    self.address = address
    self.alias = alias
    self.number = number
    self.time = time
    self.occasion = occasion
    self.model = model
    self.firmware = firmware
    self.items = items
  }
}

/// One item that is put back.
package struct RestoreStep: Codable, Hashable, Sendable {
  package var item: HeadsetItem
  package var state: RestoreState
  package var value: String
  package var now: String?
  package var reason: String?

  package init(item: HeadsetItem, state: RestoreState, value: String, now: String? = nil, reason: String? = nil) {
    self.item = item
    self.state = state
    self.value = value
    self.now = now
    self.reason = reason
  }
}

extension Control {
  package struct BackupParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var occasion: BackupOccasion?
    package init(device: String? = nil, adapter: String? = nil, occasion: BackupOccasion? = nil) {
      self.device = device
      self.adapter = adapter
      self.occasion = occasion
    }
  }

  package struct BackupReply: Codable, Sendable {
    package var device: Device
    package var backup: HeadsetBackup
    package var notStored: String?
    package init(device: Device, backup: HeadsetBackup, notStored: String? = nil) {
      self.device = device
      self.backup = backup
      self.notStored = notStored
    }
  }

  package struct BackupsReply: Codable, Sendable {
    package var backups: [KeptBackup]
    package init(backups: [KeptBackup]) { self.backups = backups }
  }

  /// Of `Restore` and `PlanRestore`.
  package struct RestoreParameters: Codable, Sendable {
    package var device: String?
    package var adapter: String?
    package var backup: HeadsetBackup?
    package var number: Int?
    package var items: [HeadsetItem]?
    package var confirm: Bool?
    package init(
      device: String? = nil, adapter: String? = nil, backup: HeadsetBackup? = nil, number: Int? = nil,
      items: [HeadsetItem]? = nil, confirm: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.backup = backup
      self.number = number
      self.items = items
      self.confirm = confirm
    }
  }

  /// Of `Restore` and `PlanRestore`.
  package struct RestoreReply: Codable, Sendable {
    package var device: Device?
    package var model: String?
    package var firmware: String?
    package var time: Int?
    package var steps: [RestoreStep]
    package init(
      device: Device? = nil, model: String? = nil, firmware: String? = nil, time: Int? = nil, steps: [RestoreStep]
    ) {
      self.device = device
      self.model = model
      self.firmware = firmware
      self.time = time
      self.steps = steps
    }
  }
}
