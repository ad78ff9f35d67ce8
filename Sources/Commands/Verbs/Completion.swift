extension Verb {
  static let completion = Verb(
    name: "completion", summary: "print a script that teaches a shell to complete mdrctl's words",
    operands: [Operand(name: "SHELL", kind: .choice(scripts.map(\.shell)))],
    details: "Packages and make install put the scripts where the shells look for them.",
    examples: """
      mdrctl completion bash > /etc/bash_completion.d/mdrctl
      mdrctl completion zsh > /usr/local/share/zsh/site-functions/_mdrctl
      mdrctl completion fish > ~/.config/fish/completions/mdrctl.fish
      """,
    run: { command throws(EarlyExit) in
      let shell = command.operand(0)
      try command.output.show(text: scripts.first { $0.shell == shell }?.text ?? "")
    })
}

/// The scripts, all of which ask `mdrctl complete` for the words.
private let scripts: [(shell: String, text: String)] = [
  ("bash", bashScript), ("zsh", zshScript), ("fish", fishScript),
]

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
