/// Who has a stream that BlueZ handed out, among the programs of the followed user.
package struct StreamHolders: Hashable, Sendable {
  package struct Program: Hashable, Sendable {
    package let name: String
    package let process: Int

    package init(name: String, process: Int) {
      self.name = name
      self.process = process
    }

    /// "python3 (process 4711)".
    var title: String { "\(name) (process \(process))" }
  }

  /// Something plays to the card that was asked about.
  package let isPlaying: Bool
  /// The sound server has one; of which device is not seen.
  package let hasServer: Bool
  /// Others that have one.
  package let programs: [Program]

  package init(isPlaying: Bool, hasServer: Bool, programs: [Program]) {
    self.isPlaying = isPlaying
    self.hasServer = hasServer
    self.programs = programs
  }

  /// What plays to the card is not heard: the sound server has no stream to send it over.
  var isInTheWay: Bool { isPlaying && !hasServer }
}
