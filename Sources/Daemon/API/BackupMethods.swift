internal import Core
internal import Interface
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that save what a headset holds and put it back.

extension ControlService {
  var saving: [VarlinkMethod] {
    [
      serve(Control.backup) { parameters, _, _ throws(OperationError) in try await backup(parameters) },
      serve(Control.backups) { parameters, _, _ throws(OperationError) in
        var only: Address?
        if let text = parameters.device { only = try await resolver.bond(text, adapter: parameters.adapter).address }
        return Control.BackupsReply(backups: await kept(of: only))
      },
      serve(Control.restore) { parameters, _, replies throws(OperationError) in
        try await restore(parameters, replies)
      },
      serve(Control.planRestore) { parameters, _, replies throws(OperationError) in
        try await restore(parameters, isPlan: true, replies)
      },
    ]
  }

  private func backup(_ parameters: Control.BackupParameters) async throws(OperationError) -> Control.BackupReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let occasion = parameters.occasion ?? .asked
    let picture: HeadsetPicture
    if occasion == .asked {
      picture = try await headsets.savable(of: id)
    } else {
      guard let soon = await headsets.savableSoon(of: id) else {
        let name = mirror.device(id)?.alias ?? id.address.description
        guard await headsets.hasControl(id) else { throw .noControl(name, evidence: "It lists no such service.") }
        throw .notSavedSoon(name, isConnected: mirror.device(id)?.connected == true)
      }
      picture = soon
    }
    let backup = HeadsetBackup(picture, time: backups.now)
    let notStored = await backups.keep(backup, of: id.address, occasion)
    guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
    return Control.BackupReply(device: device, backup: backup, notStored: notStored)
  }

  /// Saves what a headset holds before something that may cost it that, and says so at once; where that cannot be had soon,
  /// it goes on without. Nothing is said of a headset that has no control channel.
  func saveBefore(
    _ occasion: BackupOccasion, _ id: DeviceID, _ replies: Replies<Control.OperationReply>
  ) async -> Saving? {
    let saving: Saving
    if let picture = await headsets.savableSoon(of: id) {
      let backup = HeadsetBackup(picture, time: backups.now)
      _ = await backups.keep(backup, of: id.address, occasion)
      saving = Saving(saved: backup.time)
    } else {
      guard await headsets.hasControl(id) else { return nil }
      let isKept = await !backups.all(of: id.address).isEmpty
      saving = Saving(
        notSaved: OperationError.unsaved(isConnected: mirror.device(id)?.connected == true)
          + (isKept ? " What was saved earlier is kept." : ""))
    }
    var reply = Control.OperationReply()
    saving.fill(&reply)
    replies.send(reply)
    return saving
  }

  /// What became of the settings of a headset before something that may cost it them.
  struct Saving {
    var saved: Int?
    var notSaved: String?

    func fill(_ reply: inout Control.OperationReply) { (reply.saved, reply.notSaved) = (saved, notSaved) }
  }

  private func kept(of device: Address?) async -> [KeptBackup] {
    var all: [KeptBackup] = []
    let devices = if let device { [device] } else { await backups.devices }
    for address in devices {
      let alias = mirror.allDevices.first { $0.id.address == address }?.alias
      for (index, kept) in await backups.all(of: address).enumerated() {
        all.append(
          KeptBackup(
            address: address.description, alias: alias, number: index + 1, time: kept.backup.time,
            occasion: kept.occasion, model: kept.backup.model, firmware: kept.backup.firmware,
            items: kept.backup.items))
      }
    }
    return all
  }

  private func restore(
    _ parameters: Control.RestoreParameters, isPlan: Bool = false, _ replies: Replies<Control.RestoreReply>
  ) async throws(OperationError) -> Control.RestoreReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let backup = try await wanted(parameters, of: id)
    let link = await headsets.owner(of: id)
    var restore = try await link.planRestore(backup, only: parameters.items)
    if !isPlan {
      restore = try await link.carryOut(restore, mayAgree: parameters.confirm == true) { step in
        replies.send(Control.RestoreReply(steps: [step]))
      }
    }
    return Control.RestoreReply(
      device: await device(id), model: backup.model, firmware: backup.firmware, time: backup.time,
      steps: restore.steps)
  }

  /// The backup that is meant, which nobody has looked into yet.
  private func wanted(
    _ parameters: Control.RestoreParameters, of id: DeviceID
  ) async throws(OperationError) -> HeadsetBackup {
    if let backup = parameters.backup {
      guard parameters.number == nil else {
        throw OperationError(
          .invalidArgument, "That is not one backup.", hint: "Say a backup, or the number of one that is kept.")
      }
      return backup
    }
    let kept = await backups.all(of: id.address)
    let number = parameters.number ?? 1
    guard number >= 1, number <= kept.count else {
      throw OperationError(
        .invalidArgument,
        kept.isEmpty ? "No backup of this headset is kept." : "There is no backup \(number) of this headset.",
        hint: kept.isEmpty
          ? "Name a file, or make one: mdrctl backup." : "See those that are kept: mdrctl backup --list.")
    }
    return kept[number - 1].backup
  }
}

extension OperationError {
  fileprivate static func notSavedSoon(_ name: String, isConnected: Bool) -> Self {
    OperationError(
      .headsetSilent, "The settings of \(name) could not be saved quickly.",
      evidence: unsaved(isConnected: isConnected),
      hint: "To wait for it: mdrctl backup.")
  }

  fileprivate static func unsaved(isConnected: Bool) -> String {
    isConnected ? "It is slow, or another client holds its control channel." : "It is not connected."
  }
}
