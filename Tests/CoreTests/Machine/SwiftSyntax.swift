/// Whether a text has Swift's own spelling of a value in it: an optional, a case or a structure with its contents, or the
/// name of a module's type. Prose has a space before a parenthesis.
func hasSwiftSyntax(_ text: String) -> Bool {
  let modules = ["Core.", "Swift.", "Daemon.", "Interface.", "Varlink.", "BlueZ.", "DBus."]
  if modules.contains(where: { module in
    text.split(separator: " ").contains { word in
      word.trimmingPrefix { !$0.isLetter }.hasPrefix(module) && word.trimmingPrefix { !$0.isLetter } != module
    }
  }) {
    return true
  }
  return zip(text, text.dropFirst()).contains { before, now in now == "(" && (before.isLetter || before.isNumber) }
}
