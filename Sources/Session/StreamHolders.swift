internal import EventLoop
internal import Glibc
internal import Interface

/// Which of the user's programs have a channel that bluetoothd has handed out.
///
/// A stream of A2DP is an L2CAP socket which bluetoothd passes to one program at a time (`org.bluez.MediaTransport`,
/// Acquire). BlueZ does not tell to which; the kernel lists the sockets' numbers in net/l2cap, and under whose
/// descriptors they are can be seen of the user's own programs. Seen on Linux 6.12 with PipeWire 0.3.65, whose sink runs
/// on as if it played while another program has the stream.
enum StreamHolders {
  /// Programs that are told at most.
  private static let mostPrograms = 16
  /// Bytes of the kernel's list that are read: some 80 for each socket.
  private static let longestList = 1 << 16

  /// Nil where it cannot be told: the kernel's list or the sound server's descriptors are not to be seen. `isPlaying`:
  /// something plays to the card that is asked about.
  static func look(isPlaying: Bool, in proc: String = "/proc") -> Session.Holders? {
    guard let list = contents(of: "\(proc)/net/l2cap", most: longestList) else { return nil }
    let channels = sockets(in: list)
    var holders = Session.Holders(playing: isPlaying, server: false, programs: [])
    var hasServer = false
    for process in names(in: proc)?.compactMap({ Int($0) }) ?? [] {
      let folder = "\(proc)/\(process)"
      guard isOwn(folder), let name = contents(of: "\(folder)/comm", most: 64).map(Self.name) else { continue }
      // It keeps an end of each, where it runs as the same user.
      if name == "bluetoothd" { continue }
      let isServer = name.hasPrefix("pipewire") || name == "wireplumber" || name == "pulseaudio"
      guard let held = descriptors(in: "\(folder)/fd") else {
        if isServer { return nil }
        continue
      }
      let holds = held.contains(where: channels.contains)
      if isServer {
        hasServer = true
        if holds { holders.server = true }
      } else if holds, holders.programs.count < mostPrograms {
        holders.programs.append(Session.Program(name: name.plain(64), process: process))
      }
    }
    return hasServer ? holders : nil
  }

  /// The sixth column, after a line of titles (Linux, net/bluetooth/af_bluetooth.c bt_seq_show).
  static func sockets(in list: [UInt8]) -> Set<UInt64> {
    Set(
      list.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
        let columns = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard columns.count > 5, let number = UInt64(String(decoding: columns[5], as: UTF8.self)), number > 0 else {
          return nil
        }
        return number
      })
  }

  private static func name(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func isOwn(_ folder: String) -> Bool {
    var status = stat()
    return unsafe stat(folder, &status) == 0 && status.st_uid == getuid()
  }

  /// The sockets among a program's descriptors, which read "socket:[4711]"; nil where they are not to be seen.
  private static func descriptors(in folder: String) -> [UInt64]? {
    names(in: folder)?.compactMap { name in
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = unsafe bytes.withUnsafeMutableBytes { room -> Int in
        guard let start = room.baseAddress else { return -1 }
        return unsafe readlink("\(folder)/\(name)", start, room.count)
      }
      let prefix = "socket:["
      guard count > prefix.utf8.count, bytes.starts(with: prefix.utf8) else { return nil }
      return UInt64(String(decoding: bytes[prefix.utf8.count..<(count - 1)], as: UTF8.self))
    }
  }

  private static func names(in folder: String) -> [String]? {
    guard let stream = unsafe opendir(folder) else { return nil }
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  private static func contents(of path: String, most: Int) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let file = FileDescriptor(owning: descriptor)
    var (bytes, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 4096))
    do {
      while bytes.count < most {
        let count = try file.read(into: &chunk)
        if count == 0 { break }
        bytes += chunk.prefix(count)
      }
    } catch { return nil }
    return bytes
  }
}
