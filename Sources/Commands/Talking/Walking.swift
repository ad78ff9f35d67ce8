internal import Glibc
internal import Interface
internal import Vocabulary

/// Shows a walk on the person's terminal, key by key.
final class WalkScreen {
  private let command: Command
  private(set) var walk: Walk
  private let isPlain: Bool
  private var shownPage: Int?
  private var shownPrompt: String?
  /// The last page has been left, or the walk has been overtaken.
  private(set) var isOver = false

  /// `isPlain` rewrites no line, for screen readers and terminals that cannot.
  init(_ walk: Walk, _ command: Command, isPlain: Bool) {
    self.walk = walk
    self.command = command
    self.isPlain = isPlain || command.context.results.isDumb
  }

  /// Walks until the end, or until something can be read from the descriptor; the keyboard is the person's again then.
  func go(until descriptor: Int32 = -1, isThere: Bool = false) throws(EarlyExit) {
    guard !isOver else { return }
    let restore = Keyboard.takeKeys(command.context.input)
    defer { restore() }
    while !isOver {
      try draw()
      guard let key = try nextKey(descriptor, isThere: isThere) else { return }
      try take(key)
    }
  }

  /// What was waited for has happened: the rest need not be shown.
  func overtake() throws(EarlyExit) {
    guard !isOver else { return }
    isOver = true
    try endLine()
  }

  private func take(_ key: Walk.Key?) throws(EarlyExit) {
    guard let key else { return }
    if key == .abort {
      try endLine()
      throw .failure(Failure(code: ErrorCode.cancelled.rawValue, message: "Stopped.", exit: .failed))
    }
    if key == .forward, walk.isAtEnd { return try overtake() }
    walk.press(key, at: command.context.clock())
  }

  // MARK: The screen

  private var columns: Int { max(20, command.context.results.columns) - 1 }

  private func draw() throws(EarlyExit) {
    if shownPage != walk.index {
      try endLine()
      for line in walk.page?.lines ?? [] {
        for part in wrapped(displayable(line), to: columns) { try command.output.show(text: part + "\n") }
      }
      shownPage = walk.index
    }
    let prompt = walk.prompt(at: command.context.clock())
    guard prompt != shownPrompt else { return }
    if isPlain {
      // A second that is said is the next one's noise: only where a hold begins and ends.
      if shownPrompt == nil || !isCounting(prompt) || !isCounting(shownPrompt ?? "") {
        for part in wrapped(displayable(prompt), to: columns) { try command.output.show(text: part + "\n") }
      }
    } else {
      try command.output.show(text: "\r\u{1B}[K" + truncated(displayable(prompt), to: columns))
    }
    shownPrompt = prompt
  }

  private func isCounting(_ prompt: String) -> Bool { prompt.hasPrefix("Hold on: ") }

  private func endLine() throws(EarlyExit) {
    if shownPrompt != nil, !isPlain { try command.output.show(text: "\r\u{1B}[K") }
    shownPrompt = nil
  }

  // MARK: The keyboard

  /// The next key, if it means anything; nil when the descriptor can be read.
  private func nextKey(_ descriptor: Int32, isThere: Bool) throws(EarlyExit) -> Walk.Key?? {
    var entries = [
      pollfd(fd: command.context.input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: command.context.interrupts.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let lasts = isThere ? .zero : walk.promptLasts(at: command.context.clock())
    command.context.wait(&entries, lasts)
    if entries[1].revents != 0 {
      try endLine()
      throw command.context.interrupts.earlyExit()
    }
    if entries[0].revents != 0 {
      var byte: UInt8 = 0
      // Who goes away stops.
      guard unsafe read(command.context.input, &byte, 1) == 1 else { return .some(.abort) }
      return .some(Self.key(byte))
    }
    return entries[2].revents != 0 || isThere ? nil : .some(nil)
  }

  private static func key(_ byte: UInt8) -> Walk.Key? {
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "n"): .forward
    // Backspace and delete.
    case UInt8(ascii: "b"), 0x08, 0x7F: .back
    // Escape, and the end of input.
    case UInt8(ascii: "q"), 0x1B, 0x04: .abort
    default: nil
    }
  }
}
