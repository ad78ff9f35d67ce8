import EventLoop
import Foundation
import Support

/// A command that runs. Its standard output can be read line by line; its standard error is kept in a file.
final class RunningCommand {
  let process: Int32
  private let output: AsyncStream<String>
  private var iterator: AsyncStream<String>.Iterator
  private(set) var read: [String] = []
  /// All lines that were read so far.
  var lines: [String] { read }
  private let errorPath: String
  // Keeps the file until it has been read.
  private let directory: TemporaryDirectory
  private var status: Int32?

  init(_ words: [String], _ environment: [String: String], _ directory: TemporaryDirectory) throws {
    self.directory = directory
    errorPath = "\(directory.path)/\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: errorPath, contents: nil)
    guard let errors = FileHandle(forWritingAtPath: errorPath), let input = FileHandle(forReadingAtPath: "/dev/null")
    else { throw CocoaError(.fileWriteUnknown) }
    let (near, far) = try UnixSocket.pair()
    for end in [near, far] { try UnixSocket.setBlocking(end, true) }
    process = try Spawning.spawn(
      words, environment: environment, input: input.fileDescriptor, output: far, error: errors.fileDescriptor)
    close(far)
    let (output, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
    self.output = output
    iterator = output.makeAsyncIterator()
    Thread.detachNewThread { Self.read(near, into: continuation) }
  }

  deinit {
    // One that a failed test has left behind.
    if status == nil { kill(process, SIGKILL) }
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Reads on until a line contains the text; false when the output ends first.
  func wait(for text: String) async -> Bool {
    while let line = await iterator.next(isolation: #isolation) {
      read.append(line)
      if line.contains(text) { return true }
    }
    // For whoever reads the log of a test that failed.
    print("In vain waited for \(text) after:", read.joined(separator: "\n"), separator: "\n")
    return false
  }

  /// The line read last, as a reply of the interface.
  func last<Reply: Decodable>(_ type: Reply.Type = Reply.self) throws -> Reply {
    try JSONDecoder().decode(type, from: Data((read.last ?? "").utf8))
  }

  /// Waits for the end of the output and of the command.
  func result() async throws -> CommandResult {
    while let line = await iterator.next(isolation: #isolation) { read.append(line) }
    let status = try await offPool { [process] in Spawning.wait(for: process) }
    self.status = status
    let errors = try String(contentsOfFile: errorPath, encoding: .utf8)
    return CommandResult(status: status, output: read.map { $0 + "\n" }.joined(), errors: errors)
  }

  private static func read(_ descriptor: Int32, into lines: AsyncStream<String>.Continuation) {
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var rest = Data()
    while case let chunk = handle.availableData, !chunk.isEmpty {
      rest.append(chunk)
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        lines.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
        rest.removeSubrange(rest.startIndex...end)
      }
    }
    if !rest.isEmpty { lines.yield(String(decoding: rest, as: UTF8.self)) }
    lines.finish()
  }
}
