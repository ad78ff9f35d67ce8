internal import Glibc

/// Whether the kernel that runs can still load drivers: where a distribution removes the old one's modules at an upgrade,
/// an adapter that is plugged in gets none.
package struct KernelModules: Sendable {
  /// The kernel's release, "6.12.43+deb13-amd64".
  package let release: String
  /// Nil where it cannot be seen.
  package let areThere: Bool?

  package init(release: String, areThere: Bool?) {
    self.release = release
    self.areThere = areThere
  }

  package static func look() -> KernelModules {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return KernelModules(release: "", areThere: nil) }
    let bytes = unsafe withUnsafeBytes(of: &names.release) { unsafe $0.prefix { $0 != 0 }.map(\.self) }
    let release = String(decoding: bytes, as: UTF8.self)
    let isThere = unsafe access("/lib/modules/\(release)", F_OK) == 0
    return KernelModules(release: release, areThere: isThere ? true : errno == ENOENT ? false : nil)
  }
}
