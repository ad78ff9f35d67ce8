import Core
import Testing
import Vocabulary

@Suite struct AbsenceTests {
  private static let all: [BlueZAbsence] = [
    .notRunning, .noBus("words"), .busSilent("words"), .notPermitted("words"), .silent("words"), .unreadable("words"),
    .starting,
  ]

  @Test func `each absence of BlueZ has a sentence and a next step of its own`() {
    let errors = Self.all.map { OperationError.bluezMissing($0) }
    #expect(Set(errors.map(\.message)).count == errors.count)
    #expect(Set(errors.map(\.hint)).count == errors.count)
    #expect(errors.allSatisfy { $0.code == .bluezMissing && $0.evidence?.isEmpty == false })
  }

  @Test func `only a bluetoothd that is not there is said not to run`() {
    for absence in Self.all {
      let says = OperationError.bluezMissing(absence).message.contains("is not running")
      #expect(says == (absence == .notRunning))
      let stopped = OperationError.bluezMissing(absence, while: "scanning").message.contains("bluetoothd stopped")
      #expect(stopped == (absence == .notRunning))
    }
  }

  @Test(
    arguments: [
      (HostAdapters(), "This computer has no Bluetooth adapter."),
      (HostAdapters(names: []), "This computer has no Bluetooth adapter."),
      (HostAdapters(names: [], mode: "le"), "This computer has no Bluetooth adapter."),
      (HostAdapters(names: ["hci0"]), "bluetoothd has not taken up the adapter hci0."),
      (HostAdapters(names: ["hci0"], mode: "le"), "bluetoothd leaves the adapter hci0 alone."),
    ])
  func `what the kernel has decides what is said of a missing adapter`(host: HostAdapters, message: String) {
    let error = OperationError.noAdapter(host)
    #expect(error.code == .noAdapter)
    #expect(error.message == message)
    #expect(error.hint?.contains("ControllerMode") == (host.names == ["hci0"] && host.mode != nil))
  }
}
