import Core
import Testing

@Suite struct AdviceTests {
  private let bond = DeviceID(1, on: .second)
  private let repair = "mdrctl repair 94:DB:56:00:00:01"

  @Test func `a command about a device names it and its adapter, and what follows it`() {
    #expect(Advice.command("repair", bond) == "\(repair) --adapter hci1")
    #expect(Advice.command("profile", bond, "stereo") == "mdrctl profile 94:DB:56:00:00:01 stereo --adapter hci1")
    #expect(Advice.command("adapter power on", on: .second) == "mdrctl adapter power on --adapter hci1")
  }

  @Test func `with several adapters it is told whole, with one without the adapter`() {
    let text = "Ä: \(Advice.command("repair", bond)). Or: \(Advice.command("forget", .headset)), then wait."
    #expect(Advice.told(text, amongSeveral: true) == text)
    #expect(Advice.told(text, amongSeveral: false) == "Ä: \(repair). Or: mdrctl forget 94:DB:56:00:00:01, then wait.")
    #expect(Advice.told(Advice.command("repair", bond), amongSeveral: false) == repair)
  }

  @Test func `what was written before the adapters changed their names means the same adapter`() {
    let text = "\(Advice.command("repair", bond)). To leave it: \(Advice.command("forget", bond))."
    let told = Advice.told(text, amongSeveral: true, as: AdapterID("hci10"))
    #expect(told == "\(repair) --adapter hci10. To leave it: mdrctl forget 94:DB:56:00:00:01 --adapter hci10.")
    #expect(Advice.told(text, amongSeveral: false, as: .first).contains("hci") == false)
  }

  @Test(arguments: ["", "--adapter", " --adapter", "Wait.", "é --adapte hci0"])
  func `text without a command is told as it is`(text: String) {
    #expect(Advice.told(text, amongSeveral: true) == text)
    #expect(Advice.told(text, amongSeveral: false) == text)
  }

  @Test func `an adapter that is off is advised by its name`() {
    #expect(OperationError.adapterOff(.second).hint == "Switch it on: mdrctl adapter power on --adapter hci1.")
  }
}
