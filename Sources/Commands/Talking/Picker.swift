internal import Glibc
internal import Interface
internal import Vocabulary

/// Has a person choose a device where a verb needs one and its words do not say which: with the arrow keys, or by typing a
/// part of its name. Only on a terminal: a script is told what is missing.
struct Picker {
  let command: Command
  private let devices: [Device]

  /// Where nothing can be chosen, or nobody can, it throws what the command would have ended with.
  init(_ command: Command, instead failure: EarlyExit) throws(EarlyExit) {
    self.command = command
    guard command.mayPick else { throw failure }
    let all: [Device]
    do throws(EarlyExit) { all = try command.call(Control.status, Control.NoParameters()).devices } catch {
      throw failure
    }
    var known = all.filter { $0.twinOf == nil && ($0.bonded || $0.paired || $0.connected || $0.blocked) }
    // Without a name a command is about what is connected, where something is.
    if failure.isAmbiguity, command.invocation.givenDevice == nil, known.contains(where: \.connected) {
      known = known.filter(\.connected)
    }
    devices = known
    guard devices.count > 1 else { throw failure }
  }

  /// The address of the device that was chosen.
  func pick() throws(EarlyExit) -> String {
    let entries = devices.map { device in
      "\(device.title) (\(device.address))" + (device.connected ? ", connected" : "")
    }
    var choice = Choice(entries, filter: command.invocation.givenDevice ?? "")
    let question = "Which device? (arrow keys or a part of its name, Enter, Esc)"
    return command.isPlainTerminal ? try number(entries) : try screen(&choice, question)
  }

  private static var stopped: EarlyExit {
    .failure(Failure(code: ErrorCode.cancelled.rawValue, message: "Nothing was chosen.", exit: .failed))
  }

  /// By a number, where lines cannot be rewritten.
  private func number(_ entries: [String]) throws(EarlyExit) -> String {
    let list = entries.enumerated().map { "\($0 + 1)  \(displayable($1))\n" }.joined()
    let answer = try command.answer(to: "\(list)Which device (1 to \(entries.count))? ")
    guard let number = Int(answer), devices.indices.contains(number - 1) else { throw Self.stopped }
    return devices[number - 1].address
  }

  private func screen(_ choice: inout Choice, _ question: String) throws(EarlyExit) -> String {
    let output = command.output
    let restore = Keyboard.takeKeys(command.context.input)
    defer { restore() }
    var drawn = 0
    func clear() {
      if drawn > 1 { output.ask("\u{1B}[\(drawn - 1)A") }
      output.ask("\r\u{1B}[J")
    }
    while true {
      let lines = choice.lines(question, columns: max(20, command.context.results.columns) - 1)
      clear()
      output.ask(lines.joined(separator: "\n"))
      drawn = lines.count
      let events: [Keyboard.Event]
      do throws(EarlyExit) { events = try Keyboard.next(command) } catch {
        clear()
        throw error
      }
      for event in events {
        switch event {
        case .key(let key): choice.press(key)
        case .abort:
          clear()
          throw Self.stopped
        case .enter:
          guard let marked = choice.marked else { continue }
          clear()
          return devices[marked].address
        }
      }
    }
  }
}

extension EarlyExit {
  /// The daemon cannot tell which of several devices is meant.
  fileprivate var isAmbiguity: Bool {
    if case .failure(let failure) = self { failure.code == ErrorCode.ambiguousDevice.rawValue } else { false }
  }
}

extension Command {
  /// Whether a person may be asked which device is meant.
  fileprivate var mayPick: Bool {
    context.isInteractive && context.remarks.isTerminal && !output.isJSON && !output.isQuiet
      && invocation.verb.picksDevice
  }

  fileprivate var isPlainTerminal: Bool { context.remarks.isDumb }

  /// Runs the verb; where the device is not clear a person may choose it.
  func runVerb() throws(EarlyExit) {
    do throws(EarlyExit) {
      if let failure = invocation.lacking { throw failure }
      try invocation.verb.run(self)
    } catch {
      guard invocation.lacking != nil || error.isAmbiguity else { throw error }
      let address = try Picker(self, instead: error).pick()
      let chosen = Command(invocation.naming(address), output, context)
      // What goes on is told by who was asked.
      defer { isUnderWay = chosen.isUnderWay }
      try chosen.invocation.verb.run(chosen)
    }
  }
}

/// Keys as they are pressed.
enum Keyboard {
  enum Event: Equatable {
    case key(Choice.Key), enter, abort
  }

  /// Waits for keys; who types fast, or pastes, has pressed several.
  static func next(_ command: Command) throws(EarlyExit) -> [Event] {
    guard try command.waitForInput() else { return [] }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(command.context.input, &bytes, bytes.count)
    // Who goes away stops.
    return count > 0 ? events(String(decoding: bytes.prefix(count), as: UTF8.self)) : [.abort]
  }

  /// What a terminal sends for keys (ECMA-48; arrow keys of xterm in both modes). A key of several characters comes whole;
  /// Escape alone is the last one.
  static func events(_ text: String) -> [Event] {
    var (events, rest) = ([Event](), Substring(text))
    while let first = rest.popFirst() {
      switch first {
      case "\u{1B}":
        guard let next = rest.first, next == "[" || next == "O" else {
          events.append(.abort)
          continue
        }
        rest.removeFirst()
        // Parameters, and the letter that ends it.
        rest = rest.drop { $0.isNumber || $0 == ";" }
        switch rest.popFirst() {
        case "A": events.append(.key(.up))
        case "B": events.append(.key(.down))
        default: break
        }
      case "\u{10}": events.append(.key(.up))
      case "\u{0E}": events.append(.key(.down))
      case "\n", "\r", "\r\n": events.append(.enter)
      case "\u{04}": events.append(.abort)
      case "\u{08}", "\u{7F}": events.append(.key(.erase))
      default:
        let isText = first.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0xFFFD }
        if isText { events.append(.key(.letter(first))) }
      }
    }
    return events
  }

  /// Gives each key as it is pressed, without showing it; returns what undoes that. Not of a terminal, nothing.
  static func takeKeys(_ descriptor: Int32) -> () -> Void {
    var before = termios()
    guard unsafe tcgetattr(descriptor, &before) == 0 else { return {} }
    var now = before
    now.c_lflag &= ~tcflag_t(ICANON | ECHO)
    _ = unsafe tcsetattr(descriptor, TCSANOW, &now)
    return {
      var before = before
      _ = unsafe tcsetattr(descriptor, TCSANOW, &before)
    }
  }
}
