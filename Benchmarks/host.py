"""host.py SIMULATOR BUILD: what can be measured beside the simulator, without Bluetooth.

Everything is measured side by side in one run, turn by turn, and told as medians: wall time, and the processor time of
the process itself, which other work on the machine disturbs less. BENCH_BEFORE names a folder with the mdrctl and the
mdrctld of another build, stripped: they are then measured beside those of this build.
"""

import itertools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import table

HEADSET = "94:DB:56:8A:00:01"
STORM = 5000
BEFORE = os.environ.get("BENCH_BEFORE")
# Clients that wait, and changes of a device while they do.
WAITS = 60
SHORT_STORM = 20
# A storm for whoever asks for it: nobody else sets the timeout of discoverability.
SCRIPT = {
    "devices": [{"address": HEADSET, "bonded": "both"}],
    "events": [{"on": "Set DiscoverableTimeout", "do": "storm", "to": HEADSET, "count": STORM, "times": 1000}],
}


def main():
    simulator, build = sys.argv[1], pathlib.Path(sys.argv[2])

    def beside(part, *options, daemon=None):
        command = [simulator, *options, "--", sys.executable, __file__, "--inside", part, str(build)]
        environment = {**os.environ, "MDRCTLD": daemon} if daemon else None
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout)

    figures = beside("status")
    table.heading("mdrctl status, a whole process")
    for rival, budget in (("C", "<= 2"), ("bluetoothctl", "<= 0.10")):
        for number, kind in enumerate(("wall", "processor")):
            table.row(f"beside {rival}, {kind}", *(pick(figures[who], number) for who in ("mdrctl", rival)), "ms",
                      budget if kind == "wall" else "")
    if BEFORE:
        for number, kind in enumerate(("wall", "processor")):
            figure = [pick(figures[who], number) for who in ("mdrctl", "before")]
            table.row(f"beside the build before, {kind}", *figure, "ms")

        table.heading("mdrctld, beside the build before")
        runs = [(beside("idle"), beside("idle", daemon=f"{BEFORE}/mdrctld")) for _ in range(15)]
        for figure in runs[0][0]:
            table.row(figure, *([run[figure] for run in side] for side in zip(*runs)), "kB")

    table.heading("ready, exec to READY=1 (C: fetches and walks)")
    for devices in (10, 100, 1000, 10000):
        figures = beside("ready", f"--devices={devices}")
        for number, kind in enumerate(("wall", "processor")):
            table.row(f"{devices:,} devices, {kind}", pick(figures["ready"], number), pick(figures["walk"], number),
                      "ms", "<= 1.5" if devices == 1000 and kind == "wall" else "")
            if BEFORE:
                sides = [pick(figures[who], number) for who in ("ready", "before")]
                table.row("  beside the build before", *sides, "ms")

    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump(SCRIPT, script)
        script.flush()
        figures = beside("signals", f"--script={script.name}")
        if BEFORE:
            other = beside("signals", f"--script={script.name}", daemon=f"{BEFORE}/mdrctld")
    table.heading(f"one PropertiesChanged (of {STORM:,}; C: walks it)")
    table.row("processor time", figures["daemon"], figures["walk"], "us", "<= 2")
    if BEFORE:
        table.row("  beside the build before", figures["daemon"], other["daemon"], "us")

    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump(SCRIPT | {"events": [SCRIPT["events"][0] | {"count": SHORT_STORM}]}, script)
        script.flush()
        options = ("--devices=1000", f"--script={script.name}")
        runs = []
        for _ in range(3 if BEFORE else 1):
            other = beside("clients", *options, daemon=f"{BEFORE}/mdrctld") if BEFORE else None
            runs.append((beside("clients", *options), other))

    def both(name):
        return ([figure for own, _ in runs for figure in own[name]],
                [figure for _, other in runs for figure in other[name]] if BEFORE else None)

    table.heading(f"1,000 devices{', beside the build before' if BEFORE else ''}")
    table.row("one change of a device, processor time", *both("alone"), "us")
    for state in ("connected", "paired"):
        table.row(f"the same, {WAITS} waits of a user for {state}", *both(state), "us")
    table.row("the same, 20 monitors", *both("monitors"), "us")
    table.row("anonymous memory", *both("memory"), "MB")
    table.row(f"the most of it, {WAITS} lists at once that nobody reads", *both("most"), "MB")
    table.row("when they have gone", *both("after"), "MB")

    table.heading("programs, stripped")
    for name in ("mdrctl", "mdrctld"):
        table.row(name, (build / name).stat().st_size / 1e6, None, "MB")


def pick(runs, number):
    return [run[number] for run in runs]


def timed(*command):
    """Wall and processor milliseconds from spawn to exit."""
    output = [(os.POSIX_SPAWN_OPEN, descriptor, "/dev/null", os.O_WRONLY, 0) for descriptor in (1, 2)]
    before = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=output)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - before
    if status:
        sys.exit(f"bench: {' '.join(command)}: status {status}")
    return [wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3]


def status(build):
    figures = {"mdrctl": [], "C": [], "bluetoothctl": [], "before": []}
    for turn in range(500 if BEFORE else 100):
        figures["mdrctl"].append(timed(f"{build}/mdrctl", "status"))
        figures["C"].append(timed(f"{build}/status"))
        if BEFORE:
            figures["before"].append(timed(f"{BEFORE}/mdrctl", "status"))
        if turn < 20:
            both = [timed("bluetoothctl", "show"), timed("bluetoothctl", "devices")]
            figures["bluetoothctl"].append([sum(column) for column in zip(*both)])
    return figures


def processor_nanoseconds(process):
    return int(pathlib.Path(f"/proc/{process}/schedstat").read_text().split()[0])


def ready_once(build, directory):
    """Wall and processor milliseconds from exec to READY=1."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        path = f"{directory}/notify"
        manager.bind(path)
        environment = {**os.environ, "NOTIFY_SOCKET": path, "MDRCTL_SOCKET": f"{directory}/socket"}
        output = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
        before = time.perf_counter()
        process = os.posix_spawn(f"{build}/mdrctld", ["mdrctld"], environment, file_actions=output)
        while b"READY=1" not in manager.recv(4096):
            pass
        figures = [(time.perf_counter() - before) * 1e3, processor_nanoseconds(process) / 1e6]
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
        os.unlink(path)
    return figures


def ready(build):
    figures = {"ready": [], "walk": [], "before": []}
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(31 if BEFORE else 11):
            figures["ready"].append(ready_once(build, directory))
            figures["walk"].append(timed(f"{build}/walk"))
            if BEFORE:
                figures["before"].append(ready_once(BEFORE, directory))
    return figures


def idle(build):
    """Kilobytes of a daemon that has had nothing to do yet, then of one that has answered, and the most it ever had
    after a call that is long and takes much memory to understand."""
    daemon = daemon_of_this_bus()
    settled(daemon)
    figures = {"idle, Pss": memory(daemon, "smaps_rollup", "Pss")}
    for _ in range(20):
        timed(f"{build}/mdrctl", "status")
        timed(f"{build}/mdrctl", "list", "--all")
    settled(daemon)
    figures["idle after 40 calls, Pss"] = memory(daemon, "smaps_rollup", "Pss")
    figures["idle after 40 calls, anonymous"] = memory(daemon, "status", "RssAnon")
    received(call("List", many=[{}] * 16_000))
    figures["the most, after a call with 16,000 objects"] = memory(daemon, "status", "VmHWM")
    return figures


def memory(daemon, file, name):
    """Kilobytes."""
    return int(re.search(rf"^{name}:\s*(\d+)", pathlib.Path(f"/proc/{daemon}/{file}").read_text(), re.M)[1])


def signals(build):
    """Processor microseconds per signal. Daemon and rival get the same storms at the same time."""
    daemon = daemon_of_this_bus()
    figures = {"daemon": [], "walk": []}
    for _ in range(5):
        walk = subprocess.Popen([f"{build}/walk", "signals", str(STORM)], stdout=subprocess.PIPE, text=True)
        walk.stdout.readline()
        before = processor_nanoseconds(daemon)
        storm()
        microseconds = float(re.match(r"\S+", walk.communicate(timeout=120)[0])[0])
        figures["walk"].append(microseconds / STORM)
        figures["daemon"].append((settled(daemon) - before) / 1e3 / STORM)
    return figures


def storm():
    """Returns when all signals have been sent."""
    subprocess.run(
        ["dbus-send", f"--bus={os.environ['DBUS_SYSTEM_BUS_ADDRESS']}", "--print-reply", "--dest=org.bluez",
         "/org/bluez/hci0", "org.freedesktop.DBus.Properties.Set", "string:org.bluez.Adapter1",
         "string:DiscoverableTimeout", f"variant:uint32:{next(TURNS)}"], check=True, stdout=subprocess.DEVNULL)


TURNS = itertools.count()


def call(method, **parameters):
    """A connection with a call whose first reply has come."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ["MDRCTL_SOCKET"])
    message = {"method": f"org.mdrctl.Control.{method}", "parameters": parameters, "more": True}
    connection.sendall(json.dumps(message).encode() + b"\0")
    return connection


def received(connection):
    """Reads the first reply."""
    answer = b""
    while b"\0" not in answer:
        answer += connection.recv(1 << 20)
    return connection


def change(daemon):
    """Processor microseconds for one change of a device."""
    before = processor_nanoseconds(daemon)
    storm()
    return (settled(daemon) - before) / 1e3 / SHORT_STORM


def anonymous(daemon):
    """Megabytes."""
    return memory(daemon, "status", "RssAnon") / 1e3


def clients(_):
    """What clients make a change cost, and what memory they make the daemon take."""
    daemon = daemon_of_this_bus()
    settled(daemon)
    figures = {"memory": [anonymous(daemon)], "alone": [change(daemon) for _ in range(3)]}
    waiting = {"connected": ("Wait", {"device": HEADSET, "state": "connected", "timeout": 86_400_000}),
               "paired": ("Wait", {"device": "Nobody", "state": "paired", "timeout": 86_400_000})}
    for state, (method, parameters) in waiting.items():
        connections = [received(call(method, **parameters)) for _ in range(WAITS)]
        figures[state] = [change(daemon) for _ in range(3)]
        for connection in connections:
            connection.close()
    connections = [received(call("Monitor")) for _ in range(20)]
    readers = [threading.Thread(target=drain, args=[connection], daemon=True) for connection in connections]
    for reader in readers:
        reader.start()
    figures["monitors"] = [change(daemon) for _ in range(3)]
    for connection in connections:
        connection.shutdown(socket.SHUT_RDWR)
    connections = [call("List", all=True) for _ in range(WAITS)]
    settled(daemon)
    figures["most"] = [anonymous(daemon)]
    for connection in connections:
        connection.close()
    time.sleep(5)
    figures["after"] = [anonymous(daemon)]
    return figures


def drain(connection):
    while connection.recv(1 << 20):
        pass


def settled(process):
    """Its processor time once it is idle."""
    last = -1
    while (now := processor_nanoseconds(process)) != last:
        last = now
        time.sleep(0.2)
    return now


def daemon_of_this_bus():
    """The daemon that the simulator started: a descendant of the simulator, as this program is."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "comm").read_text() == "mdrctld\n" and os.getppid() in ancestors(int(entry.name)):
                return int(entry.name)
        except OSError:
            continue
    sys.exit("bench: the simulator's daemon is not to be found")


def ancestors(process):
    while process > 1:
        process = int(re.search(r"^PPid:\s*(\d+)", pathlib.Path(f"/proc/{process}/status").read_text(), re.M)[1])
        yield process


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        parts = {"status": status, "idle": idle, "ready": ready, "signals": signals, "clients": clients}
        print(json.dumps(parts[sys.argv[2]](sys.argv[3])))
    else:
        main()
