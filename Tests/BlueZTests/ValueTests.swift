import BlueZ
import DBus
import Testing
import Vocabulary

@Suite struct ValueTests {
  @Test(arguments: ["94:DB:56:00:00:01", "00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF", "0A:1B:2C:3D:4E:5F"])
  func `an address is written as it was read`(_ text: String) {
    #expect(Address(text)?.description == text)
  }

  @Test func `lower case is read too and becomes upper case`() {
    #expect(Address("94:db:56:00:00:0f")?.description == "94:DB:56:00:00:0F")
  }

  @Test(arguments: [
    "", "94:DB:56:00:00", "94:DB:56:00:00:01:", "94:DB:56:00:00:01:02", "94-DB-56-00-00-01", "94:DB:56:00:00:0G",
    "94DB56000001", ":94:DB:56:00:00:1", "94:DB:56:00:00:1",
  ])
  func `nothing else is an address`(_ text: String) {
    #expect(Address(text) == nil)
  }

  @Test func `addresses are in the order of their text`() throws {
    let low = try #require(Address("00:FF:FF:FF:FF:FF"))
    let high = try #require(Address("01:00:00:00:00:00"))
    #expect(low < high)
    #expect(!(high < low))
  }

  @Test func `the adapter's default Device ID tells BlueZ's version`() {
    #expect(BlueZVersion(adapterModalias: "usb:v1D6Bp0246d0542") == BlueZVersion(5, 66))
    #expect(BlueZVersion(adapterModalias: "usb:v1D6Bp0246d0552") == BlueZVersion(5, 82))
    #expect(BlueZVersion(5, 66) < BlueZVersion(5, 82))
    #expect(BlueZVersion(5, 82).description == "5.82")
  }

  @Test(arguments: ["", "usb:v054Cp0D58d0106", "usb:v1D6Bp0246d", "usb:v1D6Bp0246d05520", "usb:v1D6Bp0246d0000"])
  func `another Device ID tells no version`(_ modalias: String) {
    #expect(BlueZVersion(adapterModalias: modalias) == nil)
  }

  @Test(arguments: [
    ("org.bluez.Error.NotReady", "Resource Not Ready", BlueZError.Code.notReady, ConnectionReason?.none),
    ("org.bluez.Error.Failed", "br-connection-adapter-not-powered", .failed, .adapterNotPowered),
    ("org.bluez.Error.Failed", "br-connection-key-missing", .failed, .keyMissing),
    ("org.bluez.Error.Failed", "br-connection-unknown", .failed, .unknown),
    ("org.bluez.Error.Failed", "le-connection-abort-by-remote", .failed, .abortedByRemote),
    ("org.bluez.Error.Failed", "br-connection-something-new", .failed, nil),
    ("org.bluez.Error.Failed", "Not Powered", .failed, nil),
    ("org.bluez.Error.InProgress", "br-connection-busy", .inProgress, .busy),
    ("org.bluez.Error.AlreadyExists", "Already Paired", .alreadyExists, nil),
    ("org.bluez.Error.NotAvailable", "Operation currently not available", .notAvailable, nil),
    ("org.bluez.Error.NotAvailable", "br-connection-profile-unavailable", .profileUnavailable, .profileUnavailable),
    ("org.bluez.Error.Failed", "br-connection-profile-unavailable", .profileUnavailable, .profileUnavailable),
    ("org.bluez.Error.BREDR.ProfileUnavailable", "No more profiles to connect to", .profileUnavailable, nil),
    ("org.bluez.Error.AuthenticationRejected", "Authentication Rejected", .authenticationRejected, nil),
    ("org.bluez.Error.AuthenticationCanceled", "Authentication Canceled", .authenticationCanceled, nil),
    ("org.bluez.Error.AuthenticationTimeout", "Authentication Timeout", .authenticationTimeout, nil),
    ("org.bluez.Error.AuthenticationFailed", "Authentication Failed", .authenticationFailed, nil),
    ("org.bluez.Error.ConnectionAttemptFailed", "Page Timeout", .connectionAttemptFailed, nil),
    ("org.bluez.Error.Blocked", "", .blocked, nil),
    ("org.bluez.Error.Busy", "", .busy, nil),
    ("org.bluez.Error.DoesNotExist", "Does Not Exist", .doesNotExist, nil),
    ("org.freedesktop.DBus.Error.UnknownObject", "x", .doesNotExist, nil),
    ("org.freedesktop.DBus.Error.ServiceUnknown", "x", .bluezGone, nil),
    ("org.freedesktop.DBus.Error.NoReply", "x", .bluezGone, nil),
    ("org.freedesktop.DBus.Error.AccessDenied", "x", .accessDenied, nil),
    ("org.example.Unheard", "of", .other, nil),
  ])
  func `an error of BlueZ is read with its code and reason`(
    _ name: String, _ message: String, _ code: BlueZError.Code, _ reason: ConnectionReason?
  ) {
    let error = BlueZError(DBusError(name: name, message: message))
    #expect(error.code == code)
    #expect(error.reason == reason)
    #expect(error.name == name)
    #expect(error.message == message)
  }

  @Test func `failures on this side have codes of their own`() {
    func code(_ code: DBusError.Code) -> BlueZError.Code {
      BlueZError(DBusError(code, name: "org.freedesktop.DBus.Error.NoReply", message: "")).code
    }
    #expect(code(.timedOut) == .noReply)
    #expect(code(.disconnected) == .bluezGone)
    #expect(code(.cancelled) == .cancelled)
    #expect(code(.malformed) == .other)
  }

  @Test func `every reason is read from both tables`() {
    for reason in ConnectionReason.allCases {
      #expect(ConnectionReason(message: "br-connection-\(reason.rawValue)") == reason)
      #expect(ConnectionReason(message: "le-connection-\(reason.rawValue)") == reason)
    }
  }
}

/// What a discovery tells again and again.
@Suite struct HeardAgainTests {
  private func device(_ change: (inout Device) -> Void = { _ in }) throws -> Device {
    var device = Device(
      path: "/org/bluez/hci0/dev_94_DB_56_8A_00_01", address: try #require(Address("94:DB:56:8A:00:01")),
      adapter: "/org/bluez/hci0")
    device.rssi = -50
    change(&device)
    return device
  }

  @Test func `another strength alone is no news`() throws {
    #expect(try device { $0.rssi = -60 }.isHeardAgain(since: device()))
  }

  @Test func `one that is heard at last, or not any more, is news`() throws {
    #expect(try !device().isHeardAgain(since: device { $0.rssi = nil }))
    #expect(try !device { $0.rssi = nil }.isHeardAgain(since: device()))
    #expect(try !device().isHeardAgain(since: device()))
  }

  @Test func `whatever else is another is news, however it is heard`() throws {
    let changes: [(inout Device) -> Void] = [
      { $0.connected = true }, { $0.bonded = true }, { $0.trusted = true }, { $0.alias = "Mine" }, { $0.battery = 80 },
      { $0.uuids = ["0000110b-0000-1000-8000-00805f9b34fb"] }, { $0.servicesResolved = true }, { $0.name = "XM4" },
    ]
    for change in changes {
      let new = try device {
        $0.rssi = -60
        change(&$0)
      }
      #expect(try !new.isHeardAgain(since: device()))
    }
  }
}
