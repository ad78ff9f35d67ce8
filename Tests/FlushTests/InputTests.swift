import BlueZ
import Testing

@testable import Flush
import Vocabulary
import enum Interface.Flush

typealias Holding = Interface.Flush.Holding

@Suite struct InputTests {
  @Test(arguments: [
    "", "94:DB:56:00:00", "94:DB:56:00:00:01:02", "94-DB-56-00-00-01", "94DB56000001", "94:DB:56:00:00:0G",
    " 94:DB:56:00:00:01", "94:DB:56:00:00:01\n", "94:DB:56:00:00:1", "4:DB:56:00:00:001", "../:DB:56:00:00:01",
    "94:DB:56:00:00:01/../..", "94:DB:56:00:00:0\u{0}", "９４:DB:56:00:00:01", "00:00:00:00:00:00",
    "FF:FF:FF:FF:FF:FF", "ff:ff:ff:ff:ff:ff",
  ])
  func `what is not exactly an address is refused`(text: String) {
    #expect(throws: UnacceptableInput.self) { try parseAddress(text, of: "device") }
  }

  @Test(arguments: ["94:DB:56:00:00:01", "94:db:56:00:00:01", "94:dB:56:00:00:01"])
  func `an address names the same files however it is written`(text: String) throws {
    #expect(try parseAddress(text, of: "device").description == "94:DB:56:00:00:01")
  }

  @Test(arguments: [[], ["Cache"], ["cache", "cache"], ["cache", ""], ["info"], ["cache", "bond", "cache"]])
  func `layers are named from the list, at least one, each once`(names: [String]) {
    #expect(throws: UnacceptableInput.self) { try parseLayers(names) }
  }

  @Test func `layers are worked on in the order they are named in`() throws {
    #expect(
      try parseLayers(["cache", "linkKey", "bond", "storedLinkKey"]) == [.cache, .linkKey, .bond, .storedLinkKey])
  }
}
