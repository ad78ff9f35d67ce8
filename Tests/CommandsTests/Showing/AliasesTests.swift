import Testing

@testable import Commands

/// Other names for whatever tells whose computer it is.
@Suite struct AliasesTests {
  private let aliases = Aliases(
    Aliases.Known(
      headsets: [
        (address: "AC:80:0A:11:22:33", names: ["Erika's Ohr", "WH-1000XM4"]),
        (address: "AC:80:0A:11:22:34", names: ["Bad"]),
      ],
      adapters: [(address: "00:1A:7D:DA:71:13", names: ["lap"])], strangers: ["TV in 4b", "LE_WH-1000XM4"],
      users: ["erika", "jo"], hosts: ["lap.example.org", "lap"],
      services: ["956c7b26-d49a-4ba8-b03f-b17d393cb6e2"]))

  @Test(arguments: [
    ("Erika's Ohr gives way to Bad.", "headset 1 gives way to headset 2."),
    ("WH-1000XM4, wh-1000xm4", "headset 1, headset 1"),
    ("LE_WH-1000XM4", "a stranger"),
    ("not so Bad; Badge, a bad one", "not so headset 2; Badge, a headset 2 one"),
    ("erika and jo join; Johann, jo-jo", "user-1 and user-2 join; Johann, user-2-user-2"),
    ("/home/erika/x on lap.example.org", "/home/user-1/x on this-computer"),
    ("TV in 4b", "a stranger"),
    ("the lap, and laps", "the adapter 1, and laps"),
    ("", ""), ("ordinary words, of a headset", "ordinary words, of a headset"),
  ])
  func `a name has the same other name wherever it stands`(text: String, replaced: String) {
    #expect(aliases.replaced(text) == replaced)
  }

  @Test(arguments: [
    ("AC:80:0A:11:22:33", "AA:AA:AA:00:00:01"), ("ac-80-0a-11-22-34", "AA-AA-AA-00-00-02"),
    ("/org/bluez/hci0/dev_AC_80_0A_11_22_33/fd1", "/org/bluez/hci0/dev_AA_AA_AA_00_00_01/fd1"),
    ("bluez_card.AC_80_0A_11_22_33", "bluez_card.AA_AA_AA_00_00_01"),
    ("001A7DDA7113-AC800A112233", "BBBBBB000001-AAAAAA000001"),
    ("00:1a:7d:da:71:13 is here", "BB:BB:BB:00:00:01 is here"),
    ("11:22:33:44:55:66", "XX:XX:XX:XX:XX:XX"), ("AC:80:0A:xx:xx:xx", "XX:XX:XX:XX:XX:XX"),
    ("11:22:33:44:55", "11:22:33:44:55"), ("12:34:56", "12:34:56"), ("1795965672945", "1795965672945"),
    ("2026-11-29T15:38:33", "2026-11-29T15:38:33"),
  ])
  func `an address that is not known is removed, and others are others`(text: String, replaced: String) {
    #expect(aliases.replaced(text) == replaced)
  }

  @Test(arguments: [
    ("Key=0123456789ABCDEF0123456789ABCDEF;", "Key=(removed);"),
    ("machine 4c4c4544-0042-3510-8053-b4c04f4e4b31.", "machine (removed)."),
    ("0000110b-0000-1000-8000-00805f9b34fb", "0000110b-0000-1000-8000-00805f9b34fb"),
    ("956C7B26-D49A-4BA8-B03F-B17D393CB6E2", "956C7B26-D49A-4BA8-B03F-B17D393CB6E2"),
    ("0123456789ABCDEF", "0123456789ABCDEF"),
  ])
  func `what is as long as a key is removed, and no service of Bluetooth`(text: String, replaced: String) {
    #expect(aliases.replaced(text) == replaced)
  }

  @Test func `many have numbers of their own`() {
    let many = Aliases(
      Aliases.Known(headsets: (0..<40).map { (address: "AC:80:0A:11:22:\(10 + $0)", names: ["name-\(10 + $0)"]) }))
    #expect(many.replaced("AC:80:0A:11:22:49") == "AA:AA:AA:00:00:28")
    #expect(many.replaced("name-49") == "headset 40")
    #expect(many.replaced("AC:80:0A:11:22:10") == "AA:AA:AA:00:00:01")
  }
}
