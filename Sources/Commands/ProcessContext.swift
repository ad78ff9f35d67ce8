internal import CLinux
package import Glibc

/// What a run of mdrctl has to do with, as given by the process or by a test.
package struct ProcessContext {
  /// Without the program's name.
  package var arguments: [String]
  /// The value of an environment variable.
  package var variable: (String) -> String?
  package var results: TextSink
  package var remarks: TextSink
  /// Where answers to questions come from.
  package var input: Int32
  package var inputIsTerminal: Bool
  package var interrupts: Interrupts
  /// For what the daemon knows by itself: it has hung when it does not tell by then.
  package var patience: Duration
  /// The wall clock, in seconds since 1970.
  package var now: () -> Int
  /// A clock that only goes forward.
  package var clock: () -> Duration
  /// The modules of the kernel that runs.
  var modules: () -> KernelModules
  /// What the controller tells of a link, by the names of the adapter and the device.
  var link: (String, String) -> Result<LinkReading, LinkReading.Obstacle>
  /// How much of the last ten seconds something waited for a processor, in percent; nil where nobody tells.
  var pressure: () -> Int?
  /// Takes the block of an adapter's rfkill switch away.
  var unblock: (String) throws(RfkillSwitch.Obstacle) -> Void
  /// What names people have on this computer, what it is called, and which system runs on it.
  var surroundings: () -> Surroundings
  /// What the system's journal says of Bluetooth; nil where there is none.
  var journal: () -> [String]?
  /// Waits until one of these can be read, at most so long; nil: as long as it takes.
  package var wait: (inout [pollfd], Duration?) -> Void
  /// Lets go of the standard output: whoever reads it sees its end, and what is written afterwards goes nowhere.
  var closeOutput: () -> Void = {}

  package init(
    arguments: [String], variable: @escaping (String) -> String?, results: TextSink, remarks: TextSink, input: Int32,
    inputIsTerminal: Bool, interrupts: Interrupts, patience: Duration = .seconds(10),
    now: @escaping () -> Int = { time(nil) }, clock: @escaping () -> Duration = ProcessContext.steadyClock(),
    modules: @escaping () -> KernelModules = KernelModules.look,
    link: @escaping (String, String) -> Result<LinkReading, LinkReading.Obstacle> = LinkReading.read,
    pressure: @escaping () -> Int? = { ProcessorPressure.read() },
    unblock: @escaping (String) throws(RfkillSwitch.Obstacle) -> Void = RfkillSwitch().unblock,
    surroundings: @escaping () -> Surroundings = Surroundings.look,
    journal: @escaping () -> [String]? = SystemJournal.read,
    wait: @escaping (inout [pollfd], Duration?) -> Void = ProcessContext.poll
  ) {
    self.arguments = arguments
    self.variable = variable
    self.results = results
    self.remarks = remarks
    self.input = input
    self.inputIsTerminal = inputIsTerminal
    self.interrupts = interrupts
    self.patience = patience
    self.now = now
    self.clock = clock
    self.modules = modules
    self.link = link
    self.pressure = pressure
    self.unblock = unblock
    self.surroundings = surroundings
    self.journal = journal
    self.wait = wait
  }

  package static func steadyClock() -> () -> Duration {
    let begun = ContinuousClock.now
    return { ContinuousClock.now - begun }
  }

  package static func poll(_ entries: inout [pollfd], atMost time: Duration?) {
    let milliseconds = time.map { Int32(clamping: Int($0 / .milliseconds(1)) + 1) } ?? -1
    while unsafe Glibc.poll(&entries, nfds_t(entries.count), milliseconds) < 0, errno == EINTR {}
  }

  /// A person sees the results and can answer.
  var isInteractive: Bool { inputIsTerminal && results.isTerminal }

  /// Those of this process. From here on SIGHUP, SIGINT and SIGTERM are only seen through ``interrupts``; one that was
  /// ignored when the process was started stays ignored.
  static func process() -> ProcessContext {
    // Else results could be written to the daemon's connection.
    _ = clinux_occupy_standard_descriptors()
    let variable = { (name: String) in unsafe getenv(name).map { unsafe String(cString: $0) } }
    let sink = { (descriptor: Int32) in
      TextSink(descriptor: descriptor, isTerminal: isatty(descriptor) == 1, variable: variable)
    }
    var context = ProcessContext(
      arguments: Array(CommandLine.arguments.dropFirst()), variable: variable,
      results: sink(STDOUT_FILENO), remarks: sink(STDERR_FILENO),
      input: STDIN_FILENO, inputIsTerminal: isatty(STDIN_FILENO) == 1, interrupts: .process())
    context.closeOutput = {
      let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
      if nowhere >= 0 { dup2(nowhere, STDOUT_FILENO) }
    }
    return context
  }
}
