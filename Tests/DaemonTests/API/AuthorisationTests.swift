import EventLoop
import Foundation
import Interface
import Testing
import Varlink

@testable import Daemon

@Suite struct AuthorisationTests {
  private let table = Authorisation.table { Controllers(ConfigurationValues()).include($0) }
  private let stranger = PeerCredentials(pid: 1, uid: 54_321, groups: [54_321])

  @Test(arguments: Control.Method.allCases)
  func `a stranger may look at everything and change nothing`(method: Control.Method) {
    let mayLook: Set<Control.Method> = [
      .status, .list, .show, .wait, .monitor, .audio, .doctor, .history, .configuration, .headsetExplain,
    ]
    #expect(table.permits(stranger, method.fullName) == mayLook.contains(method))
  }

  @Test(arguments: Control.Method.allCases)
  func `root and the daemon's own user may do everything`(method: Control.Method) {
    #expect(table.permits(PeerCredentials(pid: 1, uid: 0, groups: [0]), method.fullName))
    #expect(table.permits(PeerCredentials(pid: 1, uid: geteuid(), groups: []), method.fullName))
  }

  /// Whoever may only look fills nobody's record.
  @Test(arguments: Control.Method.allCases)
  func `what is recorded only those may call who may control`(method: Control.Method) {
    if method.isRecorded { #expect(!table.permits(stranger, method.fullName)) }
  }

  @Test(arguments: Session.Method.allCases)
  func `every user may bring the sound server of his own session`(method: Session.Method) {
    #expect(table.permits(stranger, method.fullName))
  }

  @Test func `nobody may call what is not in the table`() {
    #expect(!table.permits(PeerCredentials(pid: 1, uid: 0, groups: [0]), "org.mdrctl.Control.Nothing"))
  }
}
