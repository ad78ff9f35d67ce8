/// How BlueZ refused a request: the kind, for deciding, and its own words, for showing.
package struct Refusal: Error, Hashable, Sendable {
  package enum Kind: CaseIterable, Sendable {
    case alreadyBonded
    /// The kernel holds a key that bluetoothd does not know ("Already Paired").
    case keyInKernel
    case alreadyConnected, notConnected, doesNotExist, inProgress, notReady, blocked
    case pageTimeout, rejected, authenticationFailed, authenticationCancelled, authenticationTimeout
    case profileUnavailable, keyMissing
    /// The profiles could not be connected, in the words that a lost key has up to BlueZ 5.82, among other causes.
    case profilesRefused
    case notAuthorized, noReply, bluezGone, other
  }
  package let kind: Kind
  package let words: String

  package init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = words
  }
}
