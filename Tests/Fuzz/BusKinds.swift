import CBlueZ
import Core
import Support
import Vocabulary

@testable import BlueZ
@testable import DBus
@testable import Daemon

// What bluetoothd, or whoever has its name, says on the bus.

private let paths: [ObjectPath] = [
  "/", "/org/bluez", "/org/bluez/hci0", "/org/bluez/hci1", "/org/bluez/hci0/dev_94_DB_56_00_00_01",
  "/org/bluez/hci0/dev_94_DB_56_00_00_02", "/org/bluez/hci1/dev_94_DB_56_00_00_01",
  "/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1", "/org/bluez/hci0/dev_94_DB_56_00_00_01/sep1/fd0",
  "/org/bluez/hci0/dev_94_DB_56_00_00_01/fd0",
]
private let knownInterfaces = [
  BlueZInterface.adapter, BlueZInterface.device, BlueZInterface.battery, BlueZInterface.mediaTransport,
  BlueZInterface.mediaEndpoint, "org.bluez.Bearer.LE1", "org.bluez.Other1",
]
/// The properties that are looked at, and the type that BlueZ gives them.
private let knownProperties: [(name: String, signature: String)] = [
  ("Address", "s"), ("AddressType", "s"), ("Adapter", "o"), ("Name", "s"), ("Alias", "s"), ("Icon", "s"),
  ("Class", "u"), ("Paired", "b"), ("Bonded", "b"), ("Trusted", "b"), ("Blocked", "b"), ("Connected", "b"),
  ("ServicesResolved", "b"), ("UUIDs", "as"), ("Modalias", "s"), ("RSSI", "n"), ("Percentage", "y"), ("Device", "o"),
  ("UUID", "s"), ("Codec", "y"), ("State", "s"), ("Volume", "q"), ("Capabilities", "ay"), ("Powered", "b"),
  ("PowerState", "s"), ("Discoverable", "b"), ("Pairable", "b"), ("Discovering", "b"), ("Odd", "x"),
]
private let texts = [
  "94:DB:56:00:00:01", "00:1A:7D:DA:71:13", "public", "random", "WH-1000XM4", "audio-headset", "active", "idle",
  "0000110b-0000-1000-8000-00805f9b34fb", "bluetooth:v0075p0001d0100", "usb:v1D6Bp0246d0542", "on", "off-blocked", "",
]

/// Writes BlueZ's messages, right or wrong, as an input chooses.
private struct Speaker {
  var choices: Choices

  private mutating func text() -> String {
    let index = choices.below(texts.count + 4)
    return index < texts.count ? texts[index] : choices.text()
  }

  private mutating func path() -> ObjectPath {
    let index = choices.below(paths.count + 2)
    if index < paths.count { return paths[index] }
    return ObjectPath(validating: "/org/bluez/\(choices.text())") ?? "/"
  }

  private mutating func value(_ signature: String, _ writer: inout MessageWriter) {
    switch signature {
    case "s": writer.append(text())
    case "o": writer.append(path())
    case "b": writer.append(choices.byte() & 1 == 1)
    case "y": writer.append(choices.byte())
    case "n": writer.append(Int16(truncatingIfNeeded: Int(choices.byte()) << 8 | Int(choices.byte())))
    case "q": writer.append(UInt16(choices.byte()) << 8 | UInt16(choices.byte()))
    case "u": writer.append(UInt32(choices.byte()) << 16 | UInt32(choices.byte()))
    case "x": writer.append(Int64(choices.byte()))
    case "as": writer.append((0..<choices.below(4)).map { _ in text() })
    case "ay": writer.append(bytes: choices.some(atMost: 32))
    default: writer.properties()
    }
  }

  /// `a{sv}`; one property in eight is of another type than BlueZ's.
  private mutating func properties(_ writer: inout MessageWriter) {
    let count = choices.below(8)
    writer.properties { entries in
      for _ in 0..<count {
        var (name, signature) = choices.one(of: knownProperties)
        if choices.below(8) == 7 {
          signature = choices.one(of: ["s", "o", "b", "y", "n", "q", "u", "x", "as", "ay", "a{sv}"])
        }
        if choices.below(32) == 31 { name = choices.text() }
        entries.entry(name, signature) { value(signature, &$0) }
      }
    }
  }

  private mutating func interfaces(_ writer: inout MessageWriter) {
    let count = choices.below(4)
    writer.interfaces { entries in
      for _ in 0..<count {
        let name = choices.one(of: knownInterfaces)
        entries.dictionaryEntry { entry in
          entry.append(name)
          properties(&entry)
        }
      }
    }
  }

  mutating func objects() throws(DBus.DBusError) -> Message {
    try Message(signal: "Objects", from: "/", interface: StandardInterface.objectManager) { body in
      let count = choices.below(5)
      body.objects { entries in
        for _ in 0..<count {
          let path = path()
          entries.dictionaryEntry { entry in
            entry.append(path)
            interfaces(&entry)
          }
        }
      }
    }
  }

  mutating func added() throws(DBus.DBusError) -> Message {
    try Message(signal: "InterfacesAdded", from: "/", interface: StandardInterface.objectManager) { body in
      body.append(path())
      interfaces(&body)
    }
  }

  mutating func removed() throws(DBus.DBusError) -> Message {
    try Message(signal: "InterfacesRemoved", from: "/", interface: StandardInterface.objectManager) { body in
      body.append(path())
      body.append((0..<choices.below(3)).map { _ in choices.one(of: knownInterfaces) })
    }
  }

  mutating func changed(_ interface: String) throws(DBus.DBusError) -> Message {
    try Message(signal: "PropertiesChanged", from: path(), interface: StandardInterface.properties) { body in
      body.append(interface)
      properties(&body)
      body.append((0..<choices.below(3)).map { _ in choices.one(of: knownProperties).name })
    }
  }

  mutating func disconnected() throws(DBus.DBusError) -> Message {
    try Message(signal: "Disconnected", from: path(), interface: BlueZInterface.device) { body in
      let signature = choices.one(of: ["s", "s", "s", "as", "u"])
      value(signature, &body)
      body.append(text())
    }
  }
}

/// Goes over everything in a message, as deep as it goes.
private func walk(_ reader: inout MessageReader, depth: Int = 0) {
  while !reader.atEnd, depth < 70 {
    var inside: MessageReader?
    switch reader.nextType {
    case UInt8(ascii: "s"): _ = try? reader.string(cutTo: 248)
    case UInt8(ascii: "o"): _ = try? reader.objectPath().parent?.lastElement
    case UInt8(ascii: "a"):
      var copy = reader
      _ = try? copy.strings()
      copy = reader
      _ = try? copy.bytes()
      copy = reader
      try? copy.forEachProperty { _, value in walk(&value, depth: depth + 1) }
      inside = try? reader.array()
    case UInt8(ascii: "v"): inside = try? reader.variant()
    case UInt8(ascii: "r"): inside = try? reader.structure()
    case UInt8(ascii: "e"): inside = try? reader.dictionaryEntry()
    case UInt8(ascii: "y"): _ = try? reader.byte()
    case UInt8(ascii: "u"): _ = try? reader.uint32()
    default: reader.skip()
    }
    if var inner = inside { walk(&inner, depth: depth + 1) }
  }
}

extension Kind {
  /// The mirror of BlueZ's objects: what bluetoothd has, adds, changes and removes, and what policy makes of it.
  static let mirror = Kind("mirror", longest: 1024) { loop in
    { bytes in
      let tree = ObjectTree(on: loop)
      tree.assumeIsolated { tree in
        tree.observe { change in
          _ = BlueZChange(change)?.event
          switch change {
          case .deviceAdded(let device), .deviceChanged(_, let device):
            precondition(device.alias.utf8.count <= 248 && device.name?.utf8.count ?? 0 <= 248, "a name is too long")
            _ = Core.Device(device)
            _ = device.modalias.flatMap(Modalias.init)?.manufacturer
          case .deviceDisconnected(_, let reason): _ = reason.link
          case .transportAdded(let stream), .transportChanged(_, let stream):
            _ = (
              stream.profile, stream.wireProfile, stream.state.text, BlueZ.Codec.name(stream.codec, capabilities: [])
            )
          case .endpointAdded(let endpoint), .endpointChanged(_, let endpoint):
            for codec: UInt8 in [0, 2, 0xFF] { _ = BlueZ.Codec.name(codec, capabilities: endpoint.capabilities) }
          default: break
          }
        }
        var speaker = Speaker(choices: Choices(bytes))
        while !speaker.choices.isEmpty {
          switch speaker.choices.below(6) {
          case 0:
            guard let message = try? speaker.objects() else { continue }
            var body = message.reader()
            try? tree.addObjects(&body)
          case 1: if let message = try? speaker.added() { try? tree.changeObjects(message) }
          case 2: if let message = try? speaker.removed() { try? tree.changeObjects(message) }
          case 3: if let message = try? speaker.disconnected() { try? tree.noteDisconnection(message) }
          default:
            let interface = speaker.choices.one(of: knownInterfaces)
            if let message = try? speaker.changed(interface) { try? tree.changeProperties(message, interface) }
          }
        }
      }
    }
  }

  /// Whole messages as they come from a socket, as far as libdbus takes them.
  static let message = Kind("message", longest: 2048) { loop in
    let tree = ObjectTree(on: loop)
    return { bytes in
      let raw = unsafe bytes.withUnsafeBytes { bytes in
        unsafe dbus_message_demarshal(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil)
      }
      guard let raw = unsafe raw else { return }
      let message = unsafe Message(owning: raw)
      _ = (message.path, message.interface, message.member, message.sender, message.error)
      var reader = message.reader()
      walk(&reader)
      tree.assumeIsolated { tree in
        try? tree.changeObjects(message)
        for interface in knownInterfaces { try? tree.changeProperties(message, interface) }
        try? tree.noteDisconnection(message)
        var body = message.reader()
        try? tree.addObjects(&body)
      }
    }
  }
}
