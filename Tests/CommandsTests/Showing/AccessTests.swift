import Interface
import Testing

@testable import Commands

@Suite struct AccessTests {
  private func text(_ access: Access?) -> String {
    var status = Samples.status
    status.access = access
    return statusText(status, now: 0, Style())
  }

  @Test func `status says whether the caller may control, and why`() {
    let seat = Access(control: true, by: .seat, message: "You may control while you sit at this computer.")
    #expect(text(seat).split(separator: "\n")[1] == "You may control while you sit at this computer.")
  }

  @Test func `who may only look is told how he comes to more`() {
    let nobody = Access(control: false, by: .nobody, message: "You may look, but not control.", hint: "Join\u{1B} in.")
    #expect(text(nobody).split(separator: "\n")[1...2] == ["You may look, but not control.", "  Join� in."])
  }

  @Test func `a daemon that does not say is not spoken for`() {
    #expect(!text(nil).contains("control"))
  }
}
