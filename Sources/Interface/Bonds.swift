// The values of org.mdrctl.Control that are about bonds. What each field means is said once, in
// org.mdrctl.Control.varlink.

package import Vocabulary

/// What is wrong with the bond between this computer and a device.
package struct Verdict: Codable, Hashable, Sendable {
  package typealias Cause = BondCause
  package typealias Certainty = Vocabulary.Certainty

  package var cause: Cause
  package var certainty: Certainty
  package var message: String
  package var evidence: String
  package var hint: String
  package var stale: Bool
  package var since: Int

  package init(
    cause: Cause, certainty: Certainty, message: String, evidence: String, hint: String, stale: Bool, since: Int
  ) {
    self.cause = cause
    self.certainty = certainty
    self.message = message
    self.evidence = evidence
    self.hint = hint
    self.stale = stale
    self.since = since
  }
}

/// What one place on this computer holds of a device.
package struct Layer: Codable, Hashable, Sendable {
  package typealias Name = HostLayer
  package typealias Holding = Vocabulary.Holding
  package typealias Deed = LayerDeed

  package var address: String
  package var layer: Name
  package var before: Holding
  package var done: Deed
  package var after: Holding
  package var detail: String?
  package var reason: String?

  package init(
    address: String, layer: Name, before: Holding, done: Deed, after: Holding, detail: String? = nil,
    reason: String? = nil
  ) {
    self.address = address
    self.layer = layer
    self.before = before
    self.done = done
    self.after = after
    self.detail = detail
    self.reason = reason
  }
}

/// A removal that was begun and is not complete.
package struct Unfinished: Codable, Hashable, Sendable {
  package typealias Purpose = RemovalPurpose

  package var operation: Purpose
  package var adapter: String?
  package var address: String
  package var alias: String
  package var message: String
  package var hint: String

  package init(
    operation: Purpose, adapter: String?, address: String, alias: String, message: String, hint: String
  ) {
    self.operation = operation
    self.adapter = adapter
    self.address = address
    self.alias = alias
    self.message = message
    self.hint = hint
  }
}

/// What keeps everything from working, and what to do about it.
package struct Trouble: Codable, Hashable, Sendable {
  package var message: String
  package var evidence: String?
  package var hint: String?

  package init(message: String, evidence: String?, hint: String?) {
    self.message = message
    self.evidence = evidence
    self.hint = hint
  }
}
