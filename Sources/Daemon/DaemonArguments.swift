internal import Interface
internal import Knowledge
internal import KnowledgeFiles
package import Service

/// What `mdrctld` takes on its command line, and says of itself.
package var daemonArguments: ServiceArguments {
  ServiceArguments(
    program: "mdrctld", version: Control.version, others: ["--reload"],
    help: """
      The daemon of mdrctl: talks to BlueZ, and serves mdrctl and mdrctl-session on its socket. It is started with the
      system:

        systemctl enable --now mdrctld

      It reads \(ConfigurationFiles.name) and what is in \(ConfigurationFiles.name).d when it starts and at SIGHUP. With
      --reload it has the daemon that runs read them again, and tells what is wrong with them.

      Environment:
        MDRCTL_CONFIG            the directory of \(ConfigurationFiles.name) (/etc/mdrctl); as CONFIGURATION_DIRECTORY
        MDRCTL_SOCKET            where to listen (\(Control.socketPath))
        MDRCTL_STATE             what is kept over restarts; as STATE_DIRECTORY
        MDRCTL_FLUSH_SOCKET      the privileged helper (\(Flush.socketPath))
        MDRCTL_MODELS            models of headsets that are added (\(Catalogue.directory))
        MDRCTL_BOOT_ID           names this run of the computer
        MDRCTL_VERBOSE           logs every request to BlueZ, whatever it is set to
        DBUS_SYSTEM_BUS_ADDRESS  the bus with BlueZ
      """
  )
}
