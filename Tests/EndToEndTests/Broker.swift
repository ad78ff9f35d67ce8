import Foundation
import Glibc
import Support

/// A real MQTT broker, mosquitto, on a port of its own of this computer.
final class Broker {
  /// What could not be set up.
  struct Failure: Error, CustomStringConvertible { let description: String }

  let port: Int
  private let programs: Programs
  private let directory: TemporaryDirectory
  private var process: RunningCommand?
  private var account: [String] = []

  /// The certificate that signed the broker's own, which names "localhost"; and one that did not.
  var authority: String { "\(directory.path)/ca.pem" }
  var otherAuthority: String { "\(directory.path)/other.pem" }

  init(_ programs: Programs) throws {
    self.programs = programs
    directory = try TemporaryDirectory()
    port = try Self.freePort()
  }

  /// Starts it, and waits until it listens. With a password there is the user anna, and nobody else.
  func start(password: String? = nil, encrypted: Bool = false) async throws {
    var configuration = "listener \(port) localhost\nlog_dest stderr\nallow_anonymous \(password == nil)\nuser root\n"
    account = []
    if let password {
      let file = "\(directory.path)/passwords"
      try await run(["mosquitto_passwd", "-b", "-c", file, "anna", password])
      configuration += "password_file \(file)\n"
      account = ["-u", "anna", "-P", password]
    }
    if encrypted {
      try await makeCertificates()
      configuration += "certfile \(directory.path)/broker.pem\nkeyfile \(directory.path)/broker.key\n"
    }
    let path = "\(directory.path)/mosquitto.conf"
    try configuration.write(toFile: path, atomically: false, encoding: .utf8)
    let process = try programs.launch(["sh", "-c", "exec \"$0\" -c \"$1\" 2>&1", Self.program("mosquitto"), path])
    guard await process.wait(for: "running") else { throw Failure(description: "mosquitto does not run") }
    self.process = process
  }

  /// Ends it where it stands.
  func kill() async {
    process?.signal(9)
    _ = try? await process?.result()
    process = nil
  }

  func stop() async { await kill() }

  /// A client that hears everything, as "topic retained payload"; it is there when this returns.
  func listen(_ options: String..., topic: String = "#") async throws -> RunningCommand {
    let format = options.isEmpty ? ["-F", "%t %r %p"] : options
    let words = ["stdbuf", "-oL", "mosquitto_sub", "-p", "\(port)", "-d", "-t", topic] + account + format
    let command = try programs.launch(words)
    guard await command.wait(for: "Subscribed") else { throw Failure(description: "nobody can listen") }
    return command
  }

  /// Publishes something, as any client can.
  func publish(_ topic: String, _ payload: String, _ options: String...) async throws {
    try await run(["mosquitto_pub", "-p", "\(port)", "-t", topic, "-m", payload] + account + options)
  }

  private func run(_ words: [String]) async throws {
    let result = try await programs.run(words)
    guard result.status == 0 else { throw Failure(description: "\(words): \(result.errors)") }
  }

  private func makeCertificates() async throws {
    let script = """
      cd "$1"
      key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
      for name in ca other; do
        openssl req -x509 $key -keyout $name.key -out $name.pem -days 2 -subj "/CN=$name"
      done
      openssl req $key -keyout broker.key -out broker.csr -subj /CN=localhost
      echo subjectAltName=DNS:localhost > names
      openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out broker.pem
      """
    try await run(["sh", "-ec", script, "certificates", directory.path])
  }

  /// Debian has it where only root's PATH leads.
  private static func program(_ name: String) -> String {
    ["/usr/sbin", "/usr/bin"].map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
  }

  /// A port that nobody listens on.
  private static func freePort() throws -> Int {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(number, $0, length) + getsockname(number, $0, &length)
      }
    }
    guard result == 0 else { throw Failure(description: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

extension Programs {
  /// Has the bridge know a broker, as the computer of a name; `rest` follows.
  func configure(
    _ broker: Broker, _ rest: String, name: String = "desk", host: String = "localhost", user: String? = nil,
    password: String? = nil, authority: String? = nil
  ) throws {
    var text = "[HomeAssistant]\nName=\(name)\n[Broker]\nHost=\(host)\nPort=\(broker.port)\n"
    if let authority { text += "TLS=true\nCAFile=\(authority)\n" }
    if let user, let password {
      let path = "\(configurationPath)/password"
      try configure(password, in: "password")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      text += "User=\(user)\nPasswordFile=\(path)\n"
    }
    try configure(text + rest, in: "bridge.conf")
  }

  /// Starts the bridge; what it logs is its output.
  func startBridge() throws -> RunningCommand {
    try launch(["sh", "-c", "exec \"$0\" 2>&1", "\(Built.directory)/mdrctl-bridge"])
  }
}
