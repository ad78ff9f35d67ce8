/// A key file in memory: its groups and keys with the lines that they stand in.
package struct KeyFile: Sendable {
  /// A key with its value, in the group that it is in.
  package struct Pair: Sendable {
    package let group: ArraySlice<UInt8>
    package let key: ArraySlice<UInt8>
    package let value: KeyFileValue
  }
  /// Where a group begins, or goes on.
  package struct Heading: Sendable {
    package let name: ArraySlice<UInt8>
    /// From 1.
    package let line: Int
  }

  /// In bytes: more than any file of ours or of BlueZ's own has. Of a longer one nothing is read.
  package static let longest = 64 * 1024

  /// Every heading, in the order of the file: a group that goes on has several.
  package private(set) var headings: [Heading] = []
  /// Every key, in the order of the file: of several with the same name in the same group, the last one counts.
  package private(set) var pairs: [Pair] = []
  /// The first line that GLib refuses. What is here then is what stands before it, as in GLib's own object; whether that
  /// is of use is for the caller to say.
  package private(set) var error: KeyFileError?

  package init(_ bytes: [UInt8]) {
    guard bytes.count <= Self.longest else {
      error = KeyFileError(line: 1, .tooLong)
      return
    }
    var group: ArraySlice<UInt8> = []
    do throws(KeyFileError) {
      try KeyFileScanner.scan(bytes.span) { line, number in
        switch line {
        case .group(let name):
          group = bytes[name]
          headings.append(Heading(name: group, line: number))
        case .pair(let key, let value):
          pairs.append(
            Pair(group: group, key: bytes[key], value: KeyFileValue(bytes: bytes[value], line: number)))
        }
      }
    } catch { self.error = error }
  }

  /// The value of a key, where the file has it.
  package subscript(group: String, key: String) -> KeyFileValue? {
    pairs.last { $0.key.elementsEqual(key.utf8) && $0.group.elementsEqual(group.utf8) }?.value
  }
}
