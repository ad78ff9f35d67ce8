internal import Interface
internal import Vocabulary

extension Verb {
  static let wait = Verb(
    name: "wait", summary: "wait until a device is in a state", operands: [.optionalDevice],
    options: [.for, .adapter, .timeout], needed: [.for],
    details: """
      --for STATE is one of connected, disconnected, paired and a2dp (stereo audio is set up). Without --timeout it waits
      for ever; with --timeout 0 it looks once. When the time is over, the exit code is 3.
      """,
    endsWithOutput: true,
    run: { command throws(EarlyExit) in
      let word = command.invocation[.for] ?? ""
      guard let state = WaitState(rawValue: word) else {
        throw .unknown("state", word, accepted: WaitState.allCases.map(\.rawValue))
      }
      let parameters = Control.WaitParameters(
        device: command.optionalOperand(0), adapter: command.adapter, state: state,
        timeout: try command.invocation.timeout())
      try command.operate(Control.wait, parameters) { sentence($0.device, "is \(state.title).", $1) }
    })
}

extension WaitState {
  fileprivate var title: String {
    switch self {
    case .connected: "connected"
    case .disconnected: "disconnected"
    case .paired: "paired"
    case .a2dp: "set up for stereo audio"
    }
  }
}
