import Core
import Testing

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

  @Test func `addresses are in order of their octets`() throws {
    let texts = ["00:00:00:00:00:0A", "00:00:00:00:00:A0", "94:DB:56:00:00:01", "FF:00:00:00:00:00"]
    let addresses = texts.compactMap { Address($0) }
    #expect(addresses.reversed().sorted().map(\.description) == texts)
  }
}
