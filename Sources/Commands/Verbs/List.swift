internal import Interface

/// What `list` alone takes.
private enum Options {
  static let all = Flag("all", "also devices that are neither paired nor connected")
}

extension Verb {
  static let list = Verb(
    name: "list", summary: "list the devices that are paired or connected", options: [Common.adapter, Options.all],
    run: { command throws(EarlyExit) in
      let parameters = Control.ListParameters(adapter: command.adapter, all: command.ifGiven(Options.all))
      let reply = try command.call(Control.list, parameters)
      let none = command[Options.all] ? "No device is known." : "No device is paired or connected."
      let adapters = reply.adapters ?? reply.devices.map(\.adapter)
      let now = command.context.now()
      try command.output.show(reply) {
        table(reply.devices, of: adapters, now: now, $0, none: none) + verdictText(reply.devices, now: now, $0)
      }
    })
}
