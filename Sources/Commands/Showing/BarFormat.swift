internal import Interface
internal import Varlink
internal import Vocabulary

/// A status bar, and how a line is written that it reads.
enum BarFormat: String, CaseIterable, Sendable {
  case waybar, polybar
  case i3status = "i3status-rs"
  case i3blocks, eww

  /// One line, without its end. Names come from strangers: in the text of a bar that knows markup or tags they are
  /// escaped as that bar wants it, and in JSON nothing ends the line.
  func line(_ state: BarState) -> String {
    switch self {
    case .waybar:
      // waybar-custom(5) with "return-type": "json". Text and tooltip are Pango markup, unless the module has "escape".
      var members: JSONMembers = [
        "text": .string(markup(state.text)), "tooltip": .string(markup(state.details)),
        "alt": .string(state.condition.rawValue), "class": .array(state.classes.map(JSONValue.string)),
      ]
      members["percentage"] = state.device?.battery.map { .integer(Int64($0)) }
      return json(members)
    case .polybar: return withoutTags(state.text)
    case .i3status:
      // The custom block of i3status-rs with "json" and "persistent"; its format is "$text.pango-str()" by itself.
      return json([
        "icon": .string("headphones"), "state": .string(state.urgency.rawValue), "text": .string(markup(state.text)),
        "short_text": .string(markup(state.shortText)),
      ])
    case .i3blocks:
      // The keys of i3bar's protocol; what a block's output has goes before its configuration.
      var members: JSONMembers = [
        "full_text": .string(markup(state.text)), "short_text": .string(markup(state.shortText)),
        "markup": .string("pango"),
      ]
      // i3blocks 1.4 takes it as a string only, and forgets it with the next line.
      if state.urgency == .critical { members["urgent"] = .string("true") }
      return json(members)
    case .eww:
      // A listening variable with JSON: its parts are used by name, in labels without markup.
      var members: JSONMembers = [
        "condition": .string(state.condition.rawValue), "text": .string(state.text),
        "classes": .string(state.classes.joined(separator: " ")), "details": .string(state.details),
        "mono": .bool(state.isMono), "microphone": .bool(state.isRecorded),
      ]
      members["name"] = .string(state.device?.title ?? "")
      members["battery"] = state.device?.battery.map { .integer(Int64($0)) } ?? .null
      members["profile"] = .string(state.kind?.rawValue ?? "")
      members["codec"] = .string(state.codec ?? "")
      return JSONValue.object(members).text
    }
  }

  private func json(_ members: JSONMembers) -> String { JSONValue.object(members).text }
}

extension BarState {
  /// In the words of i3status-rs.
  enum Urgency: String {
    case idle = "Idle"
    case good = "Good"
    case warning = "Warning"
    case critical = "Critical"
  }

  var urgency: Urgency {
    if isLow, condition == .connected { return .critical }
    switch condition {
    case .disconnected, .off: return .idle
    case .stale: return .warning
    case .connected: return isMono ? .warning : .good
    }
  }
}

/// The text in Pango's markup, which is that of XML.
private func markup(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The text with nothing in it that begins a tag of polybar's, which knows no escape for "%{": a tag without effect is
/// put between the two.
private func withoutTags(_ text: String) -> String {
  text.split(separator: "%{", omittingEmptySubsequences: false).joined(separator: "%%{O0}{")
}
