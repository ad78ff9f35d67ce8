internal import Interface

extension Verb {
  static let list = Verb(
    name: "list", summary: "list the devices that are paired or connected", options: [.adapter, .all],
    run: { command throws(EarlyExit) in
      let all = command.invocation.has(.all) ? true : nil
      let parameters = Control.ListParameters(adapter: command.adapter, all: all)
      let reply = try command.call(Control.list, parameters)
      let none = all == true ? "No device is known." : "No device is paired or connected."
      let adapters = reply.adapters ?? reply.devices.map(\.adapter)
      let now = command.context.now()
      try command.output.show(reply) {
        table(reply.devices, of: adapters, $0, none: none) + verdictText(reply.devices, now: now, $0)
      }
    })
}
