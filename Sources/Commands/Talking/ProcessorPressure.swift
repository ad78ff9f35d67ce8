internal import Glibc

/// How much of the last ten seconds something waited for a processor (Linux, Documentation/accounting/psi.rst).
package enum ProcessorPressure {
  /// Percent; nil where the kernel does not tell.
  package static func read(from path: String = "/proc/pressure/cpu") -> Int? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? parse(String(decoding: bytes.prefix(count), as: UTF8.self)) : nil
  }

  /// "some avg10=12.34 avg60=…": 12.
  static func parse(_ text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("some ") {
      for word in line.split(separator: " ") where word.hasPrefix("avg10=") {
        return Double(word.dropFirst("avg10=".utf8.count)).flatMap { (0...100).contains($0) ? Int($0) : nil }
      }
    }
    return nil
  }
}
