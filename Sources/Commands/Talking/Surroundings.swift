internal import Glibc

/// What tells whose computer this is, and which system runs on it.
package struct Surroundings: Sendable {
  /// The names of people who may log in, by the local files.
  package let people: [String]
  /// What the computer is called, also to people.
  package let hosts: [String]
  /// "Debian GNU/Linux 13 (trixie)".
  package let system: String

  package init(people: [String], hosts: [String], system: String) {
    (self.people, self.hosts, self.system) = (people, hosts, system)
  }

  /// The first number that adduser(8) and useradd(8) give a person.
  private static let firstPerson = 1000

  package static func look() -> Surroundings {
    let people = lines(of: "/etc/passwd").compactMap { line -> String? in
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count >= 5, let number = Int(fields[2]), number >= firstPerson else { return nil }
      return String(fields[0])
    }
    // The full names that adduser(8) asks for are not in what mdrctl tells.
    let pretty = value(of: "PRETTY_HOSTNAME", in: "/etc/machine-info")
    let system = value(of: "PRETTY_NAME", in: "/etc/os-release") ?? "an unknown system"
    return Surroundings(people: people, hosts: [hostName, pretty].compactMap(\.self), system: system)
  }

  private static var hostName: String? {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return nil }
    let bytes = unsafe withUnsafeBytes(of: &names.nodename) { unsafe $0.prefix { $0 != 0 }.map(\.self) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A value of a file of lines NAME=VALUE (os-release(5)), without the quotes around it.
  private static func value(of name: String, in path: String) -> String? {
    guard let line = lines(of: path).first(where: { $0.hasPrefix(name + "=") }) else { return nil }
    let value = line.dropFirst(name.utf8.count + 1)
    let isQuoted = value.count >= 2 && value.first == value.last && (value.first == "\"" || value.first == "'")
    return String(isQuoted ? value.dropFirst().dropLast() : value)
  }

  /// The lines of a small file; none where it cannot be read.
  private static func lines(of path: String) -> [Substring] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 18 {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}
