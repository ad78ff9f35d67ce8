internal import DBus

/// Reads property values into their places. A value of another type than BlueZ documents changes nothing: the old one
/// stays, since nothing better is known.
///
/// No text is read further than a name on air can be long (248 bytes; baseband specification, Local Name): bluetoothd
/// takes an alias of any length from any program (`device.c set_alias`; 5.66, 5.82, 5.87).
extension MessageReader {
  mutating func text() throws(DBusError) -> String { try string(cutTo: 248) }

  mutating func read(into place: inout String) { if let value = try? text() { place = value } }
  mutating func read(intoLowerCase place: inout String) { if let value = try? text() { place = value.lowercased() } }
  mutating func read(into place: inout String?) { if let value = try? text() { place = value } }
  mutating func read(into place: inout Bool) { if let value = try? bool() { place = value } }
  mutating func read(into place: inout UInt8?) { if let value = try? byte() { place = value } }
  mutating func read(into place: inout UInt16?) { if let value = try? uint16() { place = value } }
  mutating func read(into place: inout UInt32?) { if let value = try? uint32() { place = value } }
  mutating func read(into place: inout Int16?) { if let value = try? int16() { place = value } }
  mutating func read(into place: inout [String]) { if let value = try? strings() { place = value } }
  mutating func read(into place: inout [UInt8]) { if let value = try? bytes() { place = value } }
  mutating func read(into place: inout ObjectPath?) { if let value = try? objectPath() { place = value } }
}

/// A value that BlueZ's properties describe.
protocol PropertyBag {
  /// Takes one property over; one that is unknown or of an odd type is ignored.
  mutating func update(_ property: String, _ value: inout MessageReader)
  /// An optional property has gone away.
  mutating func invalidate(_ property: String)
}

extension PropertyBag {
  /// Takes over `a{sv}`.
  mutating func update(from properties: inout MessageReader) throws(DBusError) {
    try properties.forEachProperty { name, value throws(DBusError) in update(name, &value) }
  }

  /// Takes over the rest of a `PropertiesChanged` signal, after the interface: `a{sv}as`.
  mutating func update(fromChange body: inout MessageReader) throws(DBusError) {
    try update(from: &body)
    for name in try body.strings() { invalidate(name) }
  }
}
