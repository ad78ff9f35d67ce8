import Foundation
import Interface
import Support
import Testing

@testable import Session

/// What the kernel shows of programs and of the sockets that they hold, as Linux 6.12 writes it.
@Suite struct StreamHoldersTests {
  private static let list = """
    sk               RefCnt Rmem   Wmem   User   Inode  Parent
    0000000025cc1b34 2      0      0      0      1764   0
    000000007e117d96 2      0      0      0      702    0

    """

  /// A directory in the place of /proc: the programs by number, with their names and the sockets that they hold.
  private func look(
    list: String? = list, _ programs: [Int: (name: String, sockets: [Int])]
  ) throws -> Session.Holders? {
    let folder = try TemporaryDirectory()
    let files = FileManager.default
    try files.createDirectory(atPath: "\(folder.path)/net", withIntermediateDirectories: true)
    if let list { try Data(list.utf8).write(to: URL(filePath: "\(folder.path)/net/l2cap")) }
    for (number, program) in programs {
      let place = "\(folder.path)/\(number)"
      try files.createDirectory(atPath: "\(place)/fd", withIntermediateDirectories: true)
      try Data("\(program.name)\n".utf8).write(to: URL(filePath: "\(place)/comm"))
      try files.createSymbolicLink(atPath: "\(place)/fd/0", withDestinationPath: "/dev/null")
      for (index, socket) in program.sockets.enumerated() {
        try files.createSymbolicLink(atPath: "\(place)/fd/\(index + 3)", withDestinationPath: "socket:[\(socket)]")
      }
    }
    return withExtendedLifetime(folder) { StreamHolders.look(isPlaying: true, in: folder.path) }
  }

  @Test(arguments: ["wireplumber", "pulseaudio", "pipewire", "pipewire-media-"])
  func `the sound server has a channel`(name: String) throws {
    let holders = try look([7: (name, [12, 702]), 8: ("bash", [13])])
    #expect(holders == Session.Holders(playing: true, server: true, programs: []))
  }

  @Test func `another program has it, and bluetoothd keeps an end of each`() throws {
    let holders = try look([
      7: ("wireplumber", [12]), 8: ("python3", [702]), 9: ("bluetoothd", [702, 1764]), 10: ("pipewire", []),
    ])
    #expect(
      holders == Session.Holders(playing: true, server: false, programs: [Session.Program(name: "python3", process: 8)])
    )
  }

  @Test func `nobody has one whom this user may look at`() throws {
    #expect(try look([7: ("wireplumber", [12])]) == Session.Holders(playing: true, server: false, programs: []))
  }

  @Test func `without a sound server, or without the kernel's list, nothing is told`() throws {
    #expect(try look([8: ("python3", [702])]) == nil)
    #expect(try look(list: nil, [7: ("wireplumber", [702])]) == nil)
  }

  @Test func `only the column of the numbers is read, and what is none is left out`() {
    let lines = "titles\n1 2 3 4 5 42 0\n1 2 3 4 5\n1 2 3 4 5 x 0\n1 2 3 4 5 0 0\n\n"
    #expect(StreamHolders.sockets(in: Array(lines.utf8)) == [42])
  }
}
