internal import Glibc
internal import Interface
internal import Varlink

/// Has the daemon that runs read its configuration again, and waits for the outcome, which `systemctl reload` tells: by a
/// signal alone nobody would learn it. (`Type=notify-reload` came with systemd 253, and tells no failure either.) Returns
/// the exit status.
func reload(at socketPath: String) -> Int32 {
  // As long as a name service may take for names that are not in the local files.
  let patience = Duration.seconds(60)
  let lines: [String?]
  do throws(VarlinkClientError) {
    var client = try VarlinkClient(path: socketPath, timeout: .seconds(5))
    let _: Control.ConfigurationReply = try client.call(
      Control.Method.reloadConfiguration.fullName, Control.NoParameters(), timeout: patience)
    return 0
  } catch .refused(let error) {
    let told = try? error.parameters.decode(Control.ErrorParameters.self)
    lines = [told?.evidence, told?.message ?? error.description, told?.hint]
  } catch {
    lines = ["The configuration was not read again: \(error) at \(socketPath)."]
  }
  let text = Array(lines.compactMap(\.self).map { "mdrctld: \($0)\n" }.joined().utf8)
  _ = unsafe text.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  return 1
}
