#!/usr/bin/python3
"""Runs as root in the lab's guest: the daemon idle beside bluetoothd, and a pairing beside its bare D-Bus calls."""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import dbus
import dbus.mainloop.glib

sys.path.insert(0, "/lab/guest")
import bluez

NAME, ADDRESS = "WH-1000XM4", "94:DB:56:00:00:01"
A2DP = ("0000110a", "0000110b")
TURNS = 5
#: BlueZ ends a link with a timer of whole seconds (`timeout_add_seconds`), so that few turns tell little.
PAIRINGS = 20
#: At most so many times what the bare calls take.
BUDGETS = {"forget": "<= 0.50, goal 0.20", "pair": "", "forget + pair": "<= 1, goal 0.60"}
IDLE_SECONDS = 60


def main():
    os.environ["MDRCTL_VERBOSE"] = ""  # as it is installed; the lab's own daemon tells more
    run("lab-up")
    ours, theirs = pairings()
    print(f"\n{'forget + pair, ' + str(PAIRINGS) + ' times in turn':50}{'mdrctl':>12}{'D-Bus calls':>12}{'ratio':>8}   budget")
    for column, (figure, budget) in enumerate(BUDGETS.items()):
        left, right = (statistics.median(turn[column] for turn in side) for side in (ours, theirs))
        print(f"  {figure:48}{left:>10.2f} s{right:>10.2f} s{left / right:>8.2f}   {budget}", flush=True)

    run("mdrctl", "forget", "--reset-cache", ADDRESS)
    answers = []
    for _ in range(TURNS):
        run("radio", NAME, "pairing", "on")
        answers.append(seen_to_pair())
        run("radio", NAME, "wipe")
        run("radio", NAME, "pairing", "on")
        repairing = seconds(lambda: run("mdrctl", "repair", "--yes", ADDRESS))
        resetting = seconds(lambda: run("mdrctl", "forget", "--reset-cache", ADDRESS))
    print(f"  {'the headset visible until Pair is called':48}{1000 * statistics.median(answers):>9.1f} ms{'':20}   <= 50 ms")
    print(f"  {'repair of a headset that was reset, once':48}{repairing:>10.2f} s")
    print(f"  {'forget --reset-cache, connected, once':48}{resetting:>10.2f} s")
    run("radio", NAME, "pairing", "on")
    run("mdrctl", "pair", ADDRESS)

    time.sleep(15)  # the headset's stream falls idle
    processes = [process("mdrctld"), process("bluetoothd")]
    before = [wakeups(process) for process in processes]
    time.sleep(IDLE_SECONDS)
    print(f"\n{'idle, a headset connected':50}{'mdrctld':>12}{'bluetoothd':>12}{'ratio':>8}   budget")
    rows = [
        ("Pss, kB", [memory(process)["Pss"] for process in processes], "<= 2, goal 1"),
        ("anonymous, kB", [memory(process)["Anonymous"] for process in processes], "<= 1024 kB"),
        ("threads", [len(list((process / "task").iterdir())) for process in processes], "1"),
        (f"wake-ups in {IDLE_SECONDS} s", [wakeups(process) - count for process, count in zip(processes, before)], "0"),
    ]
    for figure, (left, right), budget in rows:
        ratio = f"{left / right:.2f}" if right else "-"
        print(f"  {figure:48}{left:>12}{right:>12}{ratio:>8}   {budget}", flush=True)


def pairings():
    """Seconds of forgetting, pairing and both: with mdrctl, and with the bare calls of one client."""
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    host = bluez.Host(bus, 60)
    agent = bluez.Agent(bus, "0000")
    manager = host.interface("/org/bluez", "org.bluez.AgentManager1")
    sides = ([], [])
    run("mdrctl", "pair", ADDRESS)
    for turn in range(2 * PAIRINGS):
        run("radio", NAME, "pairing", "on")
        side = turn % 2
        if side:
            manager.RegisterAgent(bluez.AGENT, "NoInputNoOutput")
            manager.RequestDefaultAgent(bluez.AGENT)
        forget, pair = (
            (lambda: forget_bare(host), lambda: pair_bare(bus, host)) if side else
            (lambda: run("mdrctl", "forget", ADDRESS), lambda: run("mdrctl", "pair", ADDRESS)))
        forgetting = seconds(forget)
        run("radio", NAME, "pairing", "on")
        pairing = seconds(pair)
        sides[side].append((forgetting, pairing, forgetting + pairing))
        if side:
            manager.UnregisterAgent(bluez.AGENT)
    agent.remove_from_connection()
    return sides


def forget_bare(host):
    """What `mdrctl forget` has to ask of BlueZ. Without Disconnect, BlueZ 5.66 may keep the device."""
    host.disconnect(ADDRESS)
    host.remove(ADDRESS)


def pair_bare(bus, host):
    """What `mdrctl pair` has to ask of BlueZ, back to back."""
    host.scan(ADDRESS)
    host.pair(ADDRESS)
    host.trust(ADDRESS)
    host.connect(ADDRESS)
    while not has_transport(bus, host.path(ADDRESS)):
        time.sleep(0.02)


def seen_to_pair():
    """Seconds from bluetoothd's signal that the headset is there to our call of Pair, by the bus's clock."""
    watch = subprocess.Popen(
        ["dbus-monitor", "--system", "--profile", "type='signal',member='InterfacesAdded',sender='org.bluez'",
         "type='method_call',member='Pair'"], stdout=subprocess.PIPE, text=True)
    lines = iter(watch.stdout.readline, "")
    next(line for line in lines if line.startswith("#"))
    pairing = subprocess.Popen(["mdrctl", "pair", ADDRESS], stdout=subprocess.DEVNULL)
    seen = None
    for line in lines:
        fields = line.split("\t")
        if fields[0] == "sig" and fields[-1].strip() == "InterfacesAdded" and seen is None:
            seen = float(fields[1])
        elif fields[0] == "mc" and fields[-1].strip() == "Pair":
            taken = float(fields[1]) - seen
            break
    watch.terminate()
    if pairing.wait():
        sys.exit("bench: mdrctl pair failed")
    return taken


def has_transport(bus, device):
    objects = dbus.Interface(bus.get_object("org.bluez", "/", introspect=False), "org.freedesktop.DBus.ObjectManager")
    return any(
        path.startswith(device) and interfaces["org.bluez.MediaTransport1"]["UUID"].startswith(A2DP)
        for path, interfaces in objects.GetManagedObjects().items() if "org.bluez.MediaTransport1" in interfaces)


def seconds(action):
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}: status {done.returncode}\n{done.stdout}")


def process(name):
    number = subprocess.run(["pgrep", "-x", name], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0]
    return pathlib.Path("/proc") / number


def memory(process):
    lines = (process / "smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def wakeups(process):
    """How often its threads have gone to sleep, which is as often as they were woken."""
    return sum(
        int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", (task / "status").read_text(), re.M)[1])
        for task in (process / "task").iterdir())


main()
