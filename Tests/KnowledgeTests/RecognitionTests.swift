import Knowledge
import KnowledgeFiles
import Testing

/// Which model a device or a word is.
@Suite struct RecognitionTests {
  private let own = Catalogue.own

  private func recognised(_ modalias: String?, _ names: String...) -> String? {
    own.model(modalias: modalias, names: names).map { "\($0.0.name) by \($0.1.rawValue)" }
  }

  @Test func `the product id goes before the name, which may be anything`() {
    #expect(recognised("usb:v054Cp0D58d0106", "WH-1000XM3") == "WH-1000XM4 by product")
    #expect(recognised("usb:v054cp0d58d0106", "Desk") == "WH-1000XM4 by product")
    #expect(recognised(nil, "Desk") == nil)
  }

  @Test func `the same number is another company's in another registry`() {
    #expect(recognised("bluetooth:v054Cp0D58d0106", "Desk") == nil)
    #expect(recognised("bluetooth:v012Dp0D58d0106", "Desk") == nil)
    #expect(recognised("usb:v054Cp0D5", "Desk") == nil)
  }

  @Test(arguments: [
    ("0BB5", "MDR-1000X"), ("0884", "MDR-ZX770BN"), ("0C67", "WH-1000XM2"), ("0CD3", "WH-1000XM3"),
    ("0D58", "WH-1000XM4"), ("0DF0", "WH-1000XM5"), ("0CDC", "WH-XB900N"), ("0DE1", "WF-1000XM4"),
    ("0E63", "WF-1000XM5"), ("0DF4", "LinkBuds S"),
  ])
  func `every product id that is known finds its model`(product: String, model: String) {
    #expect(recognised("usb:v054Cp\(product)d0100") == "\(model) by product")
  }

  @Test func `a name is the whole name, and the case of its letters does not matter`() {
    #expect(recognised(nil, "wh-1000xm4") == "WH-1000XM4 by name")
    #expect(recognised(nil, "linkbuds s") == "LinkBuds S by name")
    #expect(recognised(nil, "WH-1000XM4 of Anna") == nil)
    #expect(recognised("usb:v054Cp9999d0100", "Desk", "WH-1000XM3") == "WH-1000XM3 by name")
  }

  @Test func `the low-energy twin of a model is known, also of one whose entry names none`() {
    #expect(recognised(nil, "LE_WH-1000XM4") == "WH-1000XM4 by twin")
    #expect(recognised(nil, "LE_MDR-1000X") == "MDR-1000X by twin")
    #expect(own.model(called: "le_wh-1000xm5")?.0.name == "WH-1000XM5")
  }

  @Test func `a text of a stranger is compared by its bytes`() {
    let marks = "WH-1000XM4" + String(repeating: "\u{301}", count: 100_000)
    #expect(recognised(marks, marks) == nil)
    #expect(own.generic(names: [marks], icon: marks)?.name == "over-ear headset")
  }

  @Test func `a person may use an alias, also a wrong one that guides use`() {
    #expect(own.model(called: "MDR-1000XM2")?.0.name == "WH-1000XM2")
    #expect(own.model(called: "wf-ls900n")?.0.name == "LinkBuds S")
    #expect(own.model(called: "earbuds")?.0.isGeneric == true)
    #expect(own.model(called: "1000") == nil)
    #expect(own.models(like: "xm4").map(\.name) == ["WH-1000XM4", "WF-1000XM4"])
    #expect(own.models(like: "").isEmpty)
  }

  @Test(arguments: [
    ("WH-CH720N", nil, "over-ear headset"), ("WF-C500", nil, "earbuds with a case"), ("WI-C100", nil, "neckband"),
    ("SRS-XB13", nil, "speaker"), ("Boombox", "audio-speakers", "speaker"),
  ])
  func `a headset without an entry is one of its form`(name: String, icon: String?, form: String) {
    #expect(own.generic(names: [name], icon: icon)?.name == form)
  }

  @Test func `the form of what tells none is not guessed`() {
    #expect(own.generic(names: ["QuietComfort"], icon: "audio-headset") == nil)
    #expect(own.generic(names: [], icon: nil) == nil)
  }

  @Test func `what this computer adds comes first, and overrides a model of the same name`() throws {
    let match = #"{"modalias_product": "usb:v054Cp0D58", "names": ["Mine"]}"#
    let added = try Source(file: "a.json", parsing: Array(Entry(match: match).text.utf8))
    let text = Entry(procedures: []).text.replacing("TEST-1", with: "wh-1000xm3")
    let other = try Source(file: "b.json", parsing: Array(text.utf8))
    let own = try Source(file: Catalogue.ownFile, parsing: Catalogue.ownBytes)
    let catalogue = Catalogue(own: own, added: [added, other])
    #expect(catalogue.faults.isEmpty)
    #expect(catalogue.model(modalias: "usb:v054Cp0D58d0106", names: ["WH-1000XM4"])?.0.name == "TEST-1")
    #expect(catalogue.model(called: "WH-1000XM3")?.0.file == "b.json")
    #expect(catalogue.model(called: "WH-1000XM3")?.0.procedures.isEmpty == true)
    #expect(catalogue.models.count == Catalogue.own.models.count + 1)
  }

  @Test func `a file with a fault changes nothing`() throws {
    var entry = Entry()
    entry.procedures[0].kind = "pairing_list_reset"
    let text = #"{"schema": 1, "models": [\#(Entry().text), \#(entry.text.replacing("TEST-1", with: "WH-1000XM4"))]}"#
    let own = try Source(file: Catalogue.ownFile, parsing: Catalogue.ownBytes)
    let catalogue = Catalogue(own: own, added: [try Source(file: "a.json", parsing: Array(text.utf8))])
    #expect(catalogue.faults.map(\.rule) == [.kinds])
    #expect(catalogue.models.map(\.name) == Catalogue.own.models.map(\.name))
  }
}
