internal import Bridge
internal import Daemon
internal import Flush
internal import Interface
internal import Knowledge
internal import KnowledgeFiles
internal import Service
internal import Session

extension Manual {
  static var servicePages: [Page] {
    [
      page(
        of: sessionArguments, section: 1, title: "the part of mdrctl in a login session",
        files: [
          (Control.socketPath, "Where it joins mdrctld."),
          ("mdrctl-session.service", "The unit of the user's service manager that starts it."),
        ],
        others: "mdrctl(1), mdrctl-profile(1), mdrctld(8)"),
      page(
        of: daemonArguments, section: 8, title: "the daemon that controls Bluetooth headphones",
        files: [
          (Control.socketPath, "Its socket; see org.mdrctl.Control(7)."),
          ("/etc/mdrctl/mdrctl.conf, /etc/mdrctl/mdrctl.conf.d/*.conf", "Its configuration; see mdrctl.conf(5)."),
          ("\(Catalogue.directory)/*.json", "Models of headsets that are added."),
          ("/var/lib/mdrctl", "What is kept over restarts; no key is."),
          ("mdrctld.service, mdrctld.socket", "The units that start it."),
        ],
        others: "mdrctl(1), mdrctl.conf(5), org.mdrctl.Control(7), mdrctl-flush(8), bluetoothd(8)"),
      page(
        of: bridgeArguments, section: 8, title: "headsets of this computer in Home Assistant",
        files: [
          ("/etc/mdrctl/bridge.conf", "Its configuration, as above."),
          ("/etc/credstore/mqtt-password", "The password, in the first line; for root alone."),
          ("/usr/share/doc/mdrctl/home-assistant.md", "What is published, and how commands are allowed."),
          ("mdrctl-bridge.service", "The unit that starts it."),
        ],
        others: "mdrctl(1), mdrctld(8), org.mdrctl.Control(7), mosquitto(8)", more: bridgeConfiguration),
      page(
        of: flushArguments, section: 8, title: "the privileged helper of mdrctl",
        files: [
          (Flush.socketPath, "Its socket, which only mdrctld may use."),
          ("/var/lib/bluetooth", "What bluetoothd keeps of devices."),
          ("mdrctl-flush.socket, mdrctl-flush@.service", "The units that start it."),
        ],
        others: "mdrctl(1), mdrctl-status(1), mdrctld(8), bluetoothd(8)"),
    ]
  }

  /// The keys of bridge.conf.
  private static var bridgeConfiguration: [Block] {
    var blocks: [Block] = [
      .heading("CONFIGURATION"),
      .prose(
        """
        The dialect is that of mdrctl.conf(5): [Group], Key=value, and comments in lines of their own that begin with #. \
        What is not acceptable is told with its line, and the service ends. It reads the file when it starts.
        """),
    ]
    for key in BridgeKey.allCases {
      blocks.append(
        .entry("[\(key.group)] \(key.name)=", sentence(key.purpose) + " It is \(key.requirement). \(key.standard)"))
    }
    return blocks
  }

  private static func page(
    of arguments: ServiceArguments, section: Int, title: String, files: [(String, String)], others: String,
    more: [Block] = []
  ) -> Page {
    var page = Page(name: arguments.program, section: section, title: title)
    let words = arguments.questions + arguments.others
    page.blocks = [.heading("SYNOPSIS"), .usage("\(arguments.program) [\(words.joined(separator: " | "))]")]
    page.blocks.append(.heading("DESCRIPTION"))
    // The table of variables is a section of its own.
    let parts = arguments.help.split(separator: "\n", omittingEmptySubsequences: false)
    let end = parts.firstIndex(of: "Environment:") ?? parts.endIndex
    page.blocks += [Block](plain: parts[..<end].joined(separator: "\n"))
    page.blocks += [
      .heading("OPTIONS"), .entry("--help", "Say what it is for, and end."), .entry("--version", "Print the version."),
    ]
    page.blocks += arguments.others.map { .entry($0, "As said above.") }
    page.blocks += [
      .heading("EXIT STATUS"), .prose("0 when it was told to stop, 1 when it cannot go on, 2 for a wrong argument."),
    ]
    if end < parts.endIndex {
      page.blocks.append(.heading("ENVIRONMENT"))
      page.blocks += [Block](plain: parts[(end + 1)...].joined(separator: "\n"))
    }
    page.blocks += more
    page.blocks.append(.heading("FILES"))
    page.blocks += files.map { .entry($0.0, $0.1) }
    page.blocks += seeAlso(others)
    return page
  }
}
