internal import Glibc
internal import Interface
package import Vocabulary

/// How a run of mdrctl ends.
package enum Ending: Equatable, Sendable {
  case exit(ExitCode)
  /// By a signal that was held back until everything was cleaned up.
  case signal(Int32)
}

/// Runs the command line of this process and ends the process.
package func runProcess() -> Never {
  switch run(ProcessContext.process()) {
  case .exit(let code): exit(code.rawValue)
  case .signal(let number): Interrupts.die(of: number)
  }
}

/// Runs one command line.
package func run(_ context: ProcessContext) -> Ending {
  let invocation: Invocation
  do throws(EarlyExit) { invocation = try Invocation(context.arguments) } catch {
    // The command line is not understood, but what it says of JSON is.
    let isJSON = context.arguments.prefix { $0 != "--" }.contains(where: Common.json.declaration.isMeant)
    return end(with: error, makeOutput(context, isJSON: isJSON))
  }
  let output = makeOutput(
    context, isJSON: invocation[Common.json], isQuiet: invocation[Common.quiet], isVerbose: invocation[Common.verbose])
  let command = Command(invocation, output, context)
  do throws(EarlyExit) {
    // Behind ssh nothing else tells that whoever asked has left.
    let isBehind = !(context.variable(OtherHost.variable) ?? "").isEmpty
    if invocation.verb.endsWithOutput || isBehind { context.interrupts.watchOutput() }
    if let host = invocation[Common.host] { return try OtherHost(host).run(invocation, context) }
    try command.runVerb()
    return .exit(.ok)
  } catch {
    return end(with: error, output, farewell: command.isUnderWay ? invocation.verb.farewell : "stopped")
  }
}

private func makeOutput(
  _ context: ProcessContext, isJSON: Bool, isQuiet: Bool = false, isVerbose: Bool = false
) -> Output {
  Output(
    results: context.results, remarks: context.remarks, isJSON: isJSON, isQuiet: isQuiet,
    isVerbose: isVerbose)
}

private func end(with exit: EarlyExit, _ output: Output, farewell: String = "stopped") -> Ending {
  switch exit {
  case .failure(let failure):
    output.show(failure)
    return .exit(failure.exit)
  case .shown(let code):
    return .exit(code)
  case .signal(let number):
    output.remark(farewell)
    return .signal(number)
  case .brokenPipe:
    return output.endByPipe()
  }
}
