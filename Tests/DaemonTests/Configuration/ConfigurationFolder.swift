import Foundation
import Support

@testable import Daemon

/// A directory with `mdrctl.conf` and its drop-ins, for one test.
struct ConfigurationFolder {
  private let directory: TemporaryDirectory
  var path: String { directory.path }
  var main: String { "\(path)/mdrctl.conf" }

  init(_ main: String? = nil, dropIns: [String: String] = [:]) throws {
    directory = try TemporaryDirectory()
    if let main { try write(main) }
    for (name, text) in dropIns { try write(text, to: "mdrctl.conf.d/\(name)") }
  }

  /// What the files say.
  func reading() -> ConfigurationReading { ConfigurationReading(directory: path) }

  func write(_ text: String, to name: String = "mdrctl.conf") throws {
    let file = "\(path)/\(name)"
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }
}
