import Core
import Testing
import Vocabulary

@Suite struct AddressTests {
  @Test(arguments: ["94:DB:56:00:00:01", "94:db:56:00:00:01", "94:Db:56:00:00:01"])
  func `an address is read in either case and written in upper case`(text: String) {
    #expect(Address(text)?.description == "94:DB:56:00:00:01")
    #expect(Address(text) == Address("94:DB:56:00:00:01"))
  }

  @Test(
    arguments: [
      "", ":", ":::::", "94:DB:56:00:00", "94:DB:56:00:00:01:02", "94-DB-56-00-00-01", "94DB56000001",
      "94:DB:56:00:00:1",
      "94:DB:56:00:00:001", "94:DB:56:00:00:0G", " 94:DB:56:00:00:01", "94:DB:56:00:00:01\n", "94:DB:56:00:00:0١",
      "94:DB:56:00:00:é", "９４:DB:56:00:00:01", "94:DB:56:00:00:01:", "+4:DB:56:00:00:01",
    ])
  func `nothing else is an address`(text: String) {
    #expect(Address(text) == nil)
  }

  @Test(arguments: ["94:DB:56:00:00:01", "94-db-56-00-00-01", "94DB56000001", "94db56000001"])
  func `people write an address with colons, with dashes or without either`(text: String) {
    #expect(Address(written: text)?.description == "94:DB:56:00:00:01")
  }

  @Test(
    arguments: [
      "", "-", "94-DB:56-00-00-01", "94DB5600000", "94DB560000011", "94DB56-000001", "94-DB-56-00-00-0", "94DB5600000G",
      "94DB5600000١", "94DB56 00001", "94-DB-56-00-00-01-", String(repeating: "9", count: 1_000),
    ])
  func `nothing else is one that is written`(text: String) { #expect(Address(written: text) == nil) }

  @Test func `addresses are in order of their octets`() throws {
    let texts = ["00:00:00:00:00:0A", "00:00:00:00:00:A0", "94:DB:56:00:00:01", "FF:00:00:00:00:00"]
    let addresses = texts.compactMap { Address($0) }
    #expect(addresses.reversed().sorted().map(\.description) == texts)
  }
}
