import Knowledge
import Testing

/// Each rule against entries that break it in one place, and against what guides on the web claim.
@Suite struct RuleTests {
  @Test func `an entry that keeps the rules is taken`() throws {
    let model = try #require(Entry().catalogue.models.first)
    #expect(model.name == "TEST-1")
    #expect(model.procedure(.initialize)?.steps.first?.least == 7)
    #expect(Entry().fault == nil)
  }

  // MARK: 1

  @Test(arguments: [#""action""#, #""volume_up""#, #""power", "case_button""#, #""nc""#])
  func `a key that the model has not is refused where it stands`(keys: String) {
    var entry = Entry()
    entry.procedures[0].steps = #"[{"do": "hold", "keys": [\#(keys)], "hold_s": {"min": 7}}]"#
    #expect(entry.fault?.rule == .keys)
    #expect(entry.fault?.line == 14)
    #expect(entry.catalogue.models.isEmpty)
  }

  @Test(arguments: [
    #"{"keys": ["power", "volume_up"], "volume_keys": false}"#, #"{"keys": ["volume"]}"#,
    #"{"keys": ["case_button"], "case_button": false}"#,
  ])
  func `a list of keys that contradicts itself is refused`(controls: String) {
    #expect(Entry(controls: controls).fault?.rule == .keys)
    #expect(Entry(controls: controls).fault?.line == 6)
  }

  // MARK: 2

  @Test(arguments: ["pairing_list_reset", "soft_reset", "", "Reset"])
  func `there are four kinds of procedures`(kind: String) {
    let entry = Entry(procedures: [.init(kind: kind)])
    #expect(entry.fault?.rule == (kind.isEmpty ? .schema : .kinds))
    #expect(entry.fault?.line == 10)
  }

  @Test(arguments: ["initialize", "reset", "pairing_mode"])
  func `a procedure that erases the list of paired devices alone is refused whatever it is called`(kind: String) {
    var deed = Entry.Deed(kind: kind)
    (deed.erases, deed.keeps) = (#"["pairing_list"]"#, #"["all_settings"]"#)
    #expect(Entry(procedures: [deed]).fault?.rule == .kinds)
  }

  // MARK: 3

  /// Sources, and the most that they are good for.
  private static let sources: [([(String, String, String)], String)] = [
    ([], "none"),
    ([("seed", "a", "supports")], "low"),
    ([("web", "a", "supports")], "low"),
    ([("protocol", "a", "supports")], "low"),
    ([("official", "a", "analogy")], "low"),
    ([("community", "a", "analogy")], "low"),
    ([("recalled", "a", "to-be-checked")], "medium"),
    ([("official", "a", "supports")], "high"),
    ([("community", "a", "supports")], "high"),
    ([("community", "a", "supports"), ("web", "b", "conflicts")], "medium"),
    ([("official", "a", "rejected: it is about something else")], "none"),
    ([("community", "a", "unverifiable")], "none"),
    // Families count once, and many guides are no more than one.
    ([("seed", "a", "supports"), ("seed", "a", "supports"), ("seed", "a", "supports")], "low"),
    ([("seed", "a", "supports"), ("web", "b", "supports"), ("web", "c", "supports")], "low"),
    ([("recalled", "a", "supports"), ("recalled", "b", "supports"), ("seed", "c", "supports")], "medium"),
  ]

  @Test(arguments: sources)
  func `nothing is surer than the best of its sources`(sources: [(String, String, String)], most: String) throws {
    let words = ["none", "low", "medium", "high"]
    let evidence = "[" + sources.map { Entry.evidence($0.0, $0.1, $0.2) }.joined(separator: ", ") + "]"
    for word in words {
      let entry = Entry(procedures: [.init(confidence: word, show: "never", evidence: evidence)])
      let isAllowed = try #require(words.firstIndex(of: word)) <= #require(words.firstIndex(of: most))
      #expect((entry.fault == nil) == isAllowed, "\(word): \(String(describing: entry.fault))")
      if !isAllowed { #expect(entry.fault?.rule == .confidence) }
    }
  }

  @Test(arguments: [#""""#, "null"])
  func `a source without a family is refused`(family: String) {
    let evidence = #"[{"source": "S", "kind": "web", "family": \#(family), "says": "so", "verdict": "supports"}]"#
    let deed = Entry.Deed(confidence: "low", show: "link_only", evidence: evidence)
    #expect(Entry(procedures: [deed]).fault?.rule == .confidence)
    let without = evidence.split(separator: #""family": \#(family), "#).joined()
    #expect(Entry(procedures: [.init(confidence: "low", show: "never", evidence: without)]).fault?.rule == .confidence)
  }

  // MARK: 4

  @Test(arguments: [
    ("initialize", "high", "steps"), ("initialize", "medium", "steps_with_warning"),
    ("initialize", "low", "link_only"), ("initialize", "none", "link_only"),
    ("reset", "low", "link_only"), ("power_off", "low", "link_only"), ("pairing_mode", "none", "link_only"),
    ("pairing_mode", "low", "steps_with_warning"),
  ])
  func `what is not sure is not shown as if it were`(kind: String, confidence: String, most: String) throws {
    let words = ["never", "link_only", "steps_with_warning", "steps"]
    let destroys = kind == "initialize"
    for word in words {
      let deed = Entry.Deed(
        kind: kind, destructive: destroys, erases: destroys ? #"["pairing_list", "all_settings"]"# : "[]",
        confidence: confidence, show: word, evidence: "[\(Entry.official)]")
      let isAllowed = try #require(words.firstIndex(of: word)) <= #require(words.firstIndex(of: most))
      let fault = Entry(procedures: [deed]).fault
      #expect((fault == nil) == isAllowed, "\(word): \(String(describing: fault))")
      if !isAllowed { #expect(fault?.rule == .show) }
    }
  }

  @Test func `keys that erase something are not shown on a low confidence, not even to pair`() {
    let deed = Entry.Deed(kind: "pairing_mode", confidence: "low", evidence: "[\(Entry.official)]")
    #expect(Entry(procedures: [deed]).fault?.rule == .show)
  }

  @Test func `steps that are not there cannot be shown`() {
    #expect(Entry(procedures: [.init(steps: "[]")]).fault?.rule == .show)
  }

  // MARK: 5

  @Test(arguments: [#"{"min": 7, "max": 7}"#, #"{"min": 11.8, "typ": 12, "max": 12.3}"#])
  func `a hold has no longest time unless the maker gives one`(hold: String) {
    let steps = #"[{"do": "hold", "keys": ["power"], "hold_s": \#(hold)}]"#
    #expect(Entry(procedures: [.init(steps: steps)]).fault?.rule == .holds)
    #expect(Entry(procedures: [.init(steps: steps)]).fault?.line == 14)
    #expect(Entry(procedures: [.init(steps: steps, evidence: "[\(Entry.official)]")]).fault == nil)
    let other = Entry.evidence("official", "sony", "analogy")
    #expect(Entry(procedures: [.init(steps: steps, evidence: "[\(Entry.recalled), \(other)]")]).fault?.rule == .holds)
  }

  @Test func `a hold that ends before it is long enough is refused`() {
    let steps = #"[{"do": "hold", "keys": ["power"], "hold_s": {"min": 7, "typ": 5}}]"#
    #expect(Entry(procedures: [.init(steps: steps)]).fault?.rule == .holds)
  }

  // MARK: 6

  @Test(arguments: [
    (true, "[]", "[]", "initialize"), (false, "[]", "[]", "initialize"),
    (false, #"["pairing_list", "all_settings"]"#, "[]", "reset"),
    (true, #"["pairing_list", "all_settings"]"#, #"["all_settings"]"#, "initialize"),
  ])
  func `what erases something says what, and keeps none of it`(
    destructive: Bool, erases: String, keeps: String, kind: String
  ) {
    let deed = Entry.Deed(kind: kind, destructive: destructive, erases: erases, keeps: keeps)
    #expect(Entry(procedures: [deed]).fault?.rule == .erasure)
  }

  // MARK: 7

  @Test func `wired headphones have no procedures`() {
    #expect(Entry(form: "wired", bluetooth: false).fault?.rule == .wired)
    #expect(Entry(form: "wired", bluetooth: false, procedures: []).fault == nil)
    #expect(Entry(form: "wired", procedures: []).fault?.rule == .wired)
    #expect(Entry(bluetooth: false).fault?.rule == .wired)
  }
}

/// What the guides say of the models and was found to be wrong: as an entry, each claim is refused.
@Suite struct ClaimTests {
  private static let mdr1000x = #"{"keys": ["power", "nc", "ambient_sound"], "volume_keys": false}"#
  private static let xm3 = #"{"keys": ["power", "nc_ambient"], "volume_keys": false}"#
  private static let xb950n1 = #"{"keys": ["power", "nc", "bass_effect", "volume", "jog"], "volume_keys": true}"#
  private static let zx770bn = #"{"keys": ["power", "nc", "jog"], "volume_keys": true}"#
  private static let xm4 = #"{"keys": ["power", "custom"], "volume_keys": false}"#
  private static let xm5 = #"{"keys": ["power", "nc_amb"], "volume_keys": false}"#
  private static let buds = #"{"keys": [], "touch_sensors": true, "case_button": false}"#
  private static let list = #"["pairing_list"]"#

  private static let claims: [(String, Entry, Rule)] = [
    (
      "MDR-1000X: exactly 7 s",
      .claim("initialize", keys: ["power", "nc"], of: mdr1000x, hold: #"{"min": 7, "max": 7}"#), .holds
    ),
    (
      "MDR-1000X: its battery must be below 5 %",
      .claim("initialize", keys: ["power", "nc"], of: mdr1000x, preconditions: #"["battery_below_5"]"#), .schema
    ),
    (
      "WH-1000XM2: NC/AMBIENT and POWER while it is on, list only",
      .claim("pairing_list_reset", keys: ["power", "nc_ambient"], of: xm3, hold: #"{"min": 12}"#), .kinds
    ),
    (
      "WH-1000XM2, XM3: POWER and NC/AMBIENT, list only",
      .claim("initialize", keys: ["power", "nc_ambient"], of: xm3, erases: list), .kinds
    ),
    (
      "WH-1000XM2: POWER, NC and ACTION", .claim("initialize", keys: ["power", "nc_ambient", "action"], of: xm3), .keys
    ),
    (
      "WH-1000XM2: pairing after exactly 7 s",
      .claim("pairing_mode", keys: ["power"], of: xm3, hold: #"{"min": 7, "typ": 7, "max": 7}"#), .holds
    ),
    (
      "MDR-XB950N1: a window of half a second",
      .claim("initialize", keys: ["power", "volume"], of: xb950n1, hold: #"{"min": 11.8, "max": 12.3}"#), .holds
    ),
    ("WH-XB900N: POWER and VOL+", .claim("initialize", keys: ["power", "volume_up"], of: xm4), .keys),
    ("MDR-ZX770BN: POWER and PLAY", .claim("initialize", keys: ["power", "play"], of: zx770bn), .keys),
    ("WH-1000XM3: POWER and VOL+", .claim("initialize", keys: ["power", "volume_up"], of: xm3), .keys),
    (
      "WH-1000XM4: POWER, NC/AMBIENT and VOL-",
      .claim("initialize", keys: ["power", "nc_ambient", "volume_down"], of: xm4), .keys
    ),
    ("WH-1000XM5: POWER and VOL+", .claim("initialize", keys: ["power", "volume_up"], of: xm5), .keys),
    (
      "WH-1000XM5: POWER and NC/AMBIENT, list only",
      .claim("initialize", keys: ["power", "nc_amb"], of: xm5, erases: list), .kinds
    ),
    ("WF-1000XM4: the button of its case", .claim("initialize", keys: ["case_button"], of: buds), .keys),
    ("WF-1000XM5: left three times, then right", .claim("initialize", keys: ["right_sensor"], of: buds), .keys),
    (
      "WF-1000XM5: both sensors out of the case", .claim("reset", keys: ["left_sensor", "right_sensor"], of: buds),
      .keys
    ),
    (
      "LinkBuds S: left sensor, list only",
      .claim("pairing_list_reset", keys: ["left_sensor"], of: buds, hold: #"{"min": 10}"#), .kinds
    ),
  ]

  @Test(arguments: claims)
  func `a claim that was found to be wrong is refused`(name: String, entry: Entry, rule: Rule) {
    #expect(entry.fault?.rule == rule, "\(name): \(String(describing: entry.fault))")
    #expect(entry.catalogue.models.isEmpty)
  }

  @Test func `a reset of wired headphones is refused`() {
    var entry = Entry.claim("initialize", keys: ["power", "play"], of: #"{"keys": ["power", "play"]}"#)
    (entry.form, entry.bluetooth) = ("wired", false)
    #expect(entry.fault?.rule == .wired)
  }

  @Test func `however many guides of one site agree, they raise nothing`() {
    let guide = Entry.evidence("seed", "sonusgearflow.com", "supports")
    let deed = Entry.Deed(evidence: "[\(guide), \(guide), \(guide)]")
    #expect(Entry(procedures: [deed]).fault?.rule == .confidence)
  }
}
