/// One key of the daemon's configuration, with the value that is in force.
package struct ConfigurationEntry: Codable, Hashable, Sendable {
  /// Where a value comes from.
  package enum Origin: String, CaseIterable, Codable, Sendable {
    case byDefault, file, environment, caution
  }
  package var group: String
  package var key: String
  package var value: String
  package var standard: String
  package var origin: Origin
  package var place: String?

  package init(group: String, key: String, value: String, standard: String, origin: Origin, place: String? = nil) {
    self.group = group
    self.key = key
    self.value = value
    self.standard = standard
    self.origin = origin
    self.place = place
  }
}

/// What is not acceptable in the files of the configuration.
package struct ConfigurationMistake: Codable, Hashable, Sendable {
  package var file: String
  package var line: Int?
  package var message: String

  package init(file: String, line: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }
}

/// Whether a caller may control, or only look; and why.
package struct Access: Codable, Hashable, Sendable {
  /// What gives him the right.
  package enum Ground: String, CaseIterable, Codable, Sendable {
    case computer, user, group, seat, nobody
  }
  package var control: Bool
  package var by: Ground
  package var message: String
  /// What to do where he may not.
  package var hint: String?

  package init(control: Bool, by: Ground, message: String, hint: String? = nil) {
    self.control = control
    self.by = by
    self.message = message
    self.hint = hint
  }
}
