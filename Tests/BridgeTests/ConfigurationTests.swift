import EventLoop
import Foundation
import KeyFiles
import Support
import Testing

@testable import Bridge

@Suite struct ConfigurationTests {
  private func read(_ text: String, hostName: String = "desk") throws -> BridgeConfiguration {
    try BridgeConfiguration(KeyFile(Array(text.utf8)), path: "bridge.conf", hostName: hostName)
  }

  private func mistake(_ text: String, hostName: String = "desk") -> BridgeFault? {
    do {
      _ = try read(text, hostName: hostName)
      return nil
    } catch { return error as? BridgeFault }
  }

  @Test func `a broker is enough, and nothing can be commanded then`() throws {
    let read = try read("[Broker]\nHost=broker.lan\n")
    #expect(read == BridgeConfiguration(host: "broker.lan", hostName: "desk"))
    #expect(read.port == 1_883 && !read.isEncrypted && read.prefix == "homeassistant" && read.name == "desk")
    #expect(!read.hasCommands && !read.mayRepair)
  }

  @Test func `every key is read`() throws {
    let read = try read(
      """
      [Broker]
      Host=fe80::1%eth0
      Port=2883
      TLS=true
      CAFile=/etc/ssl/broker.pem
      User=anna b
      PasswordFile=/etc/secret
      [HomeAssistant]
      Prefix=home/assistant
      Name=living-room
      [Control]
      Commands=true
      Repair=true

      """)
    #expect(read.host == "fe80::1%eth0" && read.port == 2_883 && read.isEncrypted)
    #expect(read.authorities == "/etc/ssl/broker.pem" && read.user == "anna b" && read.passwordFile == "/etc/secret")
    #expect(read.prefix == "home/assistant" && read.name == "living-room" && read.hasCommands && read.mayRepair)
  }

  @Test func `an encrypted connection has a port of its own`() throws {
    #expect(try read("[Broker]\nHost=a\nTLS=true\n").port == 8_883)
  }

  @Test(
    arguments: [
      ("", "bridge.conf", "names no broker"), ("[Broker]\nHost\n", "bridge.conf:2", "no comment"),
      ("[Other]\n", "bridge.conf:1", "There is no group [Other]"),
      ("[Broker]\nHosts=a\n", "bridge.conf:2", "There is no key Hosts"),
      ("[Broker]\nHost=a b\n", "bridge.conf:2", "Host must be a host's name or address; it is \"a b\"."),
      ("[Broker]\nHost=\n", "bridge.conf:2", "Host must be"),
      ("[Broker]\nHost=a\nPort=0\n", "bridge.conf:3", "Port must be"),
      ("[Broker]\nHost=a\nPort=65536\n", "bridge.conf:3", "Port must be"),
      ("[Broker]\nHost=a\nTLS=yes\n", "bridge.conf:3", "TLS must be true or false"),
      ("[Broker]\nHost=a\nCAFile=here\n", "bridge.conf:3", "CAFile must be"),
      ("[Broker]\nHost=a\nUser=\n", "bridge.conf:3", "User must be"),
      ("[Broker]\nHost=a\n[HomeAssistant]\nPrefix=a/#\n", "bridge.conf:4", "Prefix must be"),
      ("[Broker]\nHost=a\n[HomeAssistant]\nPrefix=a//b\n", "bridge.conf:4", "Prefix must be"),
      ("[Broker]\nHost=a\n[HomeAssistant]\nName=living room\n", "bridge.conf:4", "Name must be"),
      ("[Broker]\nHost=a\n[Control]\nCommands=1\n", "bridge.conf:4", "Commands must be true or false"),
      ("[Broker]\nHost=a\n[Control]\nRepair=true\n", "bridge.conf", "Repair=true is of no use"),
    ])
  func `a mistake is told with its place`(_ text: String, _ place: String, _ message: String) throws {
    let fault = try #require(mistake(text))
    #expect(fault.place == place)
    #expect(fault.message.contains(message), "\(fault.message)")
  }

  @Test func `a host name becomes a name that may stand in a topic, or is asked for`() throws {
    #expect(try read("[Broker]\nHost=a\n", hostName: "desk.lan").name == "desk_lan")
    #expect(try read("[Broker]\nHost=a\n", hostName: "a/+\"#b").name == "a____b")
    let tooLong = String(repeating: "a", count: 200)
    #expect(try read("[Broker]\nHost=a\n", hostName: tooLong).name.count == BridgeConfiguration.longestName)
    #expect(mistake("[Broker]\nHost=a\n", hostName: "...")?.message.contains("put Name=") == true)
  }

  @Test func `the example has every key, as it may stand there`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let example = try String(contentsOf: root.appending(path: "docs/bridge.conf"), encoding: .utf8)
    let keys = example.split(separator: "\n").filter { $0.hasPrefix("[") || $0.hasPrefix("#") && !$0.hasPrefix("# ") }
    for key in BridgeKey.allCases where key != .passwordFile {
      #expect(keys.contains { $0.hasPrefix("#\(key.name)=") }, "\(key.name)")
    }
    let text = keys.map { $0.hasPrefix("#") ? $0.dropFirst() : $0 }.joined(separator: "\n")
    var standard = BridgeConfiguration(host: "homeassistant.local", hostName: "living-room")
    (standard.user, standard.authorities) = ("mdrctl", "/etc/ssl/certs/home.pem")
    let read = try read(text)
    #expect(read.port == standard.port)
    #expect(read.prefix == standard.prefix && read.name == standard.name && read.hasCommands == standard.hasCommands)
    #expect(read.user == standard.user && read.authorities == standard.authorities && read.host == standard.host)
  }

  // MARK: The password

  private func password(
    _ content: String, mode: Int = 0o600, user: String? = "anna"
  ) throws -> String? {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/mqtt-password"
    try content.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    var configuration = BridgeConfiguration(host: "a", hostName: "desk")
    configuration.user = user
    return try BridgeFiles.password(credentials: directory.path, configuration)
  }

  @Test func `the password is the first line of the credential`() throws {
    #expect(try password("secret\n") == "secret")
    #expect(try password("se cret\r\nmore\n") == "se cret")
  }

  @Test func `a password that everybody may read, that is none, or that has no user, is refused`() throws {
    for (content, mode, user) in [("secret", 0o644, "anna"), ("\n", 0o600, "anna"), ("", 0o600, "anna")] {
      #expect(throws: BridgeFault.self) { try password(content, mode: mode, user: user) }
    }
    #expect(throws: BridgeFault.self) { try password("secret", user: nil) }
    #expect(throws: BridgeFault.self) { try password(String(repeating: "a", count: 1_025)) }
  }

  @Test func `without a credential the file of the configuration is read, and without that there is none`() throws {
    let directory = try TemporaryDirectory()
    var configuration = BridgeConfiguration(host: "a", hostName: "desk")
    #expect(try BridgeFiles.password(credentials: directory.path, configuration) == nil)
    configuration.user = "anna"
    configuration.passwordFile = "\(directory.path)/missing"
    #expect(throws: BridgeFault.self) { try BridgeFiles.password(credentials: nil, configuration) }
  }
}
