#!/usr/bin/python3
"""Runs as root in the lab's guest under systemd: from a login to sound in the headset, by mdrctl and by hand.

Times are those of the bus's own clock. By hand means `bluetoothctl connect` and `pactl set-card-profile`, back to back
and without a pause, as soon as the sound server has registered with BlueZ.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

NAME, ADDRESS, USER = "WH-1000XM4", "94:DB:56:00:00:01", "alice"
CARD = "bluez_card." + ADDRESS.replace(":", "_")
TURNS = 3
IDLE_SECONDS = 60
WATCHED = (
    "type='signal',path='/org/bluez/hci0',member='PropertiesChanged'",
    "type='signal',sender='org.bluez',member='InterfacesAdded'",
    "type='method_call',interface='org.bluez.Device1',member='Connect'",
)


def main():
    os.environ["MDRCTL_VERBOSE"] = ""
    run("lab-up", "--no-sound")
    run("radio", NAME, "pairing", "on")
    run("mdrctl", "pair", ADDRESS)
    run("mdrctl", "disconnect", ADDRESS)
    run("systemctl", "--global", "enable", "mdrctl-session.service")
    ours = [turn(by_hand=False) for _ in range(TURNS)]
    steps = ours[-1]["steps"]
    idle()
    logout()
    run("systemctl", "--global", "disable", "mdrctl-session.service")
    theirs = [turn(by_hand=True) for _ in range(TURNS)]

    def row(figure, key, budget=""):
        left, right = (statistics.median(one[key] for one in side) for side in (ours, theirs))
        print(f"  {figure:48}{left:>10.0f} ms{right:>10.0f} ms   {budget}")

    print(f"\n{'after a login, ' + str(TURNS) + ' times':50}{'mdrctl':>13}{'by hand':>13}   budget")
    row("sound server registered until Connect is called", "called", "<= 50 ms")
    row("the same until A2DP is up", "transport")
    row("the same until sound arrives in the headset", "sound")
    print("  steps of the last login, ms:", ", ".join(f"{step['step']} {step['milliseconds']}" for step in steps))


def turn(by_hand):
    """Milliseconds from the sound server's registration with BlueZ to each step."""
    if session_is_there():
        logout()
    watch = subprocess.Popen(
        ["dbus-monitor", "--system", *WATCHED], stdout=subprocess.PIPE, text=True, errors="replace")
    events = headers(watch.stdout)
    run("radio", NAME, "listen")
    run("lab-login", USER)
    run("bash", "-c", f"source /lab/guest/scenario.sh; reach 120 sound_ready {USER}; tone start {USER}")
    ready = next(when for when, text in events if "0000110a-" in text and "PropertiesChanged" in text)
    if by_hand:
        run("bluetoothctl", "connect", ADDRESS)
        as_user("pactl", "set-card-profile", CARD, "a2dp-sink")
    called = next(when for when, text in events if "member=Connect" in text)
    transport = next(when for when, text in events if "MediaTransport1" in text)
    while not status()["rtpPackets"]:
        pass
    sound = time.time()
    watch.terminate()
    steps = []
    while not by_hand and not (steps and steps[-1]["step"] == "profile"):
        steps = json.loads(run("mdrctl", "--json", "profile", ADDRESS))["audio"].get("login", [])
    run("bash", "-c", f"source /lab/guest/scenario.sh; tone stop {USER}")
    return {
        "called": 1000 * (called - ready), "transport": 1000 * (transport - ready), "sound": 1000 * (sound - ready),
        "steps": steps}


def headers(lines):
    """Each message of the monitor: its time, and its text."""
    when, text = None, ""
    for line in lines:
        start = re.match(r"(?:signal|method call) time=([\d.]+)", line)
        if start:
            if when:
                yield when, text
            when, text = float(start[1]), line
        else:
            text += line
        # The last message of a burst is complete with its last array's end; the next one may be long in coming.
        if when and line.startswith("   ]"):
            yield when, text
            when, text = None, ""
        if when and "member=Connect" in text:
            yield when, text
            when, text = None, ""


def idle():
    """The session's part beside an idle sound server."""
    process = pathlib.Path("/proc") / run("pgrep", "-x", "mdrctl-session").split()[0]
    time.sleep(15)
    before = wakeups(process)
    time.sleep(IDLE_SECONDS)
    lines = (process / "smaps_rollup").read_text().splitlines()[1:]
    memory = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    print(f"\nmdrctl-session, idle, a headset connected: Pss {memory['Pss']} kB, anonymous {memory['Anonymous']} kB, "
          f"{len(list((process / 'task').iterdir()))} thread, {wakeups(process) - before} wake-ups in {IDLE_SECONDS} s")


def session_is_there():
    return subprocess.run(["pgrep", "-u", USER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def logout():
    run("lab-logout", USER)
    run("bash", "-c", f"source /lab/guest/scenario.sh; reach 60 manager_gone {USER}; reach 60 not headset_connected {NAME}")


def status():
    return json.loads(run("radio", NAME, "status"))


def as_user(*command):
    return run("as", USER, *command)


def wakeups(process):
    return sum(
        int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", (task / "status").read_text(), re.M)[1])
        for task in (process / "task").iterdir())


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


main()
