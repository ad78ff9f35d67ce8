internal import Interface

/// What `metrics` alone takes.
private enum Options {
  static let textfile = Setting<String>(
    "textfile", value: ValueForm(name: "FILE", kind: .file), "the file that is written, and replaced whole")
}

extension Verb {
  static let metrics = Verb(
    name: "metrics", summary: "tell Prometheus how headsets and adapters are", options: [Options.textfile],
    details: """
      In Prometheus's text format: which adapters are on, which headsets are connected, their batteries, and what is wrong
      with their pairings. Without --textfile it is printed. FILE is for node-exporter's textfile collector, in Debian
      below /var/lib/prometheus/node-exporter; its name ends with ".prom". It is never there by half, and stays as it is when
      mdrctld does not answer: node_textfile_mtime_seconds says how old it is.
      """,
    examples: """
      mdrctl metrics
      mdrctl metrics --textfile /var/lib/prometheus/node-exporter/mdrctl.prom
      """,
    run: { command throws(EarlyExit) in
      let reply = try command.call(Control.status, Control.NoParameters())
      guard let path = command[Options.textfile] else {
        return try command.output.show(reply) { _ in metricsText(reply) }
      }
      try NewFile.write(Array(metricsText(reply).utf8), to: path, replaces: true, isPublic: true)
      try command.output.show(reply) { _ in "" }
    })
}
