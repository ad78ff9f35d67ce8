internal import Glibc

/// The numbers of users and groups by their names.
///
/// The local files are asked first, and then the name service (nss(5)), which may ask a server over the network and wait
/// for it, and whoever calls with it. So this is for the start of a service and for its configuration, never for a
/// request.
package enum Accounts {
  /// A group's number, also given as a number; nil where nobody knows it.
  package static func group(_ name: String, file: String = "/etc/group") -> UInt32? {
    number(name) ?? AccountFile.number(of: name, in: file) ?? groupOfNameService(name)
  }

  /// A user's number, also given as a number; nil where nobody knows him.
  package static func user(_ name: String, file: String = "/etc/passwd") -> UInt32? {
    number(name) ?? AccountFile.number(of: name, in: file) ?? userOfNameService(name)
  }

  /// Whether the local files say that a user is in a group, whatever his processes have: those keep the groups that they
  /// began with. Nobody else is asked, so that a request may ask this.
  package static func lists(
    _ user: UInt32, in group: String, users: String = "/etc/passwd", groups: String = "/etc/group"
  ) -> Bool { AccountFile.lists(user, in: group, users: users, groups: groups) }

  /// The last number means none (`chown(2)`).
  private static func number(_ name: String) -> UInt32? {
    guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(name), number != .max else {
      return nil
    }
    return number
  }

  private static func groupOfNameService(_ name: String) -> UInt32? {
    var entry = unsafe group_entry()
    var found: UnsafeMutablePointer<group_entry>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let status = unsafe buffer.withUnsafeMutableBufferPointer {
      unsafe getgrnam_r(name, &entry, $0.baseAddress, $0.count, &found)
    }
    return unsafe status == 0 && found != nil ? entry.gr_gid : nil
  }

  private static func userOfNameService(_ name: String) -> UInt32? {
    var entry = unsafe passwd_entry()
    var found: UnsafeMutablePointer<passwd_entry>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let status = unsafe buffer.withUnsafeMutableBufferPointer { room in
      guard let start = room.baseAddress else { return ERANGE }
      return unsafe getpwnam_r(name, &entry, start, room.count, &found)
    }
    return unsafe status == 0 && found != nil ? entry.pw_uid : nil
  }
}

private typealias group_entry = Glibc.group
private typealias passwd_entry = Glibc.passwd
