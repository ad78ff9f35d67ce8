import BlueZ
import DBus
import EventLoop
import Foundation
import Service
import Support
import Varlink

@testable import Flush
import Vocabulary
import enum Interface.Flush

let adapterText = "00:1A:7D:DA:71:13"
let deviceText = "94:DB:56:00:00:01"
let adapterAddress = Address(bits: 0x001A_7DDA_7113)
let deviceAddress = Address(bits: 0x94DB_5600_0001)
let subject = Subject(adapter: adapterAddress, device: deviceAddress, index: 0)

/// A key in BlueZ's spelling that must never come out of anything.
let secret = "0123456789ABCDEF0123456789ABCDEF"

/// A directory as bluetoothd keeps it, in a directory of its own.
final class BlueZDirectory: Sendable {
  private let directory: TemporaryDirectory
  let root: String

  init() throws {
    directory = try TemporaryDirectory()
    root = directory.path + "/bluetooth"
    try make("", adapterText, "\(adapterText)/cache")
  }

  var files: BlueZFiles { BlueZFiles(root: root, owner: geteuid()) }
  /// Beside the root: nothing here is ever to be touched.
  var outside: String { directory.path }

  var cacheFile: String { "\(adapterText)/cache/\(deviceText)" }
  var bond: String { "\(adapterText)/\(deviceText)" }

  func path(_ name: String) -> String { name.isEmpty ? root : "\(root)/\(name)" }

  func make(_ names: String...) throws {
    for name in names {
      try FileManager.default.createDirectory(
        atPath: path(name), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name))
  }

  /// Whether anything has that name, be it a link that leads nowhere.
  func exists(_ name: String) -> Bool { kind(path(name)) != nil }
  /// Whether it is a plain file, by its whole path.
  func isFile(_ path: String) -> Bool { kind(path) == .typeRegular }

  private func kind(_ path: String) -> FileAttributeType? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
  }

  func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  func makePipe(_ name: String) throws {
    guard unsafe mkfifo(path(name), 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// The files of a device that was paired.
  func addBond() throws {
    try make(bond)
    let info = "[General]\nName=WH-1000XM4\nTrusted=true\n\n[LinkKey]\nKey=\(secret)\nType=4\nPINLength=0\n"
    try write(info, to: "\(bond)/info")
    try write("[0001]\nUUID=1801\n", to: "\(bond)/attributes")
  }

  func addCache() throws {
    try write("[General]\nName=WH-1000XM4\n\n[ServiceRecords]\n0x00010001=3503\n", to: cacheFile)
  }

  /// Every name below the root, and what is in the files.
  func everything() throws -> [String: String] {
    var found: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: outside) {
      found[name] = (try? String(contentsOfFile: "\(outside)/\(name)", encoding: .utf8)) ?? ""
    }
    return found
  }
}

/// A kernel that is asked to end a link.
final class FakeKernel: Sendable {
  private let asked = Locked<[Subject]>([])
  let status: Management.Status

  init(_ status: Management.Status = .success) { self.status = status }

  var subjects: [Subject] { asked.withLock { $0 } }

  func endLink(_ subject: Subject) -> Management.Status {
    asked.withLock { $0.append(subject) }
    return status
  }
}

/// A layer that holds a key until it is flushed.
final class FakeStore: Store {
  private let holdsKey = Locked(true)

  var isFlushed: Bool { holdsKey.withLock { !$0 } }

  func inspect(_ subject: Subject) -> Finding { isFlushed ? .absent : .present("a key") }
  func flush(_ subject: Subject) -> Removal {
    let before = inspect(subject)
    holdsKey.withLock { $0 = false }
    return .done(before)
  }
}

/// Serves one caller as the helper does, with files of its own and a bus of the test's, and runs `body` as that caller.
func withHelper<Value: Sendable>(
  _ directory: BlueZDirectory, bus: BusAddress = BusAddress("unix:path=/nowhere"), keys: FakeStore = FakeStore(),
  kernel: FakeKernel = FakeKernel(), as user: UInt32 = 0, onlyFor permitted: UInt32 = 0,
  _ body: @escaping @Sendable (VarlinkPeer) throws -> Value
) async throws -> Value {
  try await withEventLoop { loop in
    let service = FlushService(
      loop: loop, log: Log(least: .error), bus: bus,
      adapterIndex: { address throws(SystemError) in
        guard address == adapterAddress else { throw SystemError(call: "looking for the adapter", errno: ENODEV) }
        return 0
      },
      stores: [
        .linkKey: keys, .storedLinkKey: keys, .bond: BondDirectory(files: directory.files),
        .cache: CacheFile(files: directory.files),
      ], endLink: { subject throws(SystemError) in kernel.endLink(subject) })
    let server = flushServer(service, for: permitted, on: loop)
    let (near, far) = try UnixSocket.pair()
    await server.serve(FileDescriptor(owning: far), peer: PeerCredentials(pid: 1, uid: user, groups: [user]))
    let value = try await onThread {
      let peer = try VarlinkPeer(near)
      defer { peer.close() }
      return try body(peer)
    }
    await server.waitUntilEmpty()
    await service.close()
    return value
  }
}

/// A call of the interface in JSON.
func call(_ method: Flush.Method, adapter: String = adapterText, device: String = deviceText, layers: [String])
  -> String
{
  let list = layers.map { "\"\($0)\"" }.joined(separator: ",")
  return
    #"{"method":"\#(method.fullName)","parameters":{"adapter":"\#(adapter)","device":"\#(device)","layers":[\#(list)]}}"#
}

/// A call of `Disconnect` in JSON.
func disconnectCall(adapter: String = adapterText, device: String = deviceText) -> String {
  #"{"method":"\#(Flush.Method.disconnect.fullName)","parameters":{"adapter":"\#(adapter)","device":"\#(device)"}}"#
}

/// The layers of a reply, by name; nil when it is an error.
func layers(_ reply: String?) throws -> [Flush.LayerName: Flush.Layer]? {
  guard let parameters = try JSONValue(parsing: (reply ?? "").utf8).members?["parameters"] else { return nil }
  guard let decoded = try? parameters.decode(Flush.LayersReply.self) else { return nil }
  return Dictionary(uniqueKeysWithValues: decoded.layers.map { ($0.layer, $0) })
}

/// The name of the error in a reply, without the interface's.
func errorName(_ reply: String?) throws -> String? {
  let name = try JSONValue(parsing: (reply ?? "").utf8).members?["error"]?.string
  return name.map { String($0[$0.index(after: $0.lastIndex(of: ".") ?? $0.startIndex)...]) }
}
