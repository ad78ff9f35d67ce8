internal import Interface
internal import Vocabulary

extension Verb {
  static let completion = Verb(
    name: "completion", summary: "print a script that teaches a shell to complete mdrctl's words",
    operands: [Operand(name: "SHELL", kind: .choice(["bash", "zsh", "fish"]))],
    details: """
      For bash: mdrctl completion bash > /etc/bash_completion.d/mdrctl
      For zsh:  mdrctl completion zsh > a directory of $fpath, as _mdrctl
      For fish: mdrctl completion fish > ~/.config/fish/completions/mdrctl.fish
      """,
    run: { command throws(EarlyExit) in
      let scripts = ["bash": bashScript, "zsh": zshScript, "fish": fishScript]
      try command.output.show(text: scripts[command.operand(0)] ?? "")
    })

  /// What the scripts call: the words that may stand in the last place of a command line, one to a line.
  static let complete: Verb = Verb(
    name: "complete", summary: "print the words that may stand last in a command line",
    operands: [Operand(name: "WORD", kind: .text, isOptional: true, repeats: true)], isHidden: true,
    run: { command throws(EarlyExit) in
      let words = command.invocation.operands
      let before = Array(words.dropLast())
      // A codec is one of the device that is named before it, or of the one that is meant without a name.
      let scanner = (try? Scanner(before)) ?? (try? Scanner(before.dropLast()))
      let device = scanner?.operands.dropFirst().first
      let candidates = completions(before) { kind in known(kind, of: device, command) }
      let start = words.last ?? ""
      try command.output.show(text: candidates.filter { $0.hasPrefix(start) }.map { $0 + "\n" }.joined())
    })
}

/// What may come next after the words.
func completions(_ words: [String], _ known: (Operand.Kind) -> [String]) -> [String] {
  let last = words.last.flatMap { word in
    Option.allCases.first { ["--\($0.rawValue)", "-\($0.short)"].contains(word) && $0.argument != nil }
  }
  switch last {
  case .adapter: return known(.adapter)
  case .for: return WaitState.allCases.map(\.rawValue)
  case .prefer: return Sound.Preference.allCases.map(\.rawValue)
  case .use: return known(.codec) + [Operand.best]
  case .timeout: return []
  default: break
  }
  guard let operands = try? Scanner(words).operands, let word = operands.first else {
    return Verb.words + options(Option.common)
  }
  let members = Verb.members(of: word)
  if !members.isEmpty, operands.count == 1 { return members }
  let name = members.isEmpty ? word : operands.prefix(2).joined(separator: " ")
  guard let verb = Verb.visible.first(where: { $0.name == name }) else { return [] }
  if verb.name == Verb.help.name { return operands.count == 1 ? Verb.words : [] }
  let index = operands.count - (members.isEmpty ? 1 : 2)
  let accepted = options(verb.options + Option.common)
  guard index < verb.operands.count else { return accepted }
  let operand = verb.operands[index]
  let next = operand.isOptional && index + 1 < verb.operands.count ? verb.operands[index + 1].ownWords : []
  switch operand.kind {
  case .device, .adapter, .codec: return known(operand.kind) + operand.ownWords + next + accepted
  case .choice(let choices): return choices + accepted
  case .text: return accepted
  }
}

private func options(_ options: [Option]) -> [String] { options.map { "--\($0.rawValue)" } }

/// The addresses of devices, the names of adapters or of a device's codecs. Names of devices are left out: they are
/// chosen by strangers, and a shell might take them for more than words.
private func known(_ kind: Operand.Kind, of device: String?, _ command: Command) -> [String] {
  let words: [String]
  if case .codec = kind {
    let reply = try? command.call(Control.audio, Control.AudioParameters(device: device))
    words = reply?.codecs.map(\.name) ?? []
  } else {
    words = addresses(kind, command)
  }
  return words.filter(isPlain)
}

private func addresses(_ kind: Operand.Kind, _ command: Command) -> [String] {
  guard let status = try? command.call(Control.status, Control.NoParameters()) else { return [] }
  if case .adapter = kind { return status.adapters.map(\.name) }
  // What was not finished can be named although BlueZ does not know it any more.
  let known = status.devices.map(\.address)
  return known + (status.unfinished ?? []).map(\.address).filter { !known.contains($0) }
}

/// A word that no shell takes for more than a word.
func isPlain(_ word: String) -> Bool {
  word.utf8.allSatisfy { byte in
    switch Unicode.Scalar(byte) {
    case "0"..."9", "A"..."Z", "a"..."z", ":", "_", "-", ".": true
    default: false
    }
  }
}

private let bashScript = #"""
  # Completion of mdrctl for bash. Made by "mdrctl completion bash".
  _mdrctl() {
    local line words current
    read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
    [[ ${COMP_LINE:COMP_POINT-1:1} == ' ' ]] && words+=("")
    # Bash takes a colon for the end of a word; an address has five.
    current=${words[-1]}
    current=${current%"${current##*:}"}
    COMPREPLY=()
    while IFS= read -r line; do
      COMPREPLY+=("${line#"$current"}")
    done < <(mdrctl complete -- "${words[@]:1}" 2>/dev/null)
  }
  complete -F _mdrctl mdrctl

  """#

private let zshScript = #"""
  #compdef mdrctl
  # Completion of mdrctl for zsh. Made by "mdrctl completion zsh".
  _mdrctl() {
    local -a candidates
    candidates=("${(@f)$(mdrctl complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    compadd -a candidates
  }
  if [ "$funcstack[1]" = "_mdrctl" ]; then _mdrctl "$@"; else compdef _mdrctl mdrctl; fi

  """#

private let fishScript = #"""
  # Completion of mdrctl for fish. Made by "mdrctl completion fish".
  complete -c mdrctl -f -a '(mdrctl complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'

  """#
