import Testing
import Varlink

@Suite struct JSONTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("[false]", .array([.bool(false)])),
    ("0", .integer(0)), ("-0", .integer(0)), ("-12", .integer(-12)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", .number(1.5)), ("1e3", .number(1000)),
    ("1E-2", .number(0.01)), ("0.5e+1", .number(5)), (#""""#, .string("")),
    (
      #""a\"\\\/\b\f\n\r\t""#,
      .string("a\"\\/\u{8}\u{C}\n\r\t")
    ), (#""\u00e9\ud83d\ude00é""#, .string("é😀é")), ("[]", .array([])),
    ("[ 1 , 2 ]", .array([.integer(1), .integer(2)])), ("{}", .emptyObject),
    (#"{ "a" : { "b" : [ null ] } }"#, .object(["a": .object(["b": .array([.null])])])),
    ("\r\n\t 1", .integer(1)), (#""\#u{7F}""#, .string("\u{7F}")),
  ])
  func `valid text is read`(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text.utf8) == value)
    #expect(try JSONValue(parsing: value.bytes) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1e999", "NaN", "Infinity", "'a'",
    #"""#, #""a"#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, #""\u0000""#,
    "\"\n\"", "\"\u{1}\"", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", #"{"a""#, #"{"a":"#, #"{"a":1"#,
    #"{"a":1,}"#,
    "{1:2}", "{a:1}", #"{"a" 1}"#, #"{"a":1,"a":2}"#, "1 2", "[]]", "\u{FEFF}1", "/*x*/1",
  ])
  func `invalid text is refused`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text.utf8) }
  }

  @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [quote] + bytes + [quote]) }
    let escape = Array(#"\n"#.utf8)
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [quote] + escape + bytes + [quote]) }
  }

  @Test func `nesting has a limit`() throws {
    let limit = JSONValue.maximumDepth
    let fits = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(try JSONValue(parsing: fits.utf8).text == fits)
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: "[\(fits)]".utf8) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 200_000).utf8) }
  }

  @Test func `names are written in order and control characters escaped`() {
    let value = JSONValue.object(["b": .string("\u{1}\u{7F}\u{1F}/"), "a": .number(1.5), "c": .number(.infinity)])
    #expect(value.text == #"{"a":1.5,"b":"\u0001\u007f\u001f/","c":null}"#)
  }

  private struct Everything: Codable, Equatable {
    enum Kind: String, Codable { case one, two }
    struct Inner: Codable, Equatable {
      var list: [Int]
      var table: [String: Double]
    }
    var text: String
    var flag: Bool
    var small: UInt8
    var large: UInt64
    var ratio: Double
    var single: Float
    var kind: Kind
    var kinds: [Kind]
    var inner: Inner
    var inners: [Inner?]
    var absent: Int?
    var present: Int?
    var tree: JSONValue
  }

  @Test func `a value comes back from its tree as it was`() throws {
    let value = Everything(
      text: "x", flag: true, small: 255, large: UInt64(Int64.max), ratio: 0.1, single: 0.5, kind: .two, kinds: [.one],
      inner: .init(list: [1, 2], table: ["a": 1]), inners: [nil, .init(list: [], table: [:])], absent: nil,
      present: 3, tree: .object(["deep": .array([.null])]))
    let tree = try JSONValue(encoding: value)
    #expect(tree.members?["absent"] == nil)
    #expect(try JSONValue(parsing: tree.bytes).decode() == value)
  }

  private struct Small: Codable, Equatable {
    var number: UInt8
    var name: String?
  }

  @Test(arguments: [
    #"{}"#, #"{"number":256}"#, #"{"number":-1}"#, #"{"number":1.5}"#, #"{"number":"1"}"#, #"{"number":null}"#,
    #"{"number":true}"#, #"{"number":1,"name":5}"#, "[]", "5",
  ])
  func `what does not fit the type is refused`(text: String) throws {
    let tree = try JSONValue(parsing: text.utf8)
    #expect(throws: DecodingError.self) { try tree.decode(Small.self) }
  }

  @Test func `an optional may be null, and a whole number may be written with a fraction`() throws {
    let tree = try JSONValue(parsing: #"{"number":2.0,"name":null,"other":1}"#.utf8)
    #expect(try tree.decode(Small.self) == Small(number: 2, name: nil))
  }
}
