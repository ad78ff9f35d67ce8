/// The options that mean the same with every verb that takes them. Only they have letters.
enum Common {
  static let json = Flag("json", letter: "j", "print JSON, one object for each result; errors too")
  static let quiet = Flag("quiet", letter: "q", "no progress and no warnings")
  static let verbose = Flag("verbose", letter: "v", "every detail; with --json also the progress")
  static let help = Flag("help", letter: "h", "show help")
  static let version = Flag("version", "print the version")
  static let host = Setting<String>(
    "host", letter: "H", value: ValueForm(name: "HOST", kind: .text),
    "run mdrctl on this computer, by ssh: HOST or USER@HOST", meaning: sshHost)

  /// Understood with every verb, without being declared.
  static let always: [any Option] = [json, quiet, verbose, help, version, host]

  static let adapter = Setting<String>(
    "adapter", letter: "a", value: ValueForm(name: "ADAPTER", kind: .adapter),
    "use this adapter, by name (hci0) or address")
  /// In whole milliseconds, as the daemon counts.
  static let timeout = Setting<Int>(
    "timeout", letter: "t", value: ValueForm(name: "SECONDS", kind: .text), "how long to look or wait; 0 looks once",
    meaning: milliseconds)
  static let yes = Flag("yes", letter: "y", "agree without being asked, also to a comparison of passkeys")
  static let ask = Flag("ask", "ask on this terminal: whether to go on, for a PIN, a passkey or a confirmation")
  static let force = Flag("force", "although something speaks against it, as the verb's help says")
  static let list = Flag("list", "only list what there is")
  static let dryRun = Flag("dry-run", "only say what would be done")
}

/// What ssh can take for a host and for nothing else: no option, and nothing that a shell would take for more than a word,
/// since ssh's own configuration may hand it to one ("ProxyCommand").
func sshHost(_ text: String) throws(EarlyExit) -> String {
  let rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : text[...]
  guard rest.utf8.count <= 320, rest.utf8.allSatisfy(isPlainInHost),
    rest.split(separator: "@", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") })
  else {
    throw .usage(
      "\"\(displayable(text))\" is no host.",
      hint: "It is HOST or USER@HOST, as ssh takes it, or a Host of ~/.ssh/config.")
  }
  return text
}

private func isPlainInHost(_ byte: UInt8) -> Bool {
  switch Unicode.Scalar(byte) {
  case "0"..."9", "A"..."Z", "a"..."z", ".", "-", "_", ":", "@", "%", "[", "]", "+": true
  default: byte >= 0x80
  }
}

/// Seconds as people write them, in milliseconds.
private func milliseconds(_ text: String) throws(EarlyExit) -> Int {
  guard let milliseconds = number(ofMilliseconds: text), milliseconds <= 86_400_000 else {
    throw .usage(
      "\"\(displayable(text))\" is no time-out; it is a number of seconds, such as 30 or 0.5, at most 86400.",
      hint: "It has digits only, with at most three of them behind the point.")
  }
  return milliseconds
}

/// "30" or "0.5", and nothing else that a number may look like.
private func number(ofMilliseconds text: String) -> Int? {
  let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }),
    parts[0].count <= 8, parts.count == 1 || parts[1].count <= 3
  else { return nil }
  func number(_ digits: some Sequence<UInt8>) -> Int { digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
  var rest = parts.count > 1 ? number(parts[1]) : 0
  for _ in (parts.count > 1 ? parts[1].count : 3)..<3 { rest *= 10 }
  return number(parts[0]) * 1000 + rest
}
