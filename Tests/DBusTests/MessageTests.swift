import DBus
import EventLoop
import Foundation
import Support
import Testing

/// A message that is never sent: libdbus reads back what was written.
private func written(_ arguments: (inout MessageWriter) -> Void) throws(DBusError) -> Message {
  try Message(signal: "Test", from: "/test", interface: "org.example.Test", arguments)
}

/// The error that reading ends with.
private func failure(_ read: () throws(DBusError) -> Void) -> DBusError? {
  do throws(DBusError) {
    try read()
    return nil
  } catch { return error }
}

@Suite struct MessageTests {
  @Test func `every basic type is read back as it was written`() throws {
    let message = try written { body in
      body.append("text with ünïcode")
      body.append("/a/path" as ObjectPath)
      body.append(signature: "a{sv}")
      body.append(true)
      body.append(UInt8.max)
      body.append(Int16.min)
      body.append(UInt16.max)
      body.append(Int32.min)
      body.append(UInt32.max)
      body.append(Int64.min)
      body.append(UInt64.max)
      body.append(0.5)
    }
    #expect(message.signature == "sogbynqiuxtd")
    var body = message.reader()
    #expect(try body.string() == "text with ünïcode")
    #expect(try body.objectPath() == "/a/path")
    #expect(try body.signature() == "a{sv}")
    #expect(try body.bool())
    #expect(try body.byte() == .max)
    #expect(try body.int16() == .min)
    #expect(try body.uint16() == .max)
    #expect(try body.int32() == .min)
    #expect(try body.uint32() == .max)
    #expect(try body.int64() == .min)
    #expect(try body.uint64() == .max)
    #expect(try body.double() == 0.5)
    #expect(body.atEnd)
  }

  @Test(arguments: [("x", 248), ("\u{e4}", 124), ("\u{1f3a7}", 62)])
  func `a string is read no further than wanted, and says where it was cut`(letter: String, most: Int) throws {
    for (count, isWhole) in [(0, true), (most, true), (most + 1, false), (100_000, false)] {
      let whole = String(repeating: letter, count: count)
      let message = try written { body in
        body.append(whole)
        body.append("next")
      }
      var body = message.reader()
      let text = try body.string(cutTo: 248)
      #expect(isWhole ? text == whole : text == String(repeating: letter, count: 245 / letter.utf8.count) + "\u{2026}")
      #expect(try body.string(cutTo: 248) == "next")
      #expect(failure { () throws(DBusError) in _ = try body.string(cutTo: 248) }?.code == .malformed)
    }
  }

  @Test func `containers nest, and empty ones keep their type`() throws {
    let message = try written { body in
      body.objects { objects in
        objects.object("/org/bluez/hci0") { interfaces in
          interfaces.interface("org.bluez.Adapter1") { properties in
            properties.entry("Name", "laptop")
            properties.entry("Powered", true)
            properties.entry("UUIDs", ["a", "b"])
            properties.entry("ManufacturerData", "a{qv}") { $0.array(of: "{qv}") }
          }
          interfaces.interface("org.freedesktop.DBus.Introspectable")
        }
      }
      body.objects()
      body.structure { fields in
        fields.append(bytes: [1, 2, 3])
        fields.variant("v") { $0.variant("s") { $0.append("deep") } }
      }
    }
    #expect(message.signature == "a{oa{sa{sv}}}a{oa{sa{sv}}}(ayv)")
    var body = message.reader()
    var objects = try body.array()
    var object = try objects.dictionaryEntry()
    #expect(try object.objectPath() == "/org/bluez/hci0")
    var seen: [String] = []
    try object.forEachEntry { interface, properties throws(DBusError) in
      seen.append(interface)
      try properties.forEachProperty { name, value throws(DBusError) in
        seen.append(name)
        // Only one value is read; the others are skipped without harm.
        if name == "UUIDs" { seen += try value.strings() }
      }
    }
    #expect(
      seen == [
        "org.bluez.Adapter1", "Name", "Powered", "UUIDs", "a", "b", "ManufacturerData",
        "org.freedesktop.DBus.Introspectable",
      ])
    #expect(objects.atEnd)
    #expect(try body.array().atEnd)
    var fields = try body.structure()
    #expect(try fields.bytes() == [1, 2, 3])
    var outer = try fields.variant()
    var inner = try outer.variant()
    #expect(try inner.string() == "deep")
    #expect(body.atEnd)
  }

  @Test func `a wrong type is an error that says so, and the cursor stays`() throws {
    let message = try written { $0.append(UInt32(7)) }
    var body = message.reader()
    #expect(failure { () throws(DBusError) in _ = try body.string() }?.message == "expected 's', found 'u'")
    #expect(failure { () throws(DBusError) in _ = try body.array() }?.code == .malformed)
    #expect(failure { () throws(DBusError) in _ = try body.variant() }?.code == .malformed)
    #expect(failure { () throws(DBusError) in _ = try body.dictionaryEntry() }?.code == .malformed)
    #expect(failure { () throws(DBusError) in try body.forEachProperty { _, _ in } }?.code == .malformed)
    #expect(try body.uint32() == 7)
    #expect(failure { () throws(DBusError) in _ = try body.uint32() }?.message == "expected 'u', found 'end'")
    body.skip()
    #expect(body.atEnd)
  }

  @Test func `a dictionary with other keys or values than expected is an error`() throws {
    let message = try written { body in
      body.array(of: "{uv}") {
        $0.dictionaryEntry {
          $0.append(UInt32(1)); $0.variant("s") { $0.append("x") }
        }
      }
      body.array(of: "{ss}") {
        $0.dictionaryEntry {
          $0.append("a"); $0.append("b")
        }
      }
    }
    var body = message.reader()
    #expect(
      failure { () throws(DBusError) in try body.forEachProperty { _, _ in } }?.message == "expected 's', found 'u'")
    #expect(
      failure { () throws(DBusError) in try body.forEachProperty { _, _ in } }?.message == "expected 'v', found 's'")
  }

  @Test func `what D-Bus does not allow is refused before it is sent`() {
    #expect(ObjectPath(validating: "no/slash") == nil)
    #expect(ObjectPath(validating: "/trailing/") == nil)
    #expect(ObjectPath(validating: "/nul\0") == nil)
    #expect(ObjectPath(validating: "/ok/dev_AA") != nil)
    func code(_ build: () throws -> Message) -> DBusError.Code? {
      do {
        _ = try build()
        return nil
      } catch { return (error as? DBusError)?.code }
    }
    #expect(code { try Message(signal: "bad member", from: "/", interface: "a.b") } == .invalidArgument)
    #expect(code { try Message(signal: "Good", from: "/", interface: "nodots") } == .invalidArgument)
    #expect(code { try Message(call: "Good", on: "/", interface: "a.b", to: "not a name") } == .invalidArgument)
    #expect(code { try written { $0.append("nul\0inside") } } == .invalidArgument)
    #expect(code { try written { $0.append(signature: "{") } } == .invalidArgument)
    let nested = code {
      try written { body in
        body.properties { properties in
          properties.entry("Alias", "nul\0inside")
          properties.entry("Powered", true)
        }
      }
    }
    #expect(nested == .invalidArgument)
  }

  @Test func `paths know their parents`() {
    #expect(("/org/bluez/hci0" as ObjectPath).parent == "/org/bluez")
    #expect(("/org" as ObjectPath).parent == "/")
    #expect(("/" as ObjectPath).parent == nil)
    #expect(("/org/bluez/hci0" as ObjectPath).isBelow("/org/bluez"))
    #expect(("/org/bluez/hci0" as ObjectPath).isBelow("/"))
    #expect(!("/org/bluezoo" as ObjectPath).isBelow("/org/bluez"))
    #expect(!("/org/bluez" as ObjectPath).isBelow("/org/bluez"))
  }

  @Test func `a descriptor comes through the bus as the receiver's own`() async throws {
    let text = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { call in
        let pipe = Pipe()
        try? pipe.fileHandleForWriting.write(contentsOf: Data("hello".utf8))
        let number = pipe.fileHandleForReading.fileDescriptor
        // The message keeps a duplicate; the pipe closes when this returns.
        guard let reply = try? Message(replyTo: call.message, { $0.append(fileDescriptor: number) }) else {
          return .unknownMethod
        }
        return .message(reply)
      }
      var body = try await bus.call(.testCall("GetDescriptor")).reader()
      let descriptor = try body.fileDescriptor()
      var buffer = [UInt8](repeating: 0, count: 16)
      let count = try descriptor.read(into: &buffer)
      return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    #expect(text == "hello")
  }

  @Test func `a thousand objects are walked for the keys that matter`() async throws {
    let (count, connected) = try await withConnection { loop, address, bus in
      _ = try await startService(loop, address) { _ in .reply { devices(1000, &$0) } }
      let reply = try await bus.call(.testCall("GetManagedObjects"))
      var body = reply.reader()
      var (count, connected) = (0, 0)
      var objects = try body.array()
      while !objects.atEnd {
        var object = try objects.dictionaryEntry()
        _ = try object.objectPath()
        count += 1
        try object.forEachEntry { _, properties throws(DBusError) in
          try properties.forEachProperty { name, value throws(DBusError) in
            if name == "Connected", try value.bool() { connected += 1 }
          }
        }
      }
      return (count, connected)
    }
    #expect(count == 1000)
    #expect(connected == 500)
  }
}

/// The shape of GetManagedObjects' answer, every second device connected.
private func devices(_ count: Int, _ body: inout MessageWriter) {
  body.objects { objects in
    for number in 0..<count {
      guard let path = ObjectPath(validating: "/org/bluez/hci0/dev_\(number)") else { continue }
      objects.object(path) { interfaces in
        interfaces.interface("org.freedesktop.DBus.Introspectable")
        interfaces.interface("org.bluez.Device1") { properties in
          properties.entry("Address", "AA:BB:CC:DD:EE:FF")
          properties.entry("Connected", number.isMultiple(of: 2))
          properties.entry("UUIDs", ["0000110b-0000-1000-8000-00805f9b34fb"])
        }
      }
    }
  }
}
