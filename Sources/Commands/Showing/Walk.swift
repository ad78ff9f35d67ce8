internal import Interface
internal import Knowledge

/// A procedure, step by step at a person's pace: what is shown, and what a key or the time does. Without a terminal of its
/// own, and without a clock.
struct Walk {
  struct Page {
    let lines: [String]
    /// Seconds for which keys are held, at least.
    var hold: Double?
    /// What is waited for beyond that.
    var light: String?
  }

  enum Key {
    case forward, back, abort
  }

  let pages: [Page]
  private(set) var index = 0
  /// When the person began to hold.
  private var begun: Duration?

  /// Of what may be shown; nil where that is not enough for steps.
  init?(_ guidance: Guidance) {
    guard let entry = guidance.procedures.first, let steps = entry.steps, !steps.isEmpty else { return nil }
    var first = [guidance.title(entry)]
    first.append("Erases: \(holdingTitles(entry.erases) ?? "nothing").")
    first.append("Keeps: \(holdingTitles(entry.keeps) ?? "nothing").")
    if entry.destructive, guidance.device != nil {
      first.append("This computer keeps its name, its trust and its policy; mdrctl repair gives them back.")
    }
    first += [entry.warning, entry.note].compactMap(\.self)
    let last = steps.count - 1
    let walked = steps.enumerated().map { number, step in
      Page(
        lines: ["Step \(number + 1) of \(steps.count): \(step.text)"], hold: step.atLeastSeconds,
        light: number == last ? entry.light : nil)
    }
    let signs = [
      entry.light.map { "Its light then: \($0)." }, entry.voice.map { "Its voice then: \"\($0)\"." }, entry.next,
    ]
    pages = [Page(lines: first)] + walked + [Page(lines: ["Done."] + signs.compactMap(\.self))]
  }

  var page: Page? { index < pages.count ? pages[index] : nil }
  var isAtEnd: Bool { index >= pages.count - 1 }

  /// A key was pressed. A hold begins with it; false when nothing is left to show.
  mutating func press(_ key: Key, at now: Duration) {
    switch key {
    case .abort: break
    case .back where begun != nil: begun = nil
    case .back: index = max(0, index - 1)
    case .forward where page?.hold != nil && begun == nil: begun = now
    case .forward:
      begun = nil
      index = min(pages.count - 1, index + 1)
    }
  }

  /// Whole seconds that keys are still to be held; nil while none are.
  func left(at now: Duration) -> Int? {
    guard let begun, let hold = page?.hold else { return nil }
    return max(0, Int((hold - (now - begun) / .seconds(1)).rounded(.up)))
  }

  /// What is to be done now, in one line.
  func prompt(at now: Duration) -> String {
    let keys = index == 0 ? "Enter: go on, q: stop" : "Enter: go on, b: back, q: stop"
    guard let page, let hold = page.hold else { return isAtEnd ? "Enter: end, b: back" : keys }
    guard let left = left(at: now) else { return "Enter when you begin to hold (b: back, q: stop)" }
    if left > 0 { return "Hold on: \(left) s" }
    let beyond = page.light.map { "hold on until its light is: \($0)" } ?? "let go"
    return "\(Int(hold.rounded(.up))) s are over: \(beyond). Enter: go on"
  }

  /// How long the prompt stays true; nil until a key is pressed.
  func promptLasts(at now: Duration) -> Duration? {
    guard let left = left(at: now), left > 0, let begun, let hold = page?.hold else { return nil }
    let next = begun + .seconds(1) * hold - .seconds(left - 1)
    return max(.milliseconds(1), next - now)
  }
}

extension Guidance {
  fileprivate func title(_ entry: Entry) -> String {
    let kind = Procedure.Kind.allCases.first { $0.word == entry.procedure }?.title ?? entry.procedure
    return "\(kind): \(entry.generic ? "any \(model)" : model)"
  }
}

/// The text in lines that fit, broken between words where that can be.
func wrapped(_ text: String, to columns: Int) -> [String] {
  var (lines, line) = ([String](), "")
  for word in text.split(separator: " ") {
    let longer = line.isEmpty ? String(word) : "\(line) \(word)"
    if displayWidth(longer) > columns, !line.isEmpty {
      lines.append(line)
      line = String(word)
    } else {
      line = longer
    }
  }
  return lines + [line]
}
