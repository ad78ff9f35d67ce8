import GLibReading
import Glibc
import KeyFiles
import Knowledge
import KnowledgeFiles
import Support
import Vocabulary

@testable import Commands
@testable import Core
@testable import Daemon
@testable import Service

// Files that administrators, distributions and users write.

/// What GLib makes of a key file; see `GLibReading.h`.
private func glib(_ bytes: [UInt8]) -> String {
  let text = unsafe (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
    unsafe glib_reading($0.baseAddress, bytes.count)
  }
  guard let text = unsafe text else { return "" }
  defer { unsafe free(text) }
  return unsafe String(cString: text)
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// The same text from ours.
private func ours(_ file: KeyFile) -> String {
  var text = "read\n"
  switch file.error?.problem {
  case .notALine?, .groupName?, .keyName?: text = "refused 1\n"
  case .noGroup?: text = "refused 4\n"
  case .encoding?: text = "refused 0\n"
  case .tooLong?: text = "refused by ourselves\n"
  case nil: break
  }
  var groups: [[UInt8]] = []
  for heading in file.headings where !groups.contains(Array(heading.name)) { groups.append(Array(heading.name)) }
  for group in groups {
    text += "group \(hexadecimal(group))\n"
    var keys: [[UInt8]] = []
    for pair in file.pairs where pair.group.elementsEqual(group) && !keys.contains(Array(pair.key)) {
      keys.append(Array(pair.key))
      guard let value = file.pairs.last(where: { $0.group == pair.group && $0.key == pair.key })?.value else {
        continue
      }
      text += "key \(hexadecimal(pair.key)) value:\(hexadecimal(value.bytes))"
      text += " string:\(value.string.map { hexadecimal($0.utf8) } ?? "-")"
      text += " integer:\(value.integer.map { "\($0)" } ?? "-")"
      text += " list:\(value.list.map { $0.map { "\(hexadecimal($0.utf8))," }.joined() } ?? "-")\n"
    }
  }
  return text
}

extension Kind {
  /// The dialect of BlueZ's files and our own, beside GLib's own reader.
  static let keyFile = Kind("keyfile", longest: 512) { _ in
    { bytes in
      let file = KeyFile(bytes)
      let (ours, theirs) = (ours(file), glib(bytes))
      precondition(ours == theirs, "GLib reads it otherwise:\n\(theirs)\n\(ours)")
      _ = BlueZConfiguration.repairing(in: file)
    }
  }

  /// `mdrctl.conf`. What is not acceptable is told, and is then not in force.
  static let configuration = Kind("configuration", longest: 1024) { _ in
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/mdrctl.conf"
    return { bytes in
      replace(path, bytes)
      let reading = ConfigurationReading(directory: directory.path)
      for key in ConfigurationKey.allCases {
        let text = reading.values.text(of: key)
        if reading.origin(of: key) == .byDefault {
          precondition(text == key.standard, "\(key.name) is not as by default")
        }
      }
      for fault in reading.faults { precondition(fault.message.utf8.count < 1024, "a long fault: \(fault.message)") }
    }
  }

  /// Other programs' files that are read: dpkg's list of packages, users and groups, bluetoothd's settings.
  static let hostFiles = Kind("hostfiles", longest: 2048) { _ in
    let directory = try TemporaryDirectory()
    return { bytes in
      let path = "\(directory.path)/file"
      var status = DpkgStatus(["bluez", "pipewire"])
      for start in stride(from: 0, to: bytes.count, by: 37) { status.take(bytes[start..<min(start + 37, bytes.count)]) }
      status.end()
      for package in status.found.values { _ = PackageVersion(package.version) < PackageVersion("5.66-1") }
      replace(path, bytes)
      _ = BlueZConfiguration.settings(path: path)
      _ = AccountFile.lists(1000, in: "bluetooth", users: path, groups: path)
      _ = AccountFile.number(of: "mdrctl", in: path)
    }
  }

  /// What is known of headsets' procedures, by `models.d`.
  static let models = Kind("models", longest: 8192) { _ in
    { bytes in
      guard let source = try? Source(file: "models.json", parsing: bytes) else { return }
      let catalogue = Catalogue(added: [source])
      precondition(catalogue.models.isEmpty || catalogue.faults.isEmpty, "a file with a fault is left out as a whole")
      for model in catalogue.models {
        precondition(catalogue.model(called: model.name) != nil, "a model is not found by its name")
      }
      _ = catalogue.model(modalias: "usb:v054Cp0D58d0106", names: ["WH-1000XM4", "LE_WH-1000XM4"])
      _ = catalogue.models(like: "1000")
      _ = catalogue.generic(names: ["WH-X"], icon: "audio-headset")
    }
  }

  /// What is known to be broken, by `known.d`.
  static let defects = Kind("defects", longest: 8192) { _ in
    { bytes in
      guard let source = try? Source(file: "known.json", parsing: bytes) else { return }
      let table = DefectTable(added: [source])
      precondition(table.rows.isEmpty || table.faults.isEmpty, "a file with a fault is left out as a whole")
      let version = PackageVersion("1:5.82-1.1+deb13u1")
      for row in table.rows {
        _ = (row.from.map { $0 <= version }, row.before.map { version < $0 }, row.cured.contains(version))
      }
    }
  }

  /// A file with what a headset held.
  static let backup = Kind("backup") { _ in
    let directory = try TemporaryDirectory()
    return { bytes in
      let (path, copy) = ("\(directory.path)/backup.json", "\(directory.path)/copy.json")
      replace(path, bytes)
      guard let backup = try? BackupFile.read(path) else { return }
      do throws(EarlyExit) { try BackupFile.write(backup, to: copy, replaces: true) } catch {
        preconditionFailure("a backup cannot be written again: \(error)")
      }
      precondition((try? BackupFile.read(copy)) == backup, "a backup is not written as it was read")
    }
  }
}
