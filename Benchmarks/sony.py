"""sony.py SIMULATOR BUILD: what is left of the time that a Sony headset takes by itself.

A virtual WH-1000XM6 plays a recorded session with the times that were measured of one: 20 ms to an acknowledgement, and
30 ms from there to the answer. Beside what `mdrctl` takes, from exec to exit, stands the sum of that, with the 400 ms
before the first byte where the channel is opened, and the 1.5 s for each question that the recording does not answer,
which are waited for. The simulator is no radio: what BlueZ takes to open a channel is not in it.
"""

import json
import pathlib
import re
import subprocess
import sys

import host
import table

HEADSET = "94:DB:56:0A:0B:0C"
SESSION = pathlib.Path(__file__).parent.parent / "Tests/MDRTests/Data/sessions/wh-1000xm6-v2-fw315-state.json"
ACKNOWLEDGEMENT, ANSWER, SETTLING, PATIENCE = 20, 30, 400, 1500
TURNS, CHANGES = 9, 20


def main():
    simulator, build = sys.argv[1], pathlib.Path(sys.argv[2])

    def beside(part, pace=f"{ACKNOWLEDGEMENT},{ANSWER}"):
        """What the part measured, how many commands the headset took meanwhile, and how many it left unanswered."""
        command = [simulator, f"--mdr={SESSION}", f"--pace={pace}", "--", sys.executable, __file__,
                   "--inside", part, str(build)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        counts = re.search(r"^commands: (\d+), unanswered: (\d+)$", run.stderr, re.M)
        return json.loads(run.stdout), int(counts[1]), int(counts[2])

    def delays(commands, unanswered=0):
        return commands * (ACKNOWLEDGEMENT + ANSWER) + unanswered * (PATIENCE - ANSWER)

    runs = [beside("picture") for _ in range(TURNS)]
    pictures = [figures["picture"] for figures, _, _ in runs]
    opening = [SETTLING + delays(*counts) for _, *counts in runs]
    table.heading("mdrctl headset (rival: the headset's own delays)")
    table.row(f"a closed channel, {runs[0][1]} commands, {runs[0][2]} unanswered", pictures, opening, "ms", "<= 1.10")
    changed, count, _ = beside("change")
    # Each change asks first what it is to be made from.
    each = delays(count - runs[0][1]) / CHANGES
    commands = (count - runs[0][1]) / CHANGES
    table.row(f"a change of DSEE, {commands:g} commands", changed["change"], each, "ms", "<= 1.05")
    # On a busy machine the headset's own timers come late; this is what is mdrctl's.
    bare, _, _ = beside("change", "0,0")
    table.row("  with a headset that takes no time", bare["change"], None, "ms")
    held, _, _ = beside("memory")
    table.heading("mdrctld, anonymous memory")
    for name, budget in (("before anybody asked", ""), ("in use, more", "<= 150"), ("let go, more", "")):
        table.row(name, held[name], None, "kB", budget)


def prepared(build):
    host.timed(f"{build}/mdrctl", "connect", HEADSET)


def picture(build):
    prepared(build)
    return {"picture": host.timed(f"{build}/mdrctl", "headset", HEADSET)[0]}


def change(build):
    picture(build)
    words = ["on", "off"]
    return {"change": [host.timed(f"{build}/mdrctl", "dsee", HEADSET, words[turn % 2])[0] for turn in range(CHANGES)]}


def memory(build):
    prepared(build)
    daemon = host.daemon_of_this_bus()

    def kilobytes():
        host.settled(daemon)
        return host.memory(daemon, "status", "RssAnon")

    # What any call costs is not the headset's.
    for _ in range(20):
        host.timed(f"{build}/mdrctl", "show", HEADSET)
    before = kilobytes()
    host.timed(f"{build}/mdrctl", "headset", HEADSET)
    used = kilobytes()
    host.timed(f"{build}/mdrctl", "headset", "release", HEADSET)
    return {"before anybody asked": before, "in use, more": used - before, "let go, more": kilobytes() - before}


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        print(json.dumps(globals()[sys.argv[2]](pathlib.Path(sys.argv[3]))))
    else:
        main()
