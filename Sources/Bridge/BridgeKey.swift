// The Bridge layer: `mdrctl-bridge`, which offers this computer's headsets to Home Assistant by way of an MQTT broker. A
// client of mdrctld like any other: it sees the interface, and nothing of the daemon.

/// A key of `bridge.conf`: where it stands, what it may be, and what it is for. The manual is made of this.
package enum BridgeKey: CaseIterable, Sendable {
  case host, port, isEncrypted, authorities, user, passwordFile
  case prefix, name
  case commands, repair

  /// The group of the file that it stands in.
  package var group: String {
    switch self {
    case .host, .port, .isEncrypted, .authorities, .user, .passwordFile: "Broker"
    case .prefix, .name: "HomeAssistant"
    case .commands, .repair: "Control"
    }
  }

  package var name: String {
    switch self {
    case .host: "Host"
    case .port: "Port"
    case .isEncrypted: "TLS"
    case .authorities: "CAFile"
    case .user: "User"
    case .passwordFile: "PasswordFile"
    case .prefix: "Prefix"
    case .name: "Name"
    case .commands: "Commands"
    case .repair: "Repair"
    }
  }

  /// What it is for, in a few words.
  package var purpose: String {
    switch self {
    case .host: "the broker's name or address; with TLS its certificate must name it"
    case .port: "the broker's port"
    case .isEncrypted: "whether the connection is encrypted, and the broker's certificate checked"
    case .authorities: "the certificates that may sign the broker's, in one file (PEM); none: the system's"
    case .user: "who the broker is told this is"
    case .passwordFile: "the file with the password in its first line, where no credential mqtt-password is passed"
    case .prefix: "where Home Assistant looks for devices; its discovery prefix"
    case .name: "what this computer is called on the broker; every topic and identifier carries it"
    case .commands: "whether headsets can be controlled from the broker; it also takes the right to control mdrctld"
    case .repair: "whether the broker can also have a headset paired anew, for which this computer's pairing is deleted"
    }
  }

  /// What it may be, to follow "must be".
  package var requirement: String {
    switch self {
    case .host: "a host's name or address"
    case .port: "a whole number from 1 to 65535"
    case .isEncrypted, .commands, .repair: "true or false"
    case .authorities, .passwordFile: "the path of a file, from the root on"
    case .user: "a name of at most \(BridgeConfiguration.longestUser) bytes"
    case .prefix: "letters, digits, _, - and /, at most \(BridgeConfiguration.longestName) of them"
    case .name: "letters, digits, _ and -, at most \(BridgeConfiguration.longestName) of them"
    }
  }

  /// What holds where the file says nothing, for people.
  package var standard: String {
    switch self {
    case .host: "It has to be said."
    case .port: "1883 by default, with TLS 8883."
    case .isEncrypted, .commands, .repair: "false by default."
    case .authorities, .user, .passwordFile: "None by default."
    case .prefix: "homeassistant by default."
    case .name: "This computer's host name by default."
    }
  }
}
