internal import Interface

extension Verb {
  static let cacheShow = Verb(
    name: "cache show", summary: "show what this computer holds of a device, layer by layer",
    operands: [.optionalDevice],
    options: [Common.adapter],
    details: """
      From BlueZ's own list down to the keys in the kernel and in the adapter; the keys themselves are never shown. What
      lies below BlueZ is only seen with mdrctl-flush: systemctl enable --now mdrctl-flush.socket
      """,
    run: { command throws(EarlyExit) in
      let parameters = Control.DeviceParameters(device: command.optionalOperand(0), adapter: command.adapter)
      let reply = try command.call(Control.cache, parameters)
      try command.output.show(reply) { layerText(reply.layers, .present, $0) }
    })
}
