"""frames.py BUILD: the parser of the headset protocol's frames beside a C loop that only unescapes and sums.

Both take the same stream, in turns; told are the medians in megabytes per second.
"""

import pathlib
import statistics
import subprocess
import sys

TURNS = 7
MEGABYTES = 100
# Bytes of each payload: a setting, a list of functions, the longest there can be; read 1008 bytes at a time, as RFCOMM
# hands them over.
PAYLOADS = [8, 64, 1000]
PIECE = 1008


def measure(program, payload):
    arguments = [program, str(payload), str(PIECE), str(MEGABYTES)]
    speed, frames = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()
    return int(speed), int(frames)


def main():
    build = pathlib.Path(sys.argv[1])
    programs = {"Swift": build / "release" / "mdr-frames", "C": build / "frames"}
    print(f"{'payload':>8} {'Swift MB/s':>11} {'C MB/s':>8} {'ratio':>6}")
    for payload in PAYLOADS:
        figures = {name: [] for name in programs}
        counts = set()
        for _ in range(TURNS):
            for name, program in programs.items():
                speed, frames = measure(program, payload)
                figures[name].append(speed)
                counts.add(frames)
        if len(counts) != 1:
            sys.exit(f"frames.py: the two did not find the same frames: {sorted(counts)}")
        swift, c = (statistics.median(figures[name]) for name in programs)
        print(f"{payload:>8} {swift:>11.0f} {c:>8.0f} {swift / c:>6.2f}")


if __name__ == "__main__":
    main()
