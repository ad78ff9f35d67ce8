internal import EventLoop

// The rules of the link: numbers, acknowledgements, repeats; and what goes wrong with them.
extension VirtualSony {
  private static let patience = Duration.milliseconds(700)

  func receive(_ frame: Wire.Frame) {
    guard frame.type != Wire.acknowledgement else { return acknowledged(frame) }
    guard frame.type == 0x0C || frame.type == 0x0E else { return violate("a frame of type \(frame.type)") }
    if frame.sequence == channel?.lastReceived?.sequence {
      // The same number again is a repeat, whatever it carries (captured from WH-1000XM4).
      if frame != channel?.lastReceived { violate("a number used twice") }
      return write(Wire.Frame(type: Wire.acknowledgement, sequence: 1 - frame.sequence, payload: []).bytes)
    }
    let message = Recording.Message(table: frame.type, payload: frame.payload)
    requests += 1
    if habits.contains(.requestLost), requests.isMultiple(of: 5), !isRepeat(frame) {
      return fire(.requestLost)
    }
    if dropsIn(message, beforeItIsDone: true) { return drop() }
    channel?.lastReceived = frame
    let acknowledgement = Wire.Frame(type: Wire.acknowledgement, sequence: 1 - frame.sequence, payload: []).bytes
    if habits.contains(.ackLost), requests.isMultiple(of: 5) {
      fire(.ackLost)
      return handle(message)
    }
    if habits.contains(.ackLate) {
      fire(.ackLate)
      handle(message)
      return write(acknowledgement)
    }
    if habits.contains(.dropInChange), isChange(message), !hasDropped {
      hasDropped = true
      fire(.dropInChange)
      handle(message)
      return drop()
    }
    if habits.contains(.join) {
      fire(.join)
      hold(acknowledgement)
      handle(message)
      return flush()
    }
    write(acknowledgement)
    guard let pace else { return handle(message) }
    later(pace.answer) { $0.handle(message) }
  }

  /// A frame that was lost before comes again with the number that was not taken.
  private func isRepeat(_ frame: Wire.Frame) -> Bool {
    defer { lost = frame }
    return lost == frame
  }

  func isChange(_ message: Recording.Message) -> Bool {
    [0x68, 0x58, 0xE8, 0xF8, 0xD8, 0x28, 0xA8, 0x48, 0xFC].contains(message.payload.first ?? 0)
  }

  private func dropsIn(_ message: Recording.Message, beforeItIsDone: Bool) -> Bool {
    guard !hasDropped, channel?.isShaken == true else { return false }
    if habits.contains(.dropBeforeChange), isChange(message) {
      hasDropped = true
      fire(.dropBeforeChange)
      return true
    }
    guard habits.contains(.dropInQuestion), !isChange(message), (message.payload.first ?? 0) > 0x07 else {
      return false
    }
    questions += 1
    guard questions == 2 else { return false }
    hasDropped = true
    fire(.dropInQuestion)
    return true
  }

  private func acknowledged(_ frame: Wire.Frame) {
    guard frame.payload.isEmpty else { return violate("an acknowledgement with a payload") }
    guard let outstanding = channel?.outstanding, frame.sequence == 1 - outstanding.sequence else {
      // Of a frame that was sent twice, the second one.
      if habits.contains(.repeats) || habits.contains(.noise) || habits.contains(.join) { return }
      return violate("an acknowledgement of nothing")
    }
    if let timer = channel?.timer { loop.cancel(timer) }
    channel?.timer = nil
    if case .memory(let line) = channel?.transport { line.disarm() }
    channel?.outstanding = nil
    sayNext()
  }

  /// Sends a frame of its own when those before it are acknowledged.
  func say(_ message: Recording.Message) {
    channel?.queue.append(message)
    sayNext()
  }

  private func sayNext() {
    guard let waiting = channel, waiting.outstanding == nil, let next = waiting.queue.first else { return }
    channel?.queue.removeFirst()
    let frame = Wire.Frame(type: next.table, sequence: waiting.sequence, payload: next.payload)
    channel?.sequence = 1 - waiting.sequence
    channel?.outstanding = frame
    channel?.tries = 1
    channel?.sent += 1
    if habits.contains(.noise) {
      fire(.noise)
      write([0x00, 0xFF, 0x3E, 0x0C, 0x3E, 0x0C, 0x00, 0x00, 0x00, 0x00, 0x01, 0x67, 0x99, 0x3C, 0x3D, 0x2C])
    }
    write(frame.bytes)
    if habits.contains(.repeats), (channel?.sent ?? 0).isMultiple(of: 2) {
      fire(.repeats)
      write(frame.bytes)
    }
    arm()
  }

  private func arm() {
    if case .memory(let line) = channel?.transport { return line.arm(after: Self.patience) }
    channel?.timer = loop.schedule(after: Self.patience) { [weak self] in self?.assumeIsolated { $0.repeatFrame() } }
  }

  func repeatFrame() {
    guard let frame = channel?.outstanding else { return }
    guard channel?.tries ?? 0 < 4 else {
      violate("a frame was never acknowledged")
      return drop()
    }
    channel?.tries += 1
    write(frame.bytes)
    arm()
  }

  // MARK: Bytes

  private func hold(_ bytes: [UInt8]) { channel?.output += bytes }

  private func flush() {
    guard let held = channel?.output, !held.isEmpty else { return }
    channel?.output = []
    put(held)
  }

  func write(_ bytes: [UInt8]) {
    if habits.contains(.join), channel?.output.isEmpty == false { return hold(bytes) }
    guard habits.contains(.split) else { return put(bytes) }
    fire(.split)
    for byte in bytes { put([byte]) }
  }

  private func put(_ bytes: [UInt8]) {
    switch channel?.transport {
    case .memory(let line): line.put(bytes)
    case .socket(let number, _):
      let descriptor = FileDescriptor(owning: number)
      // A socket of this computer takes far more than a session sends.
      if (try? descriptor.send(bytes[...])) != bytes.count { violations.append("the host does not read") }
      _ = descriptor.take()
    case nil: return
    }
  }
}
