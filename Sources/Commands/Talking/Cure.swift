internal import Interface
internal import Vocabulary

/// What mdrctl can do about a check of the doctor's: a command line of its own, and the one that undoes it.
struct Cure: Equatable {
  /// What is done, for a person.
  let title: String
  /// After "mdrctl".
  let words: [String]
  /// Nil where nothing stays that could be undone.
  let undo: [String]?

  /// Nil where nothing can be done, or what it would be done to is no address and no adapter.
  init?(_ check: Check) {
    guard check.verdict != .ok, let cure = check.cure, let subject = check.subject, let adapter = check.adapter,
      isPlain(adapter)
    else { return nil }
    let option = "--adapter=\(adapter)"
    func ofDevice(_ words: String...) -> [String]? {
      Address(subject).map { [words[0], $0.description, option] + words.dropFirst() }
    }
    let chosen: (title: String, words: [String]?, undo: [String]?) =
      switch cure {
      case .power: ("Switch the adapter on", ["adapter", "power", "on", option], ["adapter", "power", "off", option])
      case .unblockAdapter:
        (
          "Take the block of the adapter's rfkill switch away, and switch it on",
          ["adapter", "power", "on", "--unblock", option], ["adapter", "power", "off", option]
        )
      case .trust: ("Trust it", ofDevice("trust"), ofDevice("untrust"))
      case .unblock: ("Unblock it", ofDevice("unblock"), ofDevice("block"))
      case .stereo: ("Ask for stereo once", ofDevice("profile", "stereo", "--once"), nil)
      }
    guard let words = chosen.words else { return nil }
    (title, self.words, undo) = (chosen.title, words, chosen.undo)
  }
}

extension Command {
  /// Offers what can be done about checks, one after the other; true when something was done.
  func cure(_ checks: [Check]) throws(EarlyExit) -> Bool {
    var cures: [(check: Check, cure: Cure)] = []
    for check in checks {
      if let cure = Cure(check), !cures.contains(where: { $0.cure == cure }) { cures.append((check, cure)) }
    }
    if cures.isEmpty { output.remark("there is nothing that mdrctl could do about it by itself") }
    var isDone = false
    for (check, cure) in cures {
      let line = "mdrctl \(cure.words.joined(separator: " "))"
      let undone = cure.undo.map { "; undone by: mdrctl \($0.joined(separator: " "))" } ?? ""
      if self[Common.yes] {
        output.remark("\(displayable(check.message)) \(cure.title): \(line)\(undone)")
      } else {
        output.ask("\(displayable(check.message))\n  \(line)\(undone)\n")
        guard try agrees("  \(cure.title)?") == true else { continue }
      }
      let command = Command(try Invocation(cure.words), output, context)
      do throws(EarlyExit) {
        try command.invocation.verb.run(command)
        isDone = true
      } catch {
        guard case .failure(let failure) = error else { throw error }
        output.show(failure)
      }
    }
    return isDone
  }
}
