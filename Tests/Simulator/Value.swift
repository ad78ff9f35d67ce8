package import DBus

/// A value that travels over the bus, with its type.
package indirect enum Value: Hashable, Sendable {
  case string(String)
  case path(ObjectPath)
  case bool(Bool)
  case byte(UInt8)
  case int16(Int16)
  case uint16(UInt16)
  case uint32(UInt32)
  case strings([String])
  case bytes([UInt8])
  /// `a{qv}` with byte arrays: `ManufacturerData`.
  case manufacturerData([UInt16: [UInt8]])
  /// `a{sv}`
  case properties([String: Value])
  /// `a{oa{sa{sv}}}`: what `GetManagedObjects` returns.
  case objects([ObjectPath: [String: [String: Value]]])
  /// `(…)`, which no property of BlueZ has.
  case structure([Value])

  /// The type in D-Bus's notation.
  var signature: String {
    switch self {
    case .string: "s"
    case .path: "o"
    case .bool: "b"
    case .byte: "y"
    case .int16: "n"
    case .uint16: "q"
    case .uint32: "u"
    case .strings: "as"
    case .bytes: "ay"
    case .manufacturerData: "a{qv}"
    case .properties: "a{sv}"
    case .objects: "a{oa{sa{sv}}}"
    case .structure(let members): "(\(members.map(\.signature).joined()))"
    }
  }

  /// Appends the value as an argument.
  func append(to writer: inout MessageWriter) {
    switch self {
    case .string(let value): writer.append(value)
    case .path(let value): writer.append(value)
    case .bool(let value): writer.append(value)
    case .byte(let value): writer.append(value)
    case .int16(let value): writer.append(value)
    case .uint16(let value): writer.append(value)
    case .uint32(let value): writer.append(value)
    case .strings(let value): writer.append(value)
    case .bytes(let value): writer.append(bytes: value)
    case .manufacturerData(let value): Self.append(value, to: &writer)
    case .properties(let value):
      writer.properties { properties in
        for (name, value) in value { properties.entry(name, value.signature) { value.append(to: &$0) } }
      }
    case .objects(let value): Self.append(value, to: &writer)
    case .structure(let members):
      writer.structure { structure in
        for member in members { member.append(to: &structure) }
      }
    }
  }

  private static func append(_ value: [UInt16: [UInt8]], to writer: inout MessageWriter) {
    writer.array(of: "{qv}") { entries in
      for (company, bytes) in value {
        entries.dictionaryEntry { entry in
          entry.append(company)
          entry.variant("ay") { $0.append(bytes: bytes) }
        }
      }
    }
  }

  private static func append(_ value: [ObjectPath: [String: [String: Value]]], to writer: inout MessageWriter) {
    writer.objects { objects in
      for (path, interfaces) in value {
        objects.object(path) { object in
          for (name, properties) in interfaces {
            object.interface(name) { interface in
              for (name, value) in properties { interface.entry(name, value.signature) { value.append(to: &$0) } }
            }
          }
        }
      }
    }
  }
}
