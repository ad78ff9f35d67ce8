/// What is going on, for a person who waits: on a terminal one line that is rewritten in place and goes away in the
/// end, anywhere else a plain line for each step.
final class ProgressLine {
  private let sink: TextSink
  private let isSilent: Bool
  private var message = "Waiting for mdrctld"
  /// When it ends at the latest.
  private var deadline: ContinuousClock.Instant?
  private var start = ContinuousClock.now
  private var frame = 0
  private var isShown = false

  /// What takes less is not worth a flicker.
  private static let patience = Duration.milliseconds(500)
  private static let frameTime = Duration.milliseconds(120)
  private static let frames = ["|", "/", "-", "\\"]

  init(sink: TextSink, isSilent: Bool) {
    self.sink = sink
    self.isSilent = isSilent
  }

  /// How long the caller may sleep before ``tick()`` is due; nil if it never is.
  var nextTick: Duration? {
    guard canRewrite, !isSilent else { return nil }
    return isShown ? Self.frameTime : max(.milliseconds(1), Self.patience - (.now - start))
  }

  private var canRewrite: Bool { sink.isTerminal && !sink.isDumb }

  /// Says what has begun, and on a terminal how much time is left for it.
  func update(_ message: String, until deadline: ContinuousClock.Instant? = nil) {
    self.deadline = deadline
    guard !isSilent, message != self.message else { return }
    self.message = message
    if canRewrite {
      if isShown { draw() }
    } else {
      try? sink.put(displayable(message) + "\n")
    }
  }

  /// The same for what mostly takes no time: only a terminal shows it, once it takes some.
  func prepare(_ message: String) {
    guard canRewrite else { return }
    update(message)
  }

  /// Says what the person must do, in a line that stays: it is longer than a terminal is wide, and is to be read for as
  /// long as it takes.
  func announce(_ message: String, until deadline: ContinuousClock.Instant?) {
    guard canRewrite, !isSilent else { return update(message, until: deadline) }
    clear()
    try? sink.put(displayable(message) + "\n")
    (self.message, self.deadline) = ("Waiting", deadline)
  }

  /// The same of several lines, which anywhere else are one, with the time that is left.
  func announce(_ lines: [String], until deadline: ContinuousClock.Instant?) {
    guard canRewrite, !isSilent else {
      let words = lines.flatMap { $0.split(separator: " ") }.joined(separator: " ")
      return update(words + (deadline.map { " (\(seconds(until: $0)) s left)" } ?? ""), until: deadline)
    }
    clear()
    for line in lines { try? sink.put(displayable(line) + "\n") }
    (self.message, self.deadline) = ("Waiting", deadline)
  }

  private func seconds(until deadline: ContinuousClock.Instant) -> Int64 {
    max(0, (deadline - .now).components.seconds)
  }

  func tick() {
    guard nextTick != nil, .now - start >= Self.patience else { return }
    frame += 1
    draw()
  }

  /// Takes the line away, so that something else can be written. It comes back after a while.
  func clear() {
    start = .now
    guard isShown else { return }
    isShown = false
    try? sink.put("\r\u{1B}[K")
  }

  private func draw() {
    isShown = true
    var text = Self.frames[frame % Self.frames.count] + " " + displayable(message)
    if let deadline { text += " (\(seconds(until: deadline)) s left)" }
    try? sink.put("\r\u{1B}[K" + truncated(text, to: sink.columns - 1))
  }
}

/// As much of the text as fits, so that a line does not wrap and can be rewritten.
func truncated(_ text: String, to columns: Int) -> String {
  guard displayWidth(text) > columns else { return text }
  var result = ""
  var used = 0
  for character in text {
    let width = displayWidth(String(character))
    guard used + width < columns else { break }
    result.append(character)
    used += width
  }
  return result + "…"
}
