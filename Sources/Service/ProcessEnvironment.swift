internal import Glibc

/// A variable of the environment; nil when it is not set, or empty.
package func variable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  let text = unsafe String(cString: value)
  return text.isEmpty ? nil : text
}
