// The values of org.mdrctl.Control that are about sound. What each field means is said once, in
// org.mdrctl.Control.varlink.

package import Vocabulary

/// How a device's audio is, how it should be, and why it is as it is.
package struct Sound: Codable, Hashable, Sendable {
  package typealias Policy = AudioPolicy
  package typealias Preference = CodecPreference
  package typealias Decider = AudioDecider
  package typealias Cause = AudioCause

  package var policy: Policy
  package var policyUser: String?
  package var preference: Preference?
  package var session: SoundSession?
  package var card: SoundCard?
  package var decidedBy: Decider
  package var cause: Cause
  package var message: String
  package var evidence: String?
  package var hint: String?
  package var login: [LoginStep]?

  package init(
    policy: Policy, policyUser: String? = nil, preference: Preference? = nil, session: SoundSession? = nil,
    card: SoundCard? = nil, decidedBy: Decider, cause: Cause, message: String, evidence: String? = nil,
    hint: String? = nil, login: [LoginStep]? = nil
  ) {
    self.policy = policy
    self.policyUser = policyUser
    self.preference = preference
    self.session = session
    self.card = card
    self.decidedBy = decidedBy
    self.cause = cause
    self.message = message
    self.evidence = evidence
    self.hint = hint
    self.login = login
  }
}

/// The login session whose sound server is followed.
package struct SoundSession: Codable, Hashable, Sendable {
  package var user: String
  package var uid: Int
  package var state: String?
  package var server: String?

  package init(user: String, uid: Int, state: String? = nil, server: String? = nil) {
    self.user = user
    self.uid = uid
    self.state = state
    self.server = server
  }
}

/// A device as the sound server has it.
package struct SoundCard: Codable, Hashable, Sendable {
  package typealias Kind = AudioKind

  package var name: String
  package var profile: String?
  package var kind: Kind
  package var codec: String?
  package var sink: String?
  package var isDefault: Bool
  package var captures: [Capture]
  package var recorders: Int?

  package init(
    name: String, profile: String?, kind: Kind, codec: String? = nil, sink: String? = nil, isDefault: Bool = false,
    captures: [Capture] = [], recorders: Int? = nil
  ) {
    self.name = name
    self.profile = profile
    self.kind = kind
    self.codec = codec
    self.sink = sink
    self.isDefault = isDefault
    self.captures = captures
    self.recorders = recorders
  }
}

/// A program that records from a headset.
package struct Capture: Codable, Hashable, Sendable {
  package var application: String
  package var process: Int?

  package init(application: String, process: Int? = nil) {
    self.application = application
    self.process = process
  }
}

/// One step from a login to stereo sound.
package struct LoginStep: Codable, Hashable, Sendable {
  package typealias Name = LoginMilestone

  package var step: Name
  package var milliseconds: Int

  package init(step: Name, milliseconds: Int) {
    self.step = step
    self.milliseconds = milliseconds
  }
}

/// A codec that a device and the sound server share.
package struct SoundCodec: Codable, Hashable, Sendable {
  package var name: String
  package var description: String
  package var active: Bool

  package init(name: String, description: String, active: Bool) {
    self.name = name
    self.description = description
    self.active = active
  }
}
