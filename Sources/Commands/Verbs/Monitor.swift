internal import Interface
internal import Vocabulary

extension Verb {
  static let monitor = Verb(
    name: "monitor", summary: "show what happens, until Ctrl-C",
    details: "With --json the first line has everything (\"event\":\"state\"), each following one a change.",
    examples: """
      mdrctl --json monitor | while read -r event; do echo "$event"; done
      """,
    farewell: "stopped", endsWithOutput: true,
    run: { command throws(EarlyExit) in
      var log = MonitorLog()
      try command.follow(Control.monitor, Control.NoParameters()) { (reply, _) throws(EarlyExit) in
        if reply.event == .state { command.output.progress.update("Watching, until Ctrl-C") }
        let text = log.text(for: reply, now: command.context.now(), command.output.style)
        try command.output.show(reply) { _ in text }
      }
    })
}

/// Remembers what was, to say what has changed.
struct MonitorLog {
  private var devices: [String: Device] = [:]
  private var adapters: [String: Adapter] = [:]
  private var cards: [String: SoundCard] = [:]

  mutating func text(for reply: Control.MonitorReply, now: Int, _ style: Style) -> String {
    for device in reply.devices ?? [] { devices[device.key] = device }
    for adapter in reply.adapters ?? [] { adapters[adapter.name] = adapter }
    switch reply.event {
    case .state:
      let devices = reply.devices ?? []
      let names = (reply.adapters ?? []).map(\.name)
      return table(reply.adapters ?? []) + table(devices, of: names, now: now, style, none: "No device is known.")
        + verdictText(devices, now: now, style)
    case .bluezAppeared: return "bluetoothd is running.\n"
    case .bluezVanished:
      self = MonitorLog()
      return "bluetoothd has stopped.\n"
    case .adapterAdded, .adapterChanged, .adapterRemoved:
      return reply.adapter.map { text(for: $0, reply.event, style) } ?? ""
    case .deviceAdded, .deviceChanged, .deviceRemoved:
      return reply.device.map { text(for: $0, reply.event, style) } ?? ""
    case .headsetChanged:
      guard let device = reply.device, let headset = reply.headset else { return "" }
      return changeText(Control.HeadsetReply(device: device, headset: headset), style)
    case .soundChanged:
      return reply.device.map { text(for: $0, reply.card, style) } ?? ""
    }
  }

  private mutating func text(for adapter: Adapter, _ event: MonitorEvent, _ style: Style) -> String {
    let name = style.bold(displayable(adapter.name))
    let old = adapters[adapter.name]
    adapters[adapter.name] = event == .adapterRemoved ? nil : adapter
    if event == .adapterRemoved { return "\(name) has gone.\n" }
    return old?.state == adapter.state ? "" : "\(name) is \(adapter.state).\n"
  }

  private mutating func text(for device: Device, _ card: SoundCard?, _ style: Style) -> String {
    let old = cards[device.key]
    cards[device.key] = card
    guard let card else { return sentence(device, "is not shown by the sound server any more.", style) }
    var changes: [String] = []
    if card.now != old?.now { changes.append("is \(card.now)") }
    let (recorders, before) = (card.recorders ?? 0, old?.recorders ?? 0)
    if (recorders > 0) != (before > 0) { changes.append("has its microphone \(recorders > 0 ? "in use" : "free")") }
    return changes.isEmpty ? "" : sentence(device, changes.joined(separator: "; ") + ".", style)
  }

  private mutating func text(for device: Device, _ event: MonitorEvent, _ style: Style) -> String {
    let old = devices[device.key]
    let place = adapters.count > 1 ? "on \(displayable(device.adapter)) " : ""
    devices[device.key] = event == .deviceRemoved ? nil : device
    switch event {
    case .deviceRemoved: return sentence(device, place + "has gone.", style)
    case .deviceChanged:
      let changes = old.map { device.changes(since: $0, isVerbose: style.isVerbose) } ?? [device.state]
      return (changes.isEmpty ? "" : sentence(device, place + changes.joined(separator: "; ") + ".", style))
        + (device.verdict?.title == old?.verdict?.title ? "" : troubleText(device.verdict))
    default: return sentence(device, "\(place)is \(device.state).", style) + troubleText(device.verdict)
    }
  }
}

/// What a state in short words means, and what to do about it.
private func troubleText(_ verdict: Verdict?) -> String {
  verdict.map { "  \(displayable($0.message))\n  \(displayable($0.hint))\n" } ?? ""
}

extension Device {
  /// An mdrctld that tells no others tells this one.
  fileprivate var bluezBattery: Int? {
    guard let batteries else { return battery }
    return batteries.first { $0.source == .bluez }?.levels.first?.level
  }

  /// What is worth telling, and with `isVerbose` the signal too, which changes all the time.
  fileprivate func changes(since old: Device, isVerbose: Bool) -> [String] {
    var changes: [String] = []
    if alias != old.alias { changes.append("was called \(old.title)") }
    if state != old.state { changes.append("is \(state)") }
    if transports != old.transports { changes.append(transports.isEmpty ? "has no audio" : "has audio: \(audio)") }
    // What a headset says itself is told as its own word.
    if bluezBattery != old.bluezBattery, let bluezBattery { changes.append("battery at \(bluezBattery)%") }
    if isVerbose, rssi != old.rssi, let rssi { changes.append("signal at \(rssi) dBm") }
    return changes
  }
}
