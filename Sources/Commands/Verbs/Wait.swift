internal import Interface
internal import Vocabulary

/// What `wait` alone takes.
private enum Options {
  static let state = Setting<WaitState>("for", oneOf: "STATE", isNeeded: true, "the state to wait for")
}

extension Verb {
  static let wait = Verb(
    name: "wait", summary: "wait until a device is in a state", operands: [.optionalDevice],
    options: [Options.state, Common.adapter, Common.timeout],
    details: """
      --for STATE is one of connected, disconnected, paired and a2dp (stereo audio is set up). Without --timeout it waits
      for ever; with --timeout 0 it looks once. When the time is over, the exit code is 3.
      """,
    examples: """
      mdrctl wait XM4 --for a2dp --timeout 30 && play music.flac
      mdrctl wait --for connected --timeout 0
      """,
    endsWithOutput: true,
    run: { command throws(EarlyExit) in
      let state = command.needed(Options.state)
      let parameters = Control.WaitParameters(
        device: command.optionalOperand(0), adapter: command.adapter, state: state,
        timeout: command[Common.timeout])
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
