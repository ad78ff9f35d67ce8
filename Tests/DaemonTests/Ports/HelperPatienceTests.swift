import Testing
import Varlink

@testable import Daemon

/// How long the privileged helper is waited for.
struct HelperPatienceTests {
  @Test func `one that hangs is waited for in full once, and then shortly until it answers again`() {
    var patience = HelperPatience()
    #expect(patience.limit == HelperPatience.usual)
    patience.note(.timedOut)
    #expect(patience.limit == HelperPatience.short)
    patience.note(.timedOut)
    #expect(patience.limit == HelperPatience.short)
    patience.note(nil)
    #expect(patience.limit == HelperPatience.usual)
  }

  @Test func `a refusal is an answer, and a helper that is not there tells nothing of how long one takes`() {
    var patience = HelperPatience()
    patience.note(.timedOut)
    patience.note(.notRunning)
    #expect(patience.limit == HelperPatience.short)
    patience.note(.refused(VarlinkError("org.mdrctl.Flush.Refused")))
    #expect(patience.limit == HelperPatience.usual)
  }
}
