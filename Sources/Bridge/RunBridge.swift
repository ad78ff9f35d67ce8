internal import EventLoop
internal import Glibc
internal import Interface
package import Service

/// What `mdrctl-bridge` takes on its command line, and says of itself.
package var bridgeArguments: ServiceArguments {
  ServiceArguments(
    program: "mdrctl-bridge", version: Control.version,
    help: """
      Offers the headsets of this computer to Home Assistant, by way of an MQTT broker: what they are, whether they are
      connected, battery, sound and pairing; and what they can be told, where that is allowed. /etc/mdrctl/bridge.conf names
      the broker. It is a client of mdrctld as every other, and needs no right to look:

        systemctl enable --now mdrctl-bridge

      Commands from the broker need Commands=true in bridge.conf, and a service that may control mdrctld: see the group
      bluetooth in docs/home-assistant.md. Whoever may publish on the broker can use them then.

      Environment:
        MDRCTL_SOCKET            mdrctld's socket (\(Control.socketPath))
        MDRCTL_CONFIG            the directory of bridge.conf (/etc/mdrctl)
        CREDENTIALS_DIRECTORY    where the service manager passes the credential mqtt-password
      """
  )
}

/// Runs `mdrctl-bridge` until it is told to stop, then ends the process.
package func runBridge() -> Never {
  // Without /dev/null there is nowhere to complain to either.
  try? ProcessAttributes.occupyStandardDescriptors()
  bridgeArguments.answerAndExit()
  // The password is in memory.
  try? ProcessAttributes.forbidDumps()
  let log = Log()
  let loop = EventLoop()
  loop.spawn { exit(await serve(on: loop, log)) }
  loop.run()
  preconditionFailure("the loop ended before the program")
}

/// Returns the exit status.
private func serve(on loop: EventLoop, _ log: Log) async -> Int32 {
  let (configuration, password): (BridgeConfiguration, String?)
  do throws(BridgeFault) {
    configuration = try BridgeFiles.configuration(
      in: variable("MDRCTL_CONFIG") ?? "/etc/mdrctl", hostName: hostName())
    password = try BridgeFiles.password(credentials: variable("CREDENTIALS_DIRECTORY"), configuration)
  } catch {
    log.error("mdrctl-bridge cannot start: \(error.place): \(error.message)")
    return 1
  }
  if password != nil, !configuration.isEncrypted, !["localhost", "127.0.0.1", "::1"].contains(configuration.host) {
    log.warning("The password is sent unencrypted: TLS= in bridge.conf is false")
  }
  let bridge = Bridge(
    loop: loop, configuration, password: password, daemonPath: variable(Control.socketVariable) ?? Control.socketPath,
    log: log)
  let running = loop.spawn { await bridge.run() }
  do throws(SystemError) {
    try Signals.handle([.terminate, .interrupt, .hangup], on: loop) { signal in
      // A terminal that goes away is no reason for a service to end.
      if signal != .hangup { running.cancel() }
    }
  } catch {
    log.error("mdrctl-bridge cannot start: signals cannot be handled: \(error)")
    return 1
  }
  ServiceManager.ready("Connecting")
  await running.value
  ServiceManager.stopping()
  return 0
}

private func hostName() -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
