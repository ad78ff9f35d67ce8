internal import Interface
internal import Vocabulary

// The words for the values of the interface.

/// What to call something: by its name, or by its address when the name shows nothing.
func title(of name: String, at address: String) -> String { displayable(showsSomething(name) ? name : address) }

extension Device {
  /// Devices of two adapters may have the same address.
  var key: String { adapter + " " + address }

  /// What to call it.
  var title: String { Commands.title(of: alias, at: address) }

  /// "connected", "paired", "new" and what else is remarkable.
  var state: String {
    var words = [connected ? "connected" : bonded ? "paired" : paired ? "paired, not bonded" : "not paired"]
    if connected, !bonded { words.append(paired ? "not bonded" : "not paired") }
    if bonded, !trusted { words.append("not trusted") }
    if blocked { words.append("blocked") }
    if let twinOf { words.append("low-energy twin of \(displayable(twinOf))") }
    if let verdict { words.append(verdict.title) }
    if let operation { words.append("busy: \(displayable(operation))") }
    return commas(words)
  }

  /// "A2DP LDAC, HFP mSBC", or a dash.
  var audio: String {
    transports.isEmpty ? "-" : commas(transports.map { "\($0.profile.title) \(displayable($0.codec))" })
  }

  /// "80%", or "80%, 5 minutes ago" where nobody knows it now.
  func charge(now: Int) -> String {
    if let battery { return "\(battery)%" }
    guard connected, let last = batteries?.first, let since = last.since else { return "-" }
    return "\(last.text), \(age(of: since, now: now))"
  }
}

extension Transport.Profile {
  var title: String {
    switch self {
    case .a2dp: "A2DP"
    case .hfp: "HFP"
    case .hsp: "HSP"
    case .other: "other"
    }
  }
}

extension Device.Profile {
  var title: String {
    switch self {
    case .a2dp: "A2DP"
    case .hfp: "HFP"
    case .hsp: "HSP"
    case .avrcp: "AVRCP"
    }
  }
}

extension Adapter {
  /// "on, ready for audio, selected".
  var state: String {
    var words = [powered ? "on" : blocked ? "blocked by rfkill" : "off"]
    if powered { words.append(audio) }
    if discovering { words.append("searching") }
    if discoverable { words.append("visible") }
    if selected { words.append("selected") }
    return commas(words)
  }
}

extension Adapter {
  /// What a sound server has registered for; older daemons do not tell of calls.
  private var audio: String {
    switch (audioReady, callsReady) {
    case (true, false): "ready for stereo only"
    case (true, _): "ready for audio"
    case (false, true): "ready for calls only"
    case (false, _): "no sound server"
    }
  }
}

extension Proof.What {
  /// As in "is paired".
  var title: String {
    switch self {
    case .bonded: "paired"
    case .trusted: "trusted"
    case .connected: "connected"
    case .servicesResolved: "ready"
    case .a2dp: "set up for stereo audio"
    case .reconnected: "able to connect again"
    case .profile: "in the profile that was asked for"
    }
  }
}

/// "a, b, c". Plainer than the library's `joined`, which would be half of what `status` has to do: it works on any
/// sequence, and finds out about this one at run time.
func commas(_ words: [String]) -> String {
  var text = ""
  for word in words { text += text.isEmpty ? word : ", " + word }
  return text
}

/// "a", "a and b", "a, b and c".
func list(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return commas(Array(words.dropLast())) + " and " + last
}

/// "a", "a or b", "a, b or c".
func alternatives(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return commas(Array(words.dropLast())) + " or " + last
}

/// The words, each where it came first.
func unique(_ words: [String]) -> [String] {
  var unique: [String] = []
  for word in words where !unique.contains(word) { unique.append(word) }
  return unique
}
