/// Why something cannot be sent to this headset.
package enum RequestFault: Error, Hashable, Sendable {
  /// Its functions do not name it, or the kind that it has cannot do this.
  case notOffered(Feature)
  /// It can be told to, but not asked.
  case notReadable(Feature)
  /// A value outside what the headset has.
  case outOfRange(Feature)
  /// What it reported last goes into the command, and it has not reported yet.
  case needsReport(Feature)
  /// Its functions do not name what this deed needs, or nobody knows how this generation is told to do it.
  case impossible(Deed)
  /// Ambient sound needs a level, and the headset has not told one that can be kept.
  case needsLevel
}
