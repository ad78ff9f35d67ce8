internal import CPulse
internal import EventLoop
internal import Glibc

/// libpulse's main loop, on the event loop: its descriptors, timers and deferred calls.
///
/// libpulse calls these functions from within its own and from nowhere else, all on the loop's thread. Each source is an
/// object here, which libpulse holds until it frees it.
@safe final class PulseLoop {
  private let loop: EventLoop
  /// What libpulse is given; valid as long as this object.
  let api: UnsafeMutablePointer<pa_mainloop_api>
  /// libpulse may have two sources on one descriptor for a moment; epoll takes one.
  private var descriptors: [Int32: Descriptor] = [:]

  private struct Descriptor {
    let watch: Watch
    var sources: [DescriptorSource]
  }

  init(_ loop: EventLoop) {
    self.loop = loop
    unsafe api = .allocate(capacity: 1)
    unsafe api.initialize(to: pa_mainloop_api())
    unsafe api.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
    installDescriptors()
    installTimers()
    installDeferred()
    unsafe api.pointee.quit = { _, _ in }
  }

  deinit { unsafe api.deallocate() }

  private static func from(_ api: UnsafeMutablePointer<pa_mainloop_api>?) -> PulseLoop? {
    guard let userdata = unsafe api?.pointee.userdata else { return nil }
    return unsafe Unmanaged<PulseLoop>.fromOpaque(userdata).takeUnretainedValue()
  }

  // MARK: Sources

  /// What the three kinds of source have in common: libpulse owns one reference, and gives it back by freeing the source.
  @safe private class Source {
    let owner: PulseLoop
    let userdata: UnsafeMutableRawPointer?
    private(set) var isFreed = false

    init(_ owner: PulseLoop, _ userdata: UnsafeMutableRawPointer?) {
      self.owner = owner
      unsafe self.userdata = unsafe userdata
    }

    /// What libpulse calls the source.
    var handle: OpaquePointer { unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    func handOver() -> OpaquePointer { unsafe OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

    func free() {
      isFreed = true
      end()
      tellDestroyed()
      unsafe Unmanaged.passUnretained(self).release()
    }

    func end() {}
    func tellDestroyed() {}
  }

  private static func source<Kind: Source>(_ handle: OpaquePointer?, _ kind: Kind.Type = Kind.self) -> Kind? {
    guard let handle = unsafe handle else { return nil }
    return unsafe Unmanaged<Kind>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  // MARK: Descriptors

  @safe private final class DescriptorSource: Source {
    let descriptor: Int32
    let callback: pa_io_event_cb_t?
    var destroyed: pa_io_event_destroy_cb_t?
    var interest: pa_io_event_flags_t

    init(
      _ owner: PulseLoop, _ userdata: UnsafeMutableRawPointer?, _ descriptor: Int32, _ interest: pa_io_event_flags_t,
      _ callback: pa_io_event_cb_t?
    ) {
      self.descriptor = descriptor
      self.interest = interest
      unsafe self.callback = unsafe callback
      unsafe super.init(owner, userdata)
    }

    override func end() { owner.remove(self) }
    override func tellDestroyed() { unsafe destroyed?(owner.api, handle, userdata) }

    func handle(_ readiness: Readiness) {
      // Errors are told whether they were asked for or not.
      var flags = readiness.flags.rawValue & ~(UInt32(CPULSE_INPUT) | UInt32(CPULSE_OUTPUT))
      flags |= readiness.flags.rawValue & interest.rawValue
      if !isFreed, flags != 0 {
        unsafe callback?(owner.api, handle, descriptor, pa_io_event_flags_t(flags), userdata)
      }
    }
  }

  private func installDescriptors() {
    unsafe api.pointee.io_new = { api, descriptor, interest, callback, userdata in
      guard let loop = unsafe PulseLoop.from(api) else { return nil }
      let source = unsafe DescriptorSource(loop, userdata, descriptor, interest, callback)
      return unsafe loop.add(source) ? source.handOver() : nil
    }
    unsafe api.pointee.io_enable = { handle, interest in
      guard let source = unsafe PulseLoop.source(handle, DescriptorSource.self) else { return }
      source.interest = interest
      source.owner.updateInterest(in: source.descriptor)
    }
    unsafe api.pointee.io_free = { unsafe PulseLoop.source($0, DescriptorSource.self)?.free() }
    unsafe api.pointee.io_set_destroy = { unsafe PulseLoop.source($0, DescriptorSource.self)?.destroyed = $1 }
  }

  private func add(_ source: DescriptorSource) -> Bool {
    let number = source.descriptor
    if descriptors[number] != nil {
      descriptors[number]?.sources.append(source)
      updateInterest(in: number)
      return true
    }
    let watch = try? loop.watch(number, for: Readiness(source.interest)) { [unowned self] readiness in
      for source in descriptors[number]?.sources ?? [] { source.handle(readiness) }
    }
    guard let watch else { return false }
    descriptors[number] = Descriptor(watch: watch, sources: [source])
    return true
  }

  private func remove(_ source: DescriptorSource) {
    descriptors[source.descriptor]?.sources.removeAll { $0 === source }
    guard let entry = descriptors[source.descriptor], entry.sources.isEmpty else {
      return updateInterest(in: source.descriptor)
    }
    descriptors[source.descriptor] = nil
    loop.cancel(entry.watch)
  }

  private func updateInterest(in descriptor: Int32) {
    guard let entry = descriptors[descriptor] else { return }
    loop.update(entry.watch, for: entry.sources.reduce(into: []) { $0.formUnion(Readiness($1.interest)) })
  }

  // MARK: Timers

  @safe private final class TimeSource: Source {
    let callback: pa_time_event_cb_t?
    var destroyed: pa_time_event_destroy_cb_t?
    private var time = timeval()
    private var timer: TimerToken?

    init(_ owner: PulseLoop, _ userdata: UnsafeMutableRawPointer?, _ callback: pa_time_event_cb_t?) {
      unsafe self.callback = unsafe callback
      unsafe super.init(owner, userdata)
    }

    override func end() { unsafe set(nil) }
    override func tellDestroyed() { unsafe destroyed?(owner.api, handle, userdata) }

    /// Without a time it waits to be given one.
    func set(_ time: UnsafePointer<timeval>?) {
      if let timer { owner.loop.cancel(timer) }
      timer = nil
      guard let time = unsafe time else { return }
      self.time = unsafe time.pointee
      let delay = unsafe cpulse_delay_us(time)
      timer = owner.loop.schedule(after: .microseconds(delay)) { [self] in fire() }
    }

    private func fire() {
      timer = nil
      guard !isFreed else { return }
      // A copy: the call may set the source again.
      var time = time
      unsafe callback?(owner.api, handle, &time, userdata)
    }
  }

  private func installTimers() {
    unsafe api.pointee.time_new = { api, time, callback, userdata in
      guard let loop = unsafe PulseLoop.from(api) else { return nil }
      let source = unsafe TimeSource(loop, userdata, callback)
      unsafe source.set(time)
      return unsafe source.handOver()
    }
    unsafe api.pointee.time_restart = { unsafe PulseLoop.source($0, TimeSource.self)?.set($1) }
    unsafe api.pointee.time_free = { unsafe PulseLoop.source($0, TimeSource.self)?.free() }
    unsafe api.pointee.time_set_destroy = { unsafe PulseLoop.source($0, TimeSource.self)?.destroyed = $1 }
  }

  // MARK: Deferred calls

  /// Called in every turn of the loop while it is enabled.
  @safe private final class DeferredSource: Source {
    let callback: pa_defer_event_cb_t?
    var destroyed: pa_defer_event_destroy_cb_t?
    private var timer: TimerToken?

    init(_ owner: PulseLoop, _ userdata: UnsafeMutableRawPointer?, _ callback: pa_defer_event_cb_t?) {
      unsafe self.callback = unsafe callback
      unsafe super.init(owner, userdata)
      enable(true)
    }

    override func end() { enable(false) }
    override func tellDestroyed() { unsafe destroyed?(owner.api, handle, userdata) }

    func enable(_ enabled: Bool) {
      guard enabled != (timer != nil) else { return }
      if let timer { owner.loop.cancel(timer) }
      timer = enabled ? owner.loop.schedule(after: .zero) { [self] in fire() } : nil
    }

    private func fire() {
      timer = nil
      guard !isFreed else { return }
      // Again in the next turn, unless the call disables it.
      enable(true)
      unsafe callback?(owner.api, handle, userdata)
    }
  }

  private func installDeferred() {
    unsafe api.pointee.defer_new = { api, callback, userdata in
      guard let loop = unsafe PulseLoop.from(api) else { return nil }
      return unsafe DeferredSource(loop, userdata, callback).handOver()
    }
    unsafe api.pointee.defer_enable = { unsafe PulseLoop.source($0, DeferredSource.self)?.enable($1 != 0) }
    unsafe api.pointee.defer_free = { unsafe PulseLoop.source($0, DeferredSource.self)?.free() }
    unsafe api.pointee.defer_set_destroy = { unsafe PulseLoop.source($0, DeferredSource.self)?.destroyed = $1 }
  }
}

extension Readiness {
  fileprivate init(_ interest: pa_io_event_flags_t) {
    self = []
    if interest.rawValue & UInt32(CPULSE_INPUT) != 0 { insert(.readable) }
    if interest.rawValue & UInt32(CPULSE_OUTPUT) != 0 { insert(.writable) }
  }

  fileprivate var flags: pa_io_event_flags_t {
    var flags: UInt32 = 0
    if contains(.readable) { flags |= UInt32(CPULSE_INPUT) }
    if contains(.writable) { flags |= UInt32(CPULSE_OUTPUT) }
    if !isDisjoint(with: .broken) { flags |= UInt32(CPULSE_HANGUP) }
    return pa_io_event_flags_t(flags)
  }
}
