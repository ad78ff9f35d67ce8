/// The names of users, without the name service: that may ask a server over the network and wait for it (LDAP, SSSD),
/// and with it everything that the loop does.
///
/// logind has asked it at the login, and has the name in its file of the user. There is no function for it before systemd
/// 254 (`sd_session_get_username`), and the file is no interface, though the line is as old as logind: where it is
/// missing, /etc/passwd is looked at, and then there is the number.
package enum UserNames {
  /// More than a name has, and than /etc/passwd has for people.
  private static let longestName = 256

  /// A user's name; his number where none is found.
  package static func name(
    of user: UInt32, logind: String = "/run/systemd/users", passwd: String = "/etc/passwd"
  ) -> String {
    inLogind(user, logind) ?? inPasswd(user, passwd) ?? "\(user)"
  }

  private static func inLogind(_ user: UInt32, _ folder: String) -> String? {
    let prefix = Array("NAME=".utf8)
    for line in AccountFile.lines(of: "\(folder)/\(user)") where line.starts(with: prefix) {
      return name(line.dropFirst(prefix.count))
    }
    return nil
  }

  private static func inPasswd(_ user: UInt32, _ path: String) -> String? {
    let number = Array("\(user)".utf8)
    for line in AccountFile.lines(of: path) {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      if fields.count == 4, fields[2].elementsEqual(number) { return name(fields[0]) }
    }
    return nil
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
    let isPlain = !bytes.isEmpty && bytes.count <= longestName && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    return isPlain ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
