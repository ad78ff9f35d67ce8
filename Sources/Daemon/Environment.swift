internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Service

/// Where things are; every default can be overridden by the environment, for tests and packagers.
struct Environment: Sendable {
  /// `MDRCTL_SOCKET`: where to listen when the service manager passes no socket.
  var socketPath = Control.socketPath
  /// `DBUS_SYSTEM_BUS_ADDRESS`: the bus with BlueZ.
  var busAddress: String?
  /// `STATE_DIRECTORY` (set by systemd) or `MDRCTL_STATE`: what is kept over restarts. Without it nothing is.
  var stateDirectory: String?
  /// `MDRCTL_FLUSH_SOCKET`: where the privileged helper is asked.
  var flushSocketPath = Flush.socketPath
  /// `MDRCTL_MODELS`: where models are added to what is known of headsets.
  var modelsDirectory = Catalogue.directory
  /// `MDRCTL_BOOT_ID` (set by the unit): names this run of the computer. The sandbox hides the kernel's own.
  var bootID: String?
  /// `MDRCTL_CONFIG` or `CONFIGURATION_DIRECTORY` (set by systemd): the directory of `mdrctl.conf`.
  var configurationDirectory = "/etc/mdrctl"
  /// `MDRCTL_ROOT`: stands before the paths of this computer's own files that the doctor reads; for tests.
  var root = ""
  /// `MDRCTL_VERBOSE`: log every request to BlueZ, whatever the configuration says.
  var isVerbose = false

  static let verboseVariable = "MDRCTL_VERBOSE"

  init() {
    socketPath = variable(Control.socketVariable) ?? socketPath
    busAddress = variable("DBUS_SYSTEM_BUS_ADDRESS")
    stateDirectory = variable("MDRCTL_STATE") ?? variable("STATE_DIRECTORY")
    flushSocketPath = variable(Flush.socketVariable) ?? flushSocketPath
    modelsDirectory = variable(Catalogue.directoryVariable) ?? modelsDirectory
    bootID = variable("MDRCTL_BOOT_ID")
    configurationDirectory =
      variable("MDRCTL_CONFIG") ?? variable("CONFIGURATION_DIRECTORY") ?? configurationDirectory
    root = variable("MDRCTL_ROOT") ?? root
    isVerbose = variable(Self.verboseVariable) != nil
  }
}
