internal import Interface

extension Verb {
  static let explain = Verb(
    name: "explain", summary: "say what captured bytes of Sony's control protocol mean",
    operands: [Operand(name: "HEX", kind: .text, repeats: true)],
    details: """
      Frames as they were captured, or one payload. Addresses, serial numbers and titles are left out, so that what it
      prints can go into a report. Needs no headset.

      For example: mdrctl explain 3e0c000000000200000e3c
      """,
    run: { command throws(EarlyExit) in
      let bytes = command.invocation.operands.reduce("") { $0 + $1 }
      let reply = try command.call(Control.headsetExplain, Control.HeadsetExplainParameters(bytes: bytes))
      try command.output.show(reply) { _ in reply.lines.map { displayable($0) + "\n" }.reduce("", +) }
    })
}
