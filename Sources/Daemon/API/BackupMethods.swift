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
        throw .notSavedSoon(name)
      }
      picture = soon
    }
    let backup = HeadsetBackup(picture, time: backups.now)
    let notStored = await backups.keep(backup, of: id.address, occasion)
    guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
    return Control.BackupReply(device: device, backup: backup, notStored: notStored)
  }

  /// Saves what a headset holds before something that may cost it that; where that cannot be had soon, nothing happens.
  func saveBefore(_ occasion: BackupOccasion, _ id: DeviceID) async {
    guard let picture = await headsets.savableSoon(of: id) else { return }
    _ = await backups.keep(HeadsetBackup(picture, time: backups.now), of: id.address, occasion)
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
  fileprivate static func notSavedSoon(_ name: String) -> Self {
    OperationError(
      .headsetSilent, "The settings of \(name) could not be saved quickly.",
      evidence: "It is not connected, it is slow, or another client holds its control channel.",
      hint: "To wait for it: mdrctl backup.")
  }
}
