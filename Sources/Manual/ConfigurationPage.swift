internal import Daemon

extension Manual {
  static var configurationPage: Page {
    var page = Page(name: "mdrctl.conf", section: 5, title: "configuration of mdrctld")
    page.blocks = [
      .heading("SYNOPSIS"), .usage("/etc/mdrctl/mdrctl.conf"), .usage("/etc/mdrctl/mdrctl.conf.d/*.conf"),
      .heading("DESCRIPTION"),
      .prose(
        """
        None is needed: every key has a default. mdrctld(8) reads the file, and then those in the directory in the order \
        of the bytes of their names; of a key that is said several times the last one counts. The dialect is that of \
        BlueZ's own files: [Group], Key=value, and comments in lines of their own that begin with #.
        """),
      .prose("What was changed is put into force, and checked, by:"),
      .literal(["systemctl reload mdrctld"]),
      .prose(
        """
        Where anything is not acceptable, nothing is taken, what was in force stays in force, and the place is told. When \
        the daemon starts with such files, defaults are in force and only root may control.
        """),
      .prose("mdrctl config shows what is in force, and from which file and line."),
    ]
    var group: String?
    for key in ConfigurationKey.allCases {
      if key.group != group { page.blocks.append(.heading("[\(key.group)]")) }
      group = key.group
      let standard = key.standard.isEmpty ? "Nobody by default." : "\(key.standard) by default."
      page.blocks.append(.entry("\(key.name)=", sentence(key.purpose) + " It is \(key.requirement). " + standard))
    }
    page.blocks += [
      .heading("EXAMPLES"), .prose("The members of two groups may control, and nobody for sitting at the computer:"),
      .literal(["[Control]", "Groups=bluetooth;audio", "Seat=false"]),
    ]
    page.blocks += seeAlso("mdrctl-config(1), mdrctld(8)")
    return page
  }
}
