/// Builds the document that `org.freedesktop.DBus.Introspectable.Introspect` returns.
package struct Introspection {
  private var interfaces: String
  private let children: [String]

  /// - Parameters:
  ///   - interfaces: `<interface>` elements, as they stand in the D-Bus specification.
  ///   - children: The next path elements of the objects below.
  package init(interfaces: String = "", children: [String]) {
    self.interfaces = interfaces
    self.children = children
  }

  package var document: String {
    """
    <!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN" \
    "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
    <node>
    \(interfaces)\
    <interface name="org.freedesktop.DBus.Introspectable"><method name="Introspect">\
    <arg name="xml" type="s" direction="out"/></method></interface>
    \(children.map { "<node name=\"\($0)\"/>\n" }.joined())\
    </node>

    """
  }
}

/// A call of `org.freedesktop.DBus.Properties`, taken apart.
package enum PropertiesCall {
  case get(interface: String, property: String)
  case getAll(interface: String)
  /// The cursor stands at the new value, inside the variant.
  case set(interface: String, property: String, value: MessageReader)

  /// Nil when the call is another one; throws ``DBusError/Code/malformed`` when its arguments are wrong.
  package init?(_ call: MethodCall) throws(DBusError) {
    guard call.interface == nil || call.interface == StandardInterface.properties else { return nil }
    var body = call.reader()
    switch call.member {
    case "Get":
      self = .get(
        interface: try body.string(cutTo: MessageReader.longestName),
        property: try body.string(cutTo: MessageReader.longestName))
    case "GetAll": self = .getAll(interface: try body.string(cutTo: MessageReader.longestName))
    case "Set":
      let (interface, property) = (
        try body.string(cutTo: MessageReader.longestName), try body.string(cutTo: MessageReader.longestName)
      )
      self = .set(interface: interface, property: property, value: try body.variant())
    default: return nil
    }
  }
}

extension Message {
  /// `PropertiesChanged`: `changed` appends entries with their new values, `invalidated` names those that went away.
  package static func propertiesChanged(
    of path: ObjectPath, interface: String, invalidated: [String] = [],
    _ changed: (inout MessageWriter) -> Void = { _ in }
  ) throws(DBusError) -> Message {
    try Message(signal: "PropertiesChanged", from: path, interface: StandardInterface.properties) { body in
      body.append(interface)
      body.properties(changed)
      body.append(invalidated)
    }
  }

  /// `InterfacesAdded`, emitted by the object manager at `manager`; `interfaces` appends them with their properties.
  package static func interfacesAdded(
    to path: ObjectPath, manager: ObjectPath = "/", _ interfaces: (inout MessageWriter) -> Void
  ) throws(DBusError) -> Message {
    try Message(signal: "InterfacesAdded", from: manager, interface: StandardInterface.objectManager) { body in
      body.append(path)
      body.interfaces(interfaces)
    }
  }

  /// `InterfacesRemoved`, emitted by the object manager at `manager`.
  package static func interfacesRemoved(
    from path: ObjectPath, manager: ObjectPath = "/", _ interfaces: [String]
  ) throws(DBusError) -> Message {
    try Message(signal: "InterfacesRemoved", from: manager, interface: StandardInterface.objectManager) { body in
      body.append(path)
      body.append(interfaces)
    }
  }

  /// `org.freedesktop.DBus.Properties.Set` as a call; `value` appends what the signature announces.
  package static func setProperty(
    _ property: String, of path: ObjectPath, interface: String, at destination: String, _ signature: String,
    _ value: (inout MessageWriter) -> Void
  ) throws(DBusError) -> Message {
    try Message(call: "Set", on: path, interface: StandardInterface.properties, to: destination) { body in
      body.append(interface)
      body.append(property)
      body.variant(signature, value)
    }
  }
}
