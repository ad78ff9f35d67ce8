#!/usr/bin/python3
"""Runs as root in the lab's guest: how soon `mdrctl connect` says that a headset has lost its key, beside BlueZ's own
answer and beside an earlier build of mdrctl, in one run.

verdict.py [TURNS]: of each, 20 unless given. The earlier build is the stage that MDRCTL_BEFORE names on the host.
"""

import collections
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import dbus

NAME, ADDRESS = "WH-1000XM4", "94:DB:56:00:00:01"
DEVICE = "/org/bluez/hci0/dev_" + ADDRESS.replace(":", "_")
STALE = 10
#: Each is measured in as many rounds, so that nothing that changes meanwhile favours one.
ROUNDS = 4
#: Nobody connects by himself any more when the link has been down for so long.
QUIET_SECONDS = 1.5


def main():
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    os.environ["MDRCTL_VERBOSE"] = ""  # as it is installed; the lab's own daemon tells more
    builds = {"this build": pathlib.Path("/stage")} | before()
    sides = [(f"{build}, {helper} helper", build, helper == "with") for build in builds for helper in ("with", "without")]
    run("lab-up")
    run("mdrctl", "pair", ADDRESS)
    run("mdrctl", "disconnect", ADDRESS)
    run("radio", NAME, "wipe")
    taken, verdicts = collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for number in range(ROUNDS):
        count = turns // ROUNDS + (number < turns % ROUNDS)
        if not count:
            continue
        run("lab-stop", "daemon")
        taken["BlueZ"] += [attempt(connect_bare) for _ in range(count)]
        for title, build, has_helper in sides:
            install(builds[build], has_helper)
            for _ in range(count):
                taken[title].append(attempt(connect))
                verdicts[title][verdict()] += 1
            run("lab-stop", "daemon")
        run("lab-start", "flush")
        run("lab-start", "daemon")
    bare = statistics.median(taken["BlueZ"])
    print(f"\n{f'a headset that lost its key, {turns} times each':50}{'median':>10}{'slowest':>10}{'/ BlueZ':>9}{'/ before':>9}")
    for title in ["BlueZ"] + [side[0] for side in sides]:
        median = statistics.median(taken[title])
        earlier = taken.get(title.replace("this build", "before"))
        ratio = f"{median / statistics.median(earlier):.2f}" if earlier and title.startswith("this") else "-"
        what = "BlueZ's own Connect over D-Bus" if title == "BlueZ" else f"mdrctl connect: {title}"
        print(f"  {what:48}{median:>8.2f} s{max(taken[title]):>8.2f} s{median / bare:>9.2f}{ratio:>9}")
        for said, often in verdicts[title].most_common():
            print(f"      {said}, {often} times", flush=True)
    print("budget: with the helper at most 1.50 of BlueZ's own and 0.25 of before; without it at most 1.00 of before")


def before():
    """The earlier build, where the host shares one."""
    place = pathlib.Path("/before")
    place.mkdir()
    done = subprocess.run(["mount", "-t", "9p", "-o", "trans=virtio,version=9p2000.L,ro", "before", place],
                          stderr=subprocess.DEVNULL)
    return {} if done.returncode else {"before": place}


def install(stage, has_helper):
    """Has the daemon of that build run, as it starts on a computer that never ran another."""
    run("lab-stop", "flush")
    subprocess.run(["cp", "-r", "--preserve=mode,links", f"{stage}/.", "/"], check=True)
    shutil.rmtree("/var/lib/mdrctl", ignore_errors=True)
    if has_helper:
        run("lab-start", "flush")
    run("lab-start", "daemon")


def attempt(connect):
    """Seconds that one attempt takes, from a link that is down."""
    while True:
        settle()
        begun = time.perf_counter()
        if connect():
            return time.perf_counter() - begun


def connect():
    done = subprocess.run(["mdrctl", "connect", ADDRESS], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != STALE:
        sys.exit(f"bench: mdrctl connect: status {done.returncode}\n{done.stdout}{done.stderr}")
    return True


def connect_bare():
    """False when somebody else was calling the headset."""
    try:
        bluez("org.bluez.Device1").Connect(timeout=60)
    except dbus.DBusException as error:
        return "InProgress" not in error.get_dbus_name()
    sys.exit("bench: BlueZ connected")


def verdict():
    shown = subprocess.run(["mdrctl", "--json", "show", ADDRESS], check=True, capture_output=True)
    found = json.loads(shown.stdout)["device"]["verdict"]
    return f"{found['cause']}, {found['certainty']}"


def settle():
    """Waits until the link has been down for a while."""
    device = bluez("org.freedesktop.DBus.Properties")
    deadline, down = time.monotonic() + 60, time.monotonic()
    while time.monotonic() - down < QUIET_SECONDS:
        if device.Get("org.bluez.Device1", "Connected"):
            down = time.monotonic()
        if time.monotonic() > deadline:
            sys.exit("bench: the link does not come to rest")
        time.sleep(0.05)


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}: status {done.returncode}\n{done.stdout}")


def bluez(name):
    """An interface of the headset in BlueZ."""
    return dbus.Interface(dbus.SystemBus().get_object("org.bluez", DEVICE, introspect=False), name)


main()
