internal import Vocabulary

/// Tells what is wrong with a bond from what was seen, on any BlueZ: 5.66 says "unknown" of a lost key and 5.82 "refused"
/// or "canceled", as they do of much else; from 5.83 on it is "key-missing".
///
/// A decision table: the first row that holds decides. What has nothing to do with keys is excluded first.
package enum Diagnosis {
  package struct Row: Sendable {
    package let name: String
    /// Nil when nothing is to be said of the bond.
    package let cause: Verdict.Cause?
    package let certainty: Verdict.Certainty
    package let holds: @Sendable (Evidence) -> Bool

    init(
      _ cause: Verdict.Cause?, _ certainty: Verdict.Certainty, _ name: String,
      when holds: @escaping @Sendable (Evidence) -> Bool
    ) {
      self.name = name
      self.cause = cause
      self.certainty = certainty
      self.holds = holds
    }

    init(nothing name: String, when holds: @escaping @Sendable (Evidence) -> Bool) {
      self.init(nil, .certain, name, when: holds)
    }
  }

  package static func verdict(on evidence: Evidence) -> Verdict? {
    guard let row = row(for: evidence), let cause = row.cause else { return nil }
    return Verdict(cause, row.certainty, of: evidence)
  }

  package static func row(for evidence: Evidence) -> Row? { table.first { $0.holds(evidence) } }

  package static let table = preliminaries + keys + words

  // MARK: What has nothing to do with the headset's key

  private static let preliminaries = [
    Row(nothing: "a profile connected") { $0.isSound },
    Row(nothing: "this computer keeps off it") { $0.device.blocked },
    Row(.adapterTrouble, .certain, "the adapter is gone, blocked or off") { $0.isOffOrGone },
    Row(.kernelOnlyKey, .certain, "the kernel says Already Paired") { $0.refusal?.kind == .keyInKernel },
    Row(.headsetRefuses, .probable, "Pair is rejected") { $0.attempt == .pair && $0.refusal?.kind == .rejected },
    // A headset that is not in pairing mode may also hang up, or fail the authentication.
    Row(.headsetRefuses, .possible, "Pair fails or is cancelled") {
      $0.attempt == .pair && [.authenticationFailed, .authenticationCancelled].contains($0.refusal?.kind)
    },
    Row(.unreachable, .certain, "the page is not answered") {
      $0.refusal?.kind == .pageTimeout && !$0.cameUp && !$0.isKeyRefused && !$0.isPairingRejected
    },
    Row(.busy, .certain, "something else is under way while pairing") {
      $0.attempt == .pair && $0.refusal?.kind == .inProgress
    },
    Row(.pairedNotBonded, .certain, "Paired without Bonded") { $0.device.paired && !$0.device.bonded },
    Row(.hostLostKey, .probable, "a bond that worked is not there") {
      !$0.device.bonded && $0.attempt == .connect && $0.hasWorked
    },
    Row(nothing: "there is no bond") { !$0.device.bonded },
    Row(nothing: "a pairing where a bond stands") { $0.attempt == .pair },
    Row(.noSoundServer, .certain, "no sound server has registered") { $0.isSilent },
  ]

  // MARK: What the kernel knows for sure, and BlueZ where it says it

  private static let keys = [
    // The kernel has no key then, and pairs; a headset that says so itself has none either.
    Row(.keyTypeBug, .probable, "BlueZ 5.71 to 5.77 were started since it worked") {
      ($0.isKeyRefused || $0.isPairingRejected || $0.isRefusedAfterLink) && !$0.isKeyMissing
        && $0.context.isBlueZ5(71...77) && $0.hasWorked && !$0.context.workedSinceBlueZStarted
    },
    Row(.headsetLostKey, .certain, "the headset says that it has no key") { $0.isKeyMissing },
    Row(.headsetLostKey, .certain, "key-missing, which up to BlueZ 5.82 is HCI 0x06 alone") {
      $0.refusal?.kind == .keyMissing && $0.context.isBlueZ5(69...82)
    },
    Row(.repairingRefused, .certain, "a pairing that the headset began is refused by the kernel") {
      $0.attempt == .unasked && $0.isPairingRejected
    },
    // A wrong key ends a link without a reason; after a refused pairing it is ended by this computer (laboratory). Where
    // the headset began, no authentication is asked for by this computer.
    Row(.repairingRefused, .certain, "a pairing that the headset began is refused by BlueZ") {
      $0.attempt == .unasked && $0.isKeyRefused && !$0.isKeyOther && !$0.reasons.contains(.unspecified)
        && ($0.context.repairing ?? .never) == .never
    },
    Row(.dualBoot, .probable, "another key, since another system was booted") {
      $0.attempt == .connect && ($0.isKeyOther || $0.isKeyRefused && $0.isHungUp) && $0.context.workedBefore
        && !$0.context.workedInThisBoot
    },
    Row(.headsetOtherKey, .certain, "the key is another one, or is refused and the link hung up") {
      $0.isKeyOther || $0.isKeyRefused && $0.isHungUp
    },
    Row(.headsetLostKey, .certain, "the key is refused") { $0.isKeyRefused },
    // The headset cannot have begun it: we called.
    Row(.hostLostKey, .probable, "a pairing that the kernel began is refused by the headset") { $0.isPairingRejected },
  ]

  // MARK: What several causes have in common

  private static let words = [
    Row(.headsetLostKey, .possible, "profiles refused over a link, and the kernel tells of no key") {
      $0.isRefusedAfterLink && ($0.isKernelHeard || $0.context.tellsOfKeys)
    },
    Row(.headsetLostKey, .probable, "profiles refused over a link") { $0.isRefusedAfterLink },
    Row(.headsetLostKey, .probable, "the link fell again and again") {
      $0.attempt == .connect && $0.falls > 1 && $0.isCutShort && !$0.isKernelHeard
    },
    Row(.unreachable, .probable, "it answered at first and then not any more") { $0.refusal?.kind == .pageTimeout },
    // Also of an attempt of somebody else, which ended with its link.
    Row(.headsetLostKey, .possible, "the link fell at once") { $0.attempt == .connect && $0.isCutShort },
    Row(.busy, .certain, "something else is under way") { $0.refusal?.kind == .inProgress },
    // A headset with a good bond that opens nothing looks the same: never more than possible (laboratory, 5.87).
    Row(.repairingRefused, .possible, "a link that nobody asked for fell at once") {
      $0.attempt == .unasked && $0.isCutShort && !$0.isKernelHeard && ($0.context.repairing ?? .never) == .never
    },
  ]
}
