internal import Glibc

/// Bounds the work that a random input may cause, so that one that takes for ever fails its test instead of holding it.
///
/// For the process of an exit test: nothing but the end of a process ends a function that does not return.
package enum Leash {
  /// Ends this process (`SIGPROF`) if it needs more than so many seconds of processor time before this is called again;
  /// no sensible input needs a hundredth.
  package static func renew(seconds: Int = 20) {
    var limit = itimerval()
    limit.it_value.tv_sec = seconds
    unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
  }
}
