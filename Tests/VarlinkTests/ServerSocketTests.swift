import EventLoop
import Foundation
import Support
import Testing
import Varlink

@Suite struct ServerSocketTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/socket"
  }

  private var mode: Int? { try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }

  private func failure() -> ServerSocketError? {
    do throws(ServerSocketError) {
      _ = try ServerSocket.listen(at: path, mode: 0o666)
      return nil
    } catch {
      return error
    }
  }

  @Test func `the socket gets its mode and can be connected to`() throws {
    let socket = try ServerSocket.listen(at: path, mode: 0o640)
    #expect(mode == 0o640)
    #expect(UnixSocket.isListener(socket.descriptor))
    _ = try UnixSocket.connect(path: path)
  }

  @Test func `a socket that nobody answers on is replaced`() throws {
    do { _ = try UnixSocket.listen(path: path, mode: 0o600) }
    #expect(FileManager.default.fileExists(atPath: path))
    _ = try ServerSocket.listen(at: path, mode: 0o666)
    #expect(mode == 0o666)
  }

  @Test func `a server that has the lock is left alone`() throws {
    let socket = try ServerSocket.listen(at: path, mode: 0o666)
    #expect(failure() == .alreadyRunning)
    #expect(UnixSocket.isListener(socket.descriptor))
    _ = try UnixSocket.connect(path: path)
  }

  @Test func `somebody who answers without the lock is left alone`() throws {
    let foreign = try UnixSocket.listen(path: path, mode: 0o600)
    #expect(failure() == .alreadyRunning)
    _ = try UnixSocket.connect(path: path)
    #expect(UnixSocket.isListener(foreign.number))
  }

  @Test func `somebody whose queue is full is left alone`() throws {
    let foreign = try UnixSocket.listen(path: path, backlog: 0, mode: 0o600)
    let queued = try UnixSocket.connect(path: path)
    #expect(failure() == .alreadyRunning)
    #expect(UnixSocket.isListener(foreign.number) && queued.number >= 0)
  }

  @Test func `a file or directory in the way is not removed`() throws {
    try Data("precious".utf8).write(to: URL(filePath: path))
    #expect(failure() == .notASocket)
    #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(failure() == .notASocket)
  }

  @Test func `a symbolic link is not followed`() throws {
    let target = directory.path + "/target"
    do { _ = try UnixSocket.listen(path: target, mode: 0o600) }
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    #expect(failure() == .notASocket)
    #expect(FileManager.default.fileExists(atPath: target))
  }

  @Test func `a removed socket is gone, and the next server may come`() throws {
    let socket = try ServerSocket.listen(at: path, mode: 0o666)
    socket.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(failure() == nil)
  }

  @Test func `a directory that is missing is an error of its own`() throws {
    do throws(ServerSocketError) {
      _ = try ServerSocket.listen(at: directory.path + "/no/socket", mode: 0o666)
      Issue.record("it listens nowhere")
    } catch {
      guard case .system(let error) = error else { throw error }
      #expect(error.isNotFound)
    }
  }
}
