internal import Core
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that carry wishes from one computer to another.

extension ControlService {
  var carrying: [VarlinkMethod] {
    [
      serve(Control.exportPolicy) { parameters, call, _ throws(OperationError) in
        try await exportPolicy(parameters, call)
      },
      serve(Control.importPolicy) { parameters, call, _ throws(OperationError) in
        let (adoption, user) = try await adoption(parameters, call)
        let notStored = await preferences.adopt(adoption.changes, for: user)
        await watches.soundChanged()
        for change in adoption.changes { await monitors.wishesChanged(of: change.key) }
        var reply = adoption.reply(for: user)
        reply.steps = reply.steps.map(\.carriedOut)
        reply.notStored = notStored
        return reply
      },
      serve(Control.planImportPolicy) { parameters, call, _ throws(OperationError) in
        let (adoption, user) = try await adoption(parameters, call)
        return adoption.reply(for: user)
      },
    ]
  }

  private func exportPolicy(
    _ parameters: Control.ExportPolicyParameters, _ call: Call
  ) async throws(OperationError) -> Control.PolicyReply {
    let user = owner(of: call.peer)
    let wanted = try parameters.adapter.map { name throws(OperationError) in try resolver.adapterNow(name) }
    let only = wanted.flatMap(mirror.adapterAddress)
    let first = resolver.defaultAdapter.flatMap(mirror.adapterAddress)
    let keys = await preferences.keys(for: user).filter { only == nil || $0.adapter == only }
    var devices: [Address: DeviceWishes] = [:]
    for key in keys where devices[key.device] == nil || key.adapter == first {
      let wishes = await preferences.wishes(of: key, for: user)
      devices[key.device] = DeviceWishes(
        address: key.device.description, name: name(of: key.device), autoConnect: wishes.call?.isAutomatic,
        tier: wishes.call?.tier, policy: wishes.audio?.policy, preference: wishes.audio?.preference)
    }
    guard devices.count <= Control.PolicyReply.mostDevices else { throw .tooManyWishes(devices.count) }
    return Control.PolicyReply(devices: devices.sorted { $0.key < $1.key }.map(\.value))
  }

  /// What a device is called here; nil for one that is not known now.
  private func name(of device: Address) -> String? { mirror.allDevices.first { $0.id.address == device }?.alias }

  /// What is to become of each wish, and whose they are to be. Nothing is changed yet.
  private func adoption(
    _ parameters: Control.ImportPolicyParameters, _ call: Call
  ) async throws(OperationError) -> (Adoption, user: UInt32?) {
    let id = try await resolver.adapter(parameters.adapter)
    guard let adapter = mirror.adapterAddress(id) else { throw .noAdapter(mirror.host) }
    let user = owner(of: call.peer)
    let devices = try parsed(parameters)
    var room = await preferences.room
    var adoption = Adoption(adapter: id.name)
    for (address, wishes) in devices {
      let key = BondKey(adapter: adapter, device: address)
      let now = await preferences.wishes(of: key, for: user)
      let isNew = now.audio == nil && now.call == nil
      let reason = isNew && room == 0 ? Adoption.full : note(on: DeviceID(id, address))
      let count = adoption.changes.count
      adoption.add(
        wishes, of: key, name: name(of: address) ?? wishes.name?.shown, now: now, reason: reason,
        fits: !isNew || room > 0)
      if isNew, adoption.changes.count > count { room -= 1 }
    }
    return (adoption, user)
  }

  /// When wishes of a device hold that is not paired with this adapter.
  private func note(on id: DeviceID) -> String? {
    guard mirror.device(id)?.bonded != true else { return nil }
    let others = mirror.allDevices.filter { $0.id.address == id.address && $0.bonded }.map(\.id.adapter.name).sorted()
    return others.first.map { "It is paired with \($0), not with \(id.adapter.name)." }
      ?? "It is not paired here yet; what is wished holds when it is."
  }

  /// The devices that are meant; one that cannot be meant costs all.
  private func parsed(
    _ parameters: Control.ImportPolicyParameters
  ) throws(OperationError) -> [(Address, DeviceWishes)] {
    guard parameters.version == Control.PolicyReply.currentVersion else {
      throw .unusableWishes("They are of version \(parameters.version), and 1 is the one that this mdrctld knows.")
    }
    guard parameters.devices.count <= Control.PolicyReply.mostDevices else {
      throw .unusableWishes("There are \(parameters.devices.count) devices; the most is 128.")
    }
    var seen: Set<Address> = []
    return try parameters.devices.map { wishes throws(OperationError) in
      guard let address = Address(wishes.address) else {
        throw .unusableWishes("\"\(wishes.address.shown)\" is no address of a device.")
      }
      guard seen.insert(address).inserted else { throw .unusableWishes("\(address) is there twice.") }
      if let tier = wishes.tier, !CallWish.tiers.contains(tier) {
        throw .unusableWishes("\(address) is in tier \(tier); there are 1 to 9.")
      }
      return (address, wishes)
    }
  }
}

/// Wishes that are taken over, one by one.
private struct Adoption: Sendable {
  static let full = "mdrctld keeps the wishes of \(Preferences.most) devices, and has no room for another one."

  let adapter: String
  var steps: [WishStep] = []
  var changes: [(key: BondKey, wishes: Preferences.Wishes)] = []

  init(adapter: String) { self.adapter = adapter }

  /// Adds what is wished of one device; `now` is what is wished of it here.
  mutating func add(
    _ wishes: DeviceWishes, of key: BondKey, name: String?, now: Preferences.Wishes, reason: String?, fits: Bool
  ) {
    var (audio, call) = (now.audio ?? AudioWish(), now.call ?? CallWish())
    let before = steps.count
    func step(_ item: WishItem, _ value: String, _ now: String?) -> WishStep {
      let state: WishState = value == now ? .same : fits ? .planned : .impossible
      return WishStep(
        address: key.device.description, name: name, item: item, state: state, value: value, now: now, reason: reason)
    }
    if let wish = wishes.autoConnect {
      steps.append(step(.autoConnect, wish ? "on" : "off", call.isAutomatic ? "on" : "off"))
      call.isAutomatic = wish
    }
    if let wish = wishes.tier {
      steps.append(step(.tier, "\(wish)", "\(call.tier)"))
      call.tier = wish
    }
    if let wish = wishes.policy {
      steps.append(step(.policy, wish.rawValue, audio.policy.rawValue))
      audio.policy = wish
    }
    if let wish = wishes.preference {
      steps.append(step(.preference, wish.rawValue, audio.preference?.rawValue))
      audio.preference = wish
    }
    guard steps[before...].contains(where: { $0.state == .planned }) else { return }
    let ofSound = wishes.policy != nil || wishes.preference != nil
    let ofCalls = wishes.autoConnect != nil || wishes.tier != nil
    changes.append((key, Preferences.Wishes(audio: ofSound ? audio : nil, call: ofCalls ? call : nil)))
  }

  func reply(for user: UInt32?) -> Control.ImportPolicyReply {
    Control.ImportPolicyReply(adapter: adapter, user: user.map { UserNames.name(of: $0) }, steps: steps)
  }
}

extension WishStep {
  /// The same, when the plan has been carried out.
  fileprivate var carriedOut: WishStep {
    var step = self
    if step.state == .planned { step.state = .done }
    return step
  }
}

extension OperationError {
  fileprivate static func unusableWishes(_ evidence: String) -> Self {
    OperationError(
      .invalidArgument, "These wishes cannot be taken over; nothing was changed.", evidence: evidence,
      hint: "Write them down anew: mdrctl policy export.")
  }

  fileprivate static func tooManyWishes(_ count: Int) -> Self {
    OperationError(
      .failed, "Something is wished of \(count) devices, and a file has at most \(Control.PolicyReply.mostDevices).",
      hint: "Export those of one adapter: mdrctl policy export -a hci0.")
  }
}
