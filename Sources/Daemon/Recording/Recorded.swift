internal import Varlink
internal import Vocabulary

/// One thing that happened, as it is kept: without anybody's name or address. Members have one letter, since there are
/// thousands of them.
struct Recorded: Decodable, Hashable, Sendable {
  /// Milliseconds since 1970, by the clock of then.
  var wall = 0
  /// Milliseconds since the computer was started (`CLOCK_BOOTTIME`).
  var uptime = 0
  /// The beginning of the name of that run of the computer.
  var boot: String?
  let kind: HistoryKind
  var adapter: String?
  /// The number of a device in ``RecordedNames``; 0 for one that is not bonded here.
  var device: Int?
  var user: UInt32?
  /// The method that the user called.
  var verb: String?
  /// A word of a closed set, which the kind has: a reason, a cause, a profile.
  var word: String?
  /// A sentence. A device in it is its number in braces.
  var text: String?
  var evidence: String?
  var count: Int?

  init(
    _ kind: HistoryKind, adapter: String? = nil, device: Int? = nil, user: UInt32? = nil, verb: String? = nil,
    word: String? = nil, text: String? = nil, evidence: String? = nil, count: Int? = nil
  ) {
    self.kind = kind
    self.adapter = adapter
    self.device = device
    self.user = user
    self.verb = verb
    self.word = word
    self.text = text
    self.evidence = evidence
    self.count = count
  }

  private enum CodingKeys: String, CodingKey {
    case wall = "t"
    case uptime = "m"
    case boot = "b"
    case kind = "k"
    case adapter = "a"
    case device = "d"
    case user = "u"
    case verb = "v"
    case word = "w"
    case text = "x"
    case evidence = "e"
    case count = "n"
  }

  /// The number of a device that is not bonded here.
  static let stranger = 0

  /// As it is written. It is made here, member by member: the way of all other values maps so much more of the program that
  /// a daemon which only records is seen to be bigger.
  var line: [UInt8] {
    var members: JSONMembers = ["t": .integer(Int64(wall)), "m": .integer(Int64(uptime)), "k": .string(kind.rawValue)]
    func put(_ key: CodingKeys, _ text: String?) { if let text { members[key.rawValue] = .string(text) } }
    func put(_ key: CodingKeys, _ number: (some BinaryInteger)?) {
      if let number { members[key.rawValue] = .integer(Int64(number)) }
    }
    put(.boot, boot)
    put(.adapter, adapter)
    put(.device, device)
    put(.user, user)
    put(.verb, verb)
    put(.word, word)
    put(.text, text)
    put(.evidence, evidence)
    put(.count, count)
    return JSONValue.object(members).bytes + [UInt8(ascii: "\n")]
  }
}
