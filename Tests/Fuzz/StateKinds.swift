import Core
import EventLoop
import Glibc
import Interface
import Service
import Support
import Vocabulary

@testable import Daemon

// What the daemon kept itself: after a crash, a full disk, a hand that meddled, or by another version.

private let key = BondKey(adapter: Address(bits: 0x001A_7DDA_7113), device: Address(bits: 0x94DB_5600_0001))
private let boot = "3ab2c1d4-0000-4000-8000-000000000001"

/// The stores, and what is done with each when it has been read. Whatever it held, that works.
private let everyStore: [(name: String, use: @Sendable (EventLoop, String, Log) -> Void)] = [
  (
    "bonds",
    { loop, directory, log in
      BondHistory(loop: loop, directory: directory, boot: boot, log: log).assumeIsolated { history in
        for key in history.keys {
          _ = (history[key]?.finding, history.lastUse(key), history.context(key), history.use(of: key, by: 1000))
        }
        history.used(key, by: 1000)
        for known in history.keys { history.used(known, by: 1000) }
        history.found(nil, key, alias: "Headset")
        history.used(key, by: 1001)
        precondition(history.use(of: key, by: 1001) != nil, "a use is not noted")
        history.dropOutdated(key.device, but: [])
        history.write()
      }
    }
  ),
  (
    "holds",
    { loop, directory, log in
      Holds(loop: loop, directory: directory, log: log).assumeIsolated { holds in
        for key in holds.keys { _ = holds.hold(on: key) }
        _ = holds.set(.disconnected, on: key, for: .seconds(60))
        precondition(holds.hold(on: key) != nil, "a hold is not kept")
        for key in holds.keys { _ = holds.hold(on: key).map { $0.outlastsLogin(CallRules()) } }
        holds.loginBegan(CallRules())
      }
    }
  ),
  (
    "sound",
    { loop, directory, log in
      Preferences(loop: loop, directory: directory, log: log).assumeIsolated { preferences in
        _ = (preferences.wish(of: key, for: nil), preferences.wish(of: key, for: 1000))
        _ = preferences.change(key, for: 1000) { $0.policy = .stereo }
        precondition(preferences.wish(of: key, for: 1000).policy == .stereo, "a wish is not kept")
      }
    }
  ),
  (
    "connections",
    { loop, directory, log in
      Preferences(loop: loop, directory: directory, log: log).assumeIsolated { preferences in
        _ = (preferences.callWish(of: key, for: nil), preferences.callWish(of: key, for: 1000))
        _ = preferences.changeCalls(of: key, for: nil) { $0.isAutomatic = false }
        precondition(!preferences.callWish(of: key, for: nil).isAutomatic, "a wish is not kept")
      }
    }
  ),
  (
    "advices",
    { loop, directory, log in
      Advices(loop: loop, directory: directory, log: log).assumeIsolated { advices in
        _ = (advices.initializeObstacle(key), advices.wasRestarted(key))
        advices.note(.initialize, key)
        advices.note(.restart, key)
        advices.ladderEnded(key, restartFailed: true)
        precondition(advices.initializeObstacle(key) != nil, "an advice is not noted")
      }
    }
  ),
  (
    "backups",
    { loop, directory, log in
      Backups(loop: loop, directory: directory, log: log).assumeIsolated { backups in
        for device in backups.devices {
          for kept in backups.all(of: device) { _ = backups.keep(kept.backup, of: key.device, kept.occasion) }
        }
        precondition(backups.all(of: key.device).count <= Backups.most, "too many backups are kept")
      }
    }
  ),
  (
    "logins",
    { loop, directory, log in
      CalledLogins(loop: loop, directory: directory, boot: boot, log: log).assumeIsolated { logins in
        _ = logins.users
        logins.insert(1000)
        precondition(logins.contains(1000), "a login is not noted")
        logins.remove(1000)
      }
    }
  ),
  (
    "adapters",
    { loop, directory, log in
      SelectedAdapter(loop: loop, directory: directory, log: log).assumeIsolated { selected in
        _ = selected.address
        _ = selected.select("00:1A:7D:DA:71:13")
        precondition(selected.address == "00:1A:7D:DA:71:13", "a choice is not kept")
      }
    }
  ),
  (
    "recorded",
    { loop, directory, log in
      RecordedNames(loop: loop, directory: directory, log: log).assumeIsolated { names in
        let before = names.known
        let number = names.number(of: key.device, called: "Headset", at: 1_700_000_000)
        precondition(names.device(number)?.name == "Headset", "a name is not kept")
        _ = Discretion(known: before, strangers: ["Stranger"]).clean("Headset 94:DB:56:00:00:01 of Stranger")
        names.forget(key.device)
      }
    }
  ),
]

extension Kind {
  /// Each store: it is read, used as the daemon uses it, written, and read again.
  static let stores = Kind("stores", longest: 1024) { loop in
    let directory = try TemporaryDirectory()
    return { bytes in
      guard let first = bytes.first else { return }
      let store = everyStore[Int(first) % everyStore.count]
      let path = "\(directory.path)/\(store.name)"
      replace(path, Array(bytes.dropFirst()))
      let log = Log(least: .error)
      store.use(loop, directory.path, log)
      store.use(loop, directory.path, log)
      for name in [path, "\(path).bad", "\(path).new"] { _ = unsafe unlink(name) }
    }
  }

  /// Promises of removals: an entry as it may lie there, and the file of pairable adapters.
  static let journal = Kind("journal", longest: 512) { loop in
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/journal/001A7DDA7113-94DB56000001"
    guard unsafe mkdir("\(directory.path)/journal", 0o700) == 0 else { throw SystemError(call: "mkdir", errno: errno) }
    return { bytes in
      replace(path, bytes)
      replace("\(directory.path)/pairable", bytes)
      let log = Log(least: .error)
      let journal = Journal(loop: loop, directory: directory.path, log: log)
      journal.assumeIsolated { journal in
        for adapter in journal.leftPairable { journal.releasedPairable(adapter) }
        guard let entry = journal.entry(key, on: AdapterID("hci0")) else { return }
        _ = journal.names(key)
        precondition(journal.record(entry, of: key.adapter) == nil, "an entry cannot be recorded again")
        let again = Journal(loop: loop, directory: directory.path, log: log)
        precondition(again.assumeIsolated { $0.entry(key, on: AdapterID("hci0")) } == entry, "an entry has changed")
        precondition(journal.erase(key.device, of: key.adapter) == nil, "an entry cannot be erased")
      }
    }
  }

  /// The record of what happened: a piece of the ring with any bytes, told from its end to its beginning, and gone on with.
  static let history = Kind("history", longest: 2048) { loop in
    let directory = try TemporaryDirectory()
    let piece = "\(directory.path)/recorder/000000000000000"
    guard unsafe mkdir("\(directory.path)/recorder", 0o700) == 0 else { throw SystemError(call: "mkdir", errno: errno) }
    return { bytes in
      guard let first = bytes.first else { return }
      // Now and then longer than what is read at a time.
      let times = first < 250 ? 1 : (Ring.block / max(1, bytes.count)) + 2
      replace(piece, Array(repeatElement(bytes.dropFirst(), count: times).joined()))
      let recorder = Recorder(loop: loop, directory: directory.path, boot: boot, log: Log(least: .error))
      recorder.assumeIsolated { recorder in
        recorder.keep(1 << 20)
        var chronology = Chronology(boot: recorder.boot, wall: recorder.clock.wall(), uptime: recorder.clock.uptime())
        var (place, parts) = (Int?.none, 0)
        repeat {
          let part = recorder.events(before: place)
          for event in part.events {
            _ = chronology.place(event)
            _ = event.text.map { Discretion.told($0) { "\($0)" } }
          }
          if let next = part.next, let place { precondition(next < place, "the record is told in a circle") }
          (place, parts) = (part.next, parts + 1)
        } while place != nil && parts < 100
        precondition(place == nil, "the record has no beginning")
        recorder.record(Recorded(.started, word: "1"))
        let last = recorder.events(before: nil).events.first
        precondition(last?.kind == .started && last?.word == "1", "what is recorded is not told")
      }
    }
  }
}
