internal import Interface

extension Verb {
  static let version = Verb(
    name: "version", summary: "print the versions of mdrctl, mdrctld and BlueZ",
    run: { command throws(EarlyExit) in
      var versions = Versions()
      do throws(EarlyExit) {
        let reply = try command.call(Control.status, Control.NoParameters())
        versions.mdrctld = reply.version
        versions.bluez = reply.bluezVersion
      } catch {
        // Without the daemon there is still something to tell.
        guard case .failure = error else { throw error }
      }
      try command.output.show(versions) { _ in versions.text }
    })

  /// `--version`: what this program is, whatever the daemon may be.
  static let ownVersion = Verb(
    name: "version", summary: "", isHidden: true,
    run: { command throws(EarlyExit) in
      let versions = Versions()
      try command.output.show(versions) { _ in "mdrctl \(versions.mdrctl)\n" }
    })
}

private struct Versions: Encodable {
  let mdrctl = Control.version
  var mdrctld: String?
  var bluez: String?

  var text: String {
    """
    mdrctl \(mdrctl)
    mdrctld \(mdrctld.map(displayable) ?? "does not answer")
    BlueZ \(bluez.map(displayable) ?? "unknown")

    """
  }
}
