import Testing

@testable import Bridge

@Suite struct PublicationsTests {
  /// Publishes all that is due, as "topic=payload".
  private func drain(_ publications: inout Publications) -> [String] {
    var said: [String] = []
    while let next = publications.next() {
      said.append("\(next.topic)=\(String(decoding: next.payload, as: UTF8.self))")
    }
    return said
  }

  private func filled() -> Publications {
    var publications = Publications(last: "availability")
    publications.set("availability", Array("online".utf8))
    publications.set("b", [0x31])
    publications.set("a", [0x32])
    return publications
  }

  @Test func `everything is published once, in the order in which it came, and last that it can be relied on`() {
    var publications = filled()
    #expect(drain(&publications) == ["b=1", "a=2", "availability=online"])
    #expect(drain(&publications) == [])
    publications.set("a", [0x32])
    #expect(drain(&publications) == [])
  }

  @Test func `of what changes again before there is room only the newest is published`() {
    var publications = filled()
    publications.set("b", [0x33])
    publications.set("b", [0x34])
    #expect(drain(&publications) == ["b=4", "a=2", "availability=online"])
  }

  @Test func `a broker that was away is told everything as it is now, and nothing of what was meanwhile`() {
    var publications = filled()
    _ = drain(&publications)
    for byte in UInt8(0x35)...0x39 { publications.set("b", [byte]) }
    publications.forgetTold()
    #expect(drain(&publications) == ["b=9", "a=2", "availability=online"])
  }

  @Test func `what is removed is published as nothing, once, and not to the next broker`() {
    var publications = filled()
    _ = drain(&publications)
    publications.set("b", [])
    #expect(drain(&publications) == ["b="])
    publications.forgetTold()
    #expect(drain(&publications) == ["a=2", "availability=online"])
    publications.set("b", [0x31])
    #expect(drain(&publications) == ["b=1"])
  }
}
