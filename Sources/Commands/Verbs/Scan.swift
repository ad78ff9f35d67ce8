internal import Interface

extension Verb {
  static let scan = Verb(
    name: "scan", summary: "look for devices in range", options: [Common.adapter, Common.timeout],
    details: """
      Prints each device as it is found, for 10 seconds unless mdrctl config or --timeout says otherwise. Put the headset
      into pairing mode first. With --verbose also what changes meanwhile, such as the strength of the signal. With
      --json each line is an object with "event" (started, found, changed, lost, finished) and "device".
      """,
    endsWithOutput: true,
    run: { command throws(EarlyExit) in
      let parameters = Control.ScanParameters(adapter: command.adapter, timeout: command[Common.timeout])
      var found: Set<String> = []
      command.output.progress.update("Looking for devices")
      try command.follow(Control.scan, parameters) { (reply, _) throws(EarlyExit) in
        if reply.event == .found, let device = reply.device { found.insert(device.address) }
        try command.output.show(reply) { scanText(reply, found: found.count, $0) }
      }
    })
}

/// A line for what was found, nothing for what would only be noise.
func scanText(_ reply: Control.ScanReply, found: Int, _ style: Style) -> String {
  guard let device = reply.device else {
    guard reply.event == .finished else { return "" }
    return found == 0 ? "No device was found. Is it in pairing mode?\n" : ""
  }
  let signal = device.rssi.map { "\($0) dBm" } ?? "-"
  let (start, end) = ("\(device.address)  \(padded(signal, to: 8))  ", "  (\(device.state))")
  let title = style.shortened(device.title, beside: 2 + displayWidth(start + end))
  let line = "\(start)\(title)\(style.faint(end))\n"
  switch reply.event {
  case .found: return style.good("+ ") + line
  case .lost: return style.bad("- ") + line
  case .changed: return style.isVerbose ? "  " + line : ""
  case .started, .finished: return ""
  }
}
