internal import EventLoop

/// A device's link, as the kernel ends it.
enum KernelLink {
  /// Ends the link over BR/EDR. bluetoothd is told like every other client of the management interface, and takes the
  /// profiles down that went with it; it calls nobody again whose link this computer ended (bluez `plugins/policy.c`).
  static func end(_ subject: Subject) throws(SystemError) -> Management.Status {
    try ManagementSocket().request(
      Management.disconnect(subject.device, .bredr, index: subject.index), command: Management.Command.disconnect)
  }
}
