internal import CLinux

/// What a process says about itself to the kernel.
package enum ProcessAttributes {
  /// No core dump, and no other process of the user may read this one's memory (`PR_SET_DUMPABLE`).
  package static func forbidDumps() throws(SystemError) {
    try SystemError.check(clinux_forbid_dumps(), "prctl")
  }
}
