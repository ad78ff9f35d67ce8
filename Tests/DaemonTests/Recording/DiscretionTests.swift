import EventLoop
import Service
import Support
import Testing
import Vocabulary

@testable import Daemon

/// Texts for the record: nobody's name and nobody's address.
@Suite struct DiscretionTests {
  private let discretion = Discretion(
    known: [
      (7, .init(address: "AC:80:0A:11:22:33", name: "Desk")),
      (8, .init(address: "AC:80:0A:11:22:34", name: "Desk two")),
    ],
    strangers: ["Erika's Buds", "TV"])

  @Test(arguments: [
    ("Desk is let go.", "{7} is let go."),
    ("Desk two gives way to Desk.", "{8} gives way to {7}."),
    ("connect AC:80:0A:11:22:33 on hci0", "connect {7} on hci0"),
    ("/org/bluez/hci0/dev_AC_80_0A_11_22_34/fd0", "/org/bluez/hci0/dev_{8}/fd0"),
    ("ac-80-0a-11-22-33", "{7}"),
    ("Erika's Buds is busy, at 11:22:33:44:55:66", "a stranger is busy, at an address"),
    ("two\nlines\u{7}", "two lines "),
    ("AC:80:0A:11:22", "AC:80:0A:11:22"),
    ("", ""),
  ])
  func `a device is a number, and a stranger nobody`(text: String, cleaned: String) {
    #expect(discretion.clean(text) == cleaned)
  }

  @Test func `a text of any length is short`() {
    #expect(discretion.clean(String(repeating: "e\u{301}", count: 100_000)).utf8.count <= Discretion.longestText + 3)
  }

  @Test(arguments: [
    ("{7} gives way to {8}.", "Desk gives way to a headset that was forgotten."), ("no braces", "no braces"),
    ("{x} { {7", "{x} { {7"), ("{}", "{}"), ("", ""),
  ])
  func `it is told with the names that are still known`(text: String, told: String) {
    #expect(Discretion.told(text) { $0 == 7 ? "Desk" : nil } == told)
  }

  // MARK: Numbers

  private let address = Address(bits: 0xAC80_0A11_2233)
  private let other = Address(bits: 0xAC80_0A11_2234)

  @Test func `a device keeps its number over restarts and new names, and loses both for ever`() async throws {
    let directory = try TemporaryDirectory()
    try await withEventLoop { [address, other] loop in
      func open() -> RecordedNames { RecordedNames(loop: loop, directory: directory.path, log: Log(least: .error)) }
      let names = open()
      let number = await names.number(of: address, called: "Desk", at: 1_000)
      #expect(await names.number(of: address, called: "Table", at: 2_000) == number)
      let later = open()
      #expect(await later.number(of: address) == number)
      #expect(await later.device(number)?.name == "Table")
      // Two in one second.
      #expect(await later.number(of: other, called: "Other", at: 1_000) != number)
      await later.forget(address)
      #expect(await later.device(number) == nil)
      #expect(await open().number(of: address) == nil)
      #expect(await open().number(of: address, called: "Desk", at: 3_000) != number)
    }
  }
}
