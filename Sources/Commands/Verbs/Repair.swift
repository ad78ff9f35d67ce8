internal import Interface
internal import Vocabulary

/// What `repair` alone takes.
private enum Options {
  static let allStale = Flag("all-stale", "every device whose bond is known to be stale")
}

extension Verb {
  static let repair = Verb(
    name: "repair", summary: "forget a headset that was reset, and pair it again as it was",
    operands: [.optionalDevice],
    options: [
      Options.allStale, Common.yes, Common.ask, Common.dryRun, Common.timeout, Common.adapter,
    ],
    details: """
      For a headset that has lost its key: it was reset, or paired elsewhere. Everything that this computer holds of it
      is removed, it is paired again once you have put it into pairing mode, gets its name and its trust back, and
      mdrctl makes sure that it connects again. Of a Sony headset that is connected the settings are saved first, where
      that takes a few seconds at most; "restore" puts them back. --timeout says how long to wait for pairing mode (120
      seconds otherwise, unless mdrctl config says so; 5 at least). --all-stale repairs every device that "mdrctl status"
      calls stale, one after the other, and goes on with what was interrupted.

      The old bond is deleted, so somebody must agree: --ask shows what would be done and asks on this terminal, --yes
      agrees at once, and to a comparison of passkeys too. Without either it only shows what would be done and exits
      with 4. --dry-run does no more than that, and exits with 0. Ctrl-C stops it; run it again to go on.
      """,
    examples: """
      mdrctl repair XM4 --ask
      mdrctl repair --all-stale --yes
      """,
    farewell: "stopped; run it again to go on",
    run: { command throws(EarlyExit) in try Repair(command).run() })
}

/// Repairs one device, or all that are stale.
private final class Repair {
  struct Target {
    let device: String
    let adapter: String?
    /// What to call it, where there are several.
    var title: String?
  }

  private let command: Command
  private let timeout: Int?
  private let mayAsk: Bool
  /// Every device that is stale, and the others still when one fails.
  private let isForAll: Bool
  /// What the first device that failed makes mdrctl exit with.
  private var firstExit: ExitCode?

  init(_ command: Command) throws(EarlyExit) {
    self.command = command
    timeout = command[Common.timeout]
    mayAsk = try command.mayAsk(without: "Without one, --yes agrees to what --dry-run shows.")
    isForAll = command[Options.allStale]
    let hint = "Usage: mdrctl repair DEVICE, or mdrctl repair --all-stale"
    switch (command.optionalOperand(0), isForAll) {
    case (nil, false): throw .usage("\"repair\" needs DEVICE or --all-stale.", hint: hint)
    case (_?, true): throw .usage("\"repair\" takes DEVICE or --all-stale, not both.", hint: hint)
    default: break
    }
    if isForAll, command.adapter != nil {
      throw .usage("--all-stale is about every adapter; it does not go with --adapter.", hint: hint)
    }
  }

  func run() throws(EarlyExit) {
    let isDryRun = command[Common.dryRun]
    var targets = isForAll ? try staleOnes() : [Target(device: command.operand(0), adapter: command.adapter)]
    guard !targets.isEmpty else {
      return try command.output.show(Control.ListReply(devices: [])) { _ in "No bond is known to be stale.\n" }
    }
    if isDryRun || !command[Common.yes] {
      targets = try plan(targets)
      if !isDryRun, !targets.isEmpty { try agree(to: targets.count) }
    }
    if !isDryRun {
      for target in targets { try attempt(target) { () throws(EarlyExit) in try repair(target) } }
    }
    if let firstExit { throw .shown(firstExit) }
  }

  /// The devices whose bonds are stale, and those whose repair was interrupted.
  private func staleOnes() throws(EarlyExit) -> [Target] {
    let status = try command.call(Control.status, Control.NoParameters())
    guard status.bluez else {
      throw .failure(
        Failure(
          code: ErrorCode.bluezMissing.rawValue, message: status.trouble?.message ?? "bluetoothd is not running.",
          hint: status.trouble?.hint ?? "Start it: systemctl start bluetooth", exit: ErrorCode.bluezMissing.exitCode))
    }
    var targets: [Target] = []
    for device in status.devices where device.verdict?.stale == true {
      targets.append(Target(device: device.address, adapter: device.adapter, title: device.title))
    }
    for removal in status.unfinished ?? [] where removal.operation == .repair {
      // Without its adapter it cannot be repaired, and on another one it may be in order.
      guard let adapter = removal.adapter else { continue }
      if targets.contains(where: { $0.device == removal.address && $0.adapter == adapter }) { continue }
      targets.append(Target(device: removal.address, adapter: adapter, title: removal.title))
    }
    return targets
  }

  /// Shows what would be done, and says exactly which devices that was about.
  private func plan(_ targets: [Target]) throws(EarlyExit) -> [Target] {
    var planned: [Target] = []
    for target in targets {
      try attempt(target) { () throws(EarlyExit) in
        let parameters = Control.PlanRepairParameters(
          device: target.device, adapter: target.adapter, timeout: timeout)
        let plan = try command.call(Control.planRepair, parameters)
        try command.output.show(plan) { planText(plan, about: target.title, $0) }
        planned.append(plan.device.map { Target(device: $0.address, adapter: $0.adapter) } ?? target)
      }
    }
    return planned
  }

  private func agree(to count: Int) throws(EarlyExit) {
    guard mayAsk else {
      throw .failure(
        Failure(
          code: ErrorCode.needsConsent.rawValue,
          message: "Nothing was changed: repairing deletes the old bond, and nobody has agreed to that.",
          hint: "Agree with --yes, or with --ask on a terminal.", exit: ErrorCode.needsConsent.exitCode))
    }
    try command.mustAgree(count == 1 ? "Do this?" : "Do this for these \(count) devices, one after the other?")
  }

  private func repair(_ target: Target) throws(EarlyExit) {
    let parameters = Control.RepairParameters(
      device: target.device, adapter: target.adapter, timeout: timeout, consent: true,
      confirm: command.ifGiven(Common.yes), ask: mayAsk ? true : nil)
    try command.operate(
      Control.repair, parameters, patience: patience,
      answering: { question throws(EarlyExit) in try command.answer(question) },
      { reply, style in
        proofText(reply, otherwise: "paired", style)
          + removalText(reply.layers, isComplete: style.isVerbose, style)
      })
  }

  /// How long the daemon waits for pairing mode, where a person is shown what is left of it.
  private lazy var patience: Duration? = {
    if let timeout { return .milliseconds(timeout) }
    guard command.output.progress.nextTick != nil else { return nil }
    let reply = try? command.call(Control.configuration, Control.NoParameters())
    let setting = reply?.settings.first { $0.group == "Timeouts" && $0.key == "Repair" }
    return (setting?.value).flatMap { Int($0) }.map { .seconds($0) }
  }()

  /// Does something about one device. Where there are others, its failure is shown and the others have their turn.
  private func attempt(_ target: Target, _ body: () throws(EarlyExit) -> Void) throws(EarlyExit) {
    do throws(EarlyExit) { try body() } catch {
      guard isForAll, case .failure(var failure) = error else { throw error }
      failure.device = target.device
      command.output.show(failure)
      firstExit = firstExit ?? failure.exit
    }
  }
}
