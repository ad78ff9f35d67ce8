"""host.py SIMULATOR BUILD: what can be measured beside the simulator, without Bluetooth.

Everything is measured side by side in one run, turn by turn, and told as medians: wall time, and the processor time of
the process itself, which other work on the machine disturbs less.
"""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import table

HEADSET = "94:DB:56:8A:00:01"
STORM = 5000
# A storm for whoever asks for it: nobody else sets the timeout of discoverability.
SCRIPT = {
    "devices": [{"address": HEADSET, "bonded": "both"}],
    "events": [{"on": "Set DiscoverableTimeout", "do": "storm", "to": HEADSET, "count": STORM, "times": 1000}],
}


def main():
    simulator, build = sys.argv[1], pathlib.Path(sys.argv[2])

    def beside(part, *options):
        command = [simulator, *options, "--", sys.executable, __file__, "--inside", part, str(build)]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    figures = beside("status")
    table.heading("mdrctl status, a whole process")
    for rival, budget in (("C", "<= 2"), ("bluetoothctl", "<= 0.10")):
        for number, kind in enumerate(("wall", "processor")):
            table.row(f"beside {rival}, {kind}", *(pick(figures[who], number) for who in ("mdrctl", rival)), "ms",
                      budget if kind == "wall" else "")

    table.heading("ready, exec to READY=1 (C: fetches and walks)")
    for devices in (10, 100, 1000, 10000):
        figures = beside("ready", f"--devices={devices}")
        for number, kind in enumerate(("wall", "processor")):
            table.row(f"{devices:,} devices, {kind}", pick(figures["ready"], number), pick(figures["walk"], number),
                      "ms", "<= 1.5" if devices == 1000 and kind == "wall" else "")

    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump(SCRIPT, script)
        script.flush()
        figures = beside("signals", f"--script={script.name}")
    table.heading(f"one PropertiesChanged (of {STORM:,}; C: walks it)")
    table.row("processor time", figures["daemon"], figures["walk"], "us", "<= 2")

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
    figures = {"mdrctl": [], "C": [], "bluetoothctl": []}
    for turn in range(100):
        figures["mdrctl"].append(timed(f"{build}/mdrctl", "status"))
        figures["C"].append(timed(f"{build}/status"))
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
    figures = {"ready": [], "walk": []}
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(11):
            figures["ready"].append(ready_once(build, directory))
            figures["walk"].append(timed(f"{build}/walk"))
    return figures


def signals(build):
    """Processor microseconds per signal. Daemon and rival get the same storms at the same time."""
    daemon = daemon_of_this_bus()
    figures = {"daemon": [], "walk": []}
    for turn in range(5):
        walk = subprocess.Popen([f"{build}/walk", "signals", str(STORM)], stdout=subprocess.PIPE, text=True)
        walk.stdout.readline()
        before = processor_nanoseconds(daemon)
        subprocess.run(
            ["dbus-send", f"--bus={os.environ['DBUS_SYSTEM_BUS_ADDRESS']}", "--print-reply", "--dest=org.bluez",
             "/org/bluez/hci0", "org.freedesktop.DBus.Properties.Set", "string:org.bluez.Adapter1",
             "string:DiscoverableTimeout", f"variant:uint32:{turn}"], check=True, stdout=subprocess.DEVNULL)
        microseconds = float(re.match(r"\S+", walk.communicate(timeout=120)[0])[0])
        figures["walk"].append(microseconds / STORM)
        figures["daemon"].append((settled(daemon) - before) / 1e3 / STORM)
    return figures


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


if sys.argv[1] == "--inside":
    print(json.dumps({"status": status, "ready": ready, "signals": signals}[sys.argv[2]](sys.argv[3])))
else:
    main()
