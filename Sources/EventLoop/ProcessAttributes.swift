internal import CLinux

/// What a process says about itself to the kernel.
package enum ProcessAttributes {
  /// Occupies those of the standard descriptors that are closed, so that the log cannot go into a socket. To be called
  /// before anything is opened.
  package static func occupyStandardDescriptors() throws(SystemError) {
    try SystemError.check(clinux_occupy_standard_descriptors(), "open /dev/null")
  }

  /// No core dump, and no other process of the user may read this one's memory (`PR_SET_DUMPABLE`).
  package static func forbidDumps() throws(SystemError) {
    try SystemError.check(clinux_forbid_dumps(), "prctl")
  }

  /// Gives memory that is free back to the system (`malloc_trim`). It takes some time: for the end of a burst.
  package static func releaseMemory() { clinux_release_memory() }
}
