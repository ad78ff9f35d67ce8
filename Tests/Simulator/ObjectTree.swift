internal import DBus

/// One interface of an object, as the bus sees it.
struct InterfaceView: Equatable, Sendable {
  let name: String
  var properties: [PropertyView] = []

  /// The value of a property, where the object has it.
  func value(_ name: String) -> Value? { properties.first { $0.name == name }?.value }
}

/// One property that exists at the moment.
struct PropertyView: Equatable, Sendable {
  let name: String
  let value: Value
  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// The objects of bluetoothd and what the bus has been told of them.
///
/// As in `gdbus/object.c`, changes collect until the next message goes out or the loop is idle; then each object says
/// what came, what changed and what went. A removed object says so at once.
struct ObjectTree {
  private struct Place {
    let path: ObjectPath
    let number: Int
  }

  private(set) var objects: [ObjectPath: [InterfaceView]] = [:]
  private var announced: [ObjectPath: [InterfaceView]] = [:]
  /// In the order of appearance; places of objects that have gone are left behind until they are many.
  private var order: [Place] = []
  private var numbers: [ObjectPath: Int] = [:]
  private var nextNumber = 0
  private var dirty: [ObjectPath] = []
  private var isDirty: Set<ObjectPath> = []

  /// Whether there is something to be said.
  var hasChanges: Bool { !dirty.isEmpty }

  /// The interfaces of an object; nil when it is not there.
  subscript(path: ObjectPath) -> [InterfaceView]? { objects[path] }

  /// One interface of an object.
  func view(_ path: ObjectPath, _ interface: String) -> InterfaceView? {
    objects[path]?.first { $0.name == interface }
  }

  /// Says what an object is like now; an object that is new appears.
  mutating func publish(_ path: ObjectPath, _ interfaces: [InterfaceView]) {
    guard objects[path] != interfaces else { return }
    if objects.updateValue(interfaces, forKey: path) == nil { append(path) }
    if isDirty.insert(path).inserted { dirty.append(path) }
  }

  /// Takes an object away and returns what is to be said about it.
  mutating func remove(_ path: ObjectPath) -> [Message] {
    guard objects[path] != nil else { return [] }
    var messages = isDirty.contains(path) && announced[path] != nil ? changes(of: path) : []
    objects[path] = nil
    numbers[path] = nil
    isDirty.remove(path)
    if let gone = announced.removeValue(forKey: path) {
      messages += message { () throws(DBusError) in try .interfacesRemoved(from: path, gone.map(\.name)) }
    }
    return messages
  }

  /// What is to be said about the changes since the last time.
  mutating func takeChanges() -> [Message] {
    let paths = dirty
    dirty = []
    isDirty = []
    return paths.flatMap { changes(of: $0) }
  }

  /// Takes everything as said: nobody listens yet.
  mutating func settle() {
    announced = objects
    dirty = []
    isDirty = []
  }

  /// Appends `a{oa{sa{sv}}}`, oldest object first.
  func append(to writer: inout MessageWriter) {
    writer.objects { objects in
      for place in order where numbers[place.path] == place.number {
        objects.object(place.path) { Self.append(self.objects[place.path] ?? [], to: &$0) }
      }
    }
  }

  /// The names of the next path element of the objects below a path.
  func children(of path: ObjectPath) -> [String] {
    let prefix = path.text == "/" ? 1 : path.text.utf8.count + 1
    let below = objects.keys.filter { $0.isBelow(path) }
    return Set(below.map { String($0.text.dropFirst(prefix).prefix { $0 != "/" }) }).sorted()
  }

  private mutating func append(_ path: ObjectPath) {
    nextNumber += 1
    numbers[path] = nextNumber
    order.append(Place(path: path, number: nextNumber))
    if order.count > 2 * numbers.count + 16 { order.removeAll { numbers[$0.path] != $0.number } }
  }

  private mutating func changes(of path: ObjectPath) -> [Message] {
    guard let now = objects[path] else { return [] }
    let before = announced.updateValue(now, forKey: path) ?? []
    let added = now.filter { view in !before.contains { $0.name == view.name } }
    let removed = before.filter { view in !now.contains { $0.name == view.name } }.map(\.name)
    var messages: [Message] = []
    if !added.isEmpty {
      messages += message { () throws(DBusError) in
        try .interfacesAdded(to: path) { Self.append(added, to: &$0) }
      }
    }
    for view in now {
      guard let old = before.first(where: { $0.name == view.name }), old != view else { continue }
      messages += message { () throws(DBusError) in try Self.propertiesChanged(path, from: old, to: view) }
    }
    if !removed.isEmpty { messages += message { () throws(DBusError) in try .interfacesRemoved(from: path, removed) } }
    return messages
  }

  private static func propertiesChanged(
    _ path: ObjectPath, from old: InterfaceView, to new: InterfaceView
  ) throws(DBusError) -> Message {
    let changed = new.properties.filter { $0.value != old.value($0.name) }
    let gone = old.properties.filter { new.value($0.name) == nil }.map(\.name)
    return try .propertiesChanged(of: path, interface: new.name, invalidated: gone) { append(changed, to: &$0) }
  }

  /// Names and values are the simulator's own: one that the bus does not allow is a mistake of a script.
  private func message(_ build: () throws(DBusError) -> Message) -> [Message] {
    do throws(DBusError) { return [try build()] } catch { return [] }
  }

  private static func append(_ views: [InterfaceView], to writer: inout MessageWriter) {
    for view in views { writer.interface(view.name) { append(view.properties, to: &$0) } }
  }
  /// Appends entries inside an open `a{sv}`.
  static func append(_ properties: [PropertyView], to writer: inout MessageWriter) {
    for property in properties {
      writer.entry(property.name, property.value.signature) { property.value.append(to: &$0) }
    }
  }
}
