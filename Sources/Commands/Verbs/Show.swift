internal import Interface
internal import Vocabulary

extension Verb {
  static let show = Verb(
    name: "show", summary: "show everything about one device", operands: [.optionalDevice], options: [Common.adapter],
    details: """
      With --verbose also the UUIDs of its services. Of a device that is connected the controller is asked how strong the
      link is: in dB outside its golden range, 0 within it, and never in dBm; and a quality from 0 to 255, which each maker
      counts as he likes.
      """,
    run: { command throws(EarlyExit) in
      let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
      let reply = try command.call(Control.show, parameters)
      let now = command.context.now()
      let device = reply.device
      let link = device.connected ? try? command.context.link(device.adapter, device.address).get() : nil
      try command.output.show(ShownDevice(device: device, link: link)) { deviceText(device, link, now: now, $0) }
    })
}

/// A device as `show --json` gives it.
struct ShownDevice: Encodable, Sendable {
  let device: Device
  /// Missing where the controller does not tell.
  let link: LinkReading?
}

func deviceText(_ device: Device, _ link: LinkReading? = nil, now: Int, _ style: Style) -> String {
  var rows: [[String]] = []
  func row(_ title: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    rows.append(["  \(title)", displayable(value)])
  }
  row("Address", device.address)
  row("Adapter", device.adapter)
  if device.name != device.alias { row("Own name", device.name) }
  row("Manufacturer", device.manufacturer)
  row("Model", device.model)
  row(device.model == nil ? "Model" : "Modalias", device.modalias)
  row("Kind", device.icon)
  row("State", device.state)
  if let verdict = device.verdict {
    row("Trouble", verdict.account(now: now))
    row("How sure", verdict.certainty.rawValue)
    row("Seen by", verdict.evidence)
    row("Since", age(of: verdict.since, now: now))
    row("What to do", verdict.hint)
  }
  row("Bonded", device.bonded ? "yes" : "no")
  row("Trusted", device.trusted ? "yes, it may connect by itself" : "no")
  if device.blocked { row("Blocked", "yes, until: mdrctl unblock" + " \(device.address) --adapter \(device.adapter)") }
  row("Connection", device.standing?.message)
  row("Profiles", commas(device.profiles.map(\.title)))
  for transport in device.transports { row("Audio", transport.text) }
  if let batteries = device.batteries {
    for reading in batteries { row("Battery", reading.account(now: now)) }
  } else {
    row("Battery", device.battery.map { "\($0)%" })
  }
  row("Signal", device.rssi.map { "\($0) dBm, as a search last heard it" })
  row("Link", link.map { "\($0.strength), quality \($0.quality) of 255, as \(device.adapter) tells" })
  if style.isVerbose { for uuid in device.uuids { row("Service", uuid) } }
  return style.bold(device.title) + "\n" + text(table(rows))
}

extension Transport {
  /// "A2DP LDAC, active, volume 64 of 127".
  fileprivate var text: String {
    commas(["\(profile.title) \(codec)", state] + (volume.map { ["volume \($0) of 127"] } ?? []))
  }
}
