#!/bin/sh
# Version: bumble 0.0.236 (PyPI); sbc-tools 2.0-1 (Debian 12), which makes the streams and is the second opinion
# Guess:   A parser of SBC frames reads whatever the reference encoder writes: the frames' number, length and rate agree
#          with sbcinfo's.
# Seen:    1. SBC's second sampling frequency is 32 kHz. Bumble calls it 22.05 kHz, which SBC does not have, so rate,
#          duration and time stamps are off by a third. 2. Frame lengths are rounded down, where the format rounds up.
#          Wherever the bits do not fill the last byte (four subbands with joint stereo, four blocks with an odd bit
#          pool) the second frame is looked for one byte early, and the stream ends there: one frame of 500, no error.
# Matters: Either side may choose these parameters; the usual ones (eight subbands, sixteen blocks) hide it. A virtual
#          source that falls silent after one frame looks like a held transport.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download sbc-tools=2.0-1 && dpkg-deb -x sbc-tools_*.deb . || exit 2
python3 -m venv v && v/bin/pip -q install bumble==0.0.236 || exit 2

cat > look.py << 'PY'
import asyncio, math, re, struct, subprocess, sys
from bumble.a2dp import SbcParser


def stream(name, rate, options):
    tone = b"".join(struct.pack(">hh", int(9000 * math.sin(i / 9)), int(9000 * math.sin(i / 11))) for i in range(32000))
    with open(name + ".au", "wb") as file:
        file.write(b".snd" + struct.pack(">IIIII", 24, len(tone), 3, rate, 2) + tone)
    with open(name + ".sbc", "wb") as file:
        subprocess.run(["usr/bin/sbcenc", *options, name + ".au"], stdout=file, check=True)
    said = subprocess.run(["usr/bin/sbcinfo", name + ".sbc"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [float(re.search(f"{word}\\s+([0-9.]+)", said)[1]) for word in ("frequency", "Number of frames", "Frame length")]


async def parsed(name):
    with open(name + ".sbc", "rb") as file:

        async def read(count):
            return file.read(count)

        return [frame async for frame in SbcParser(read).frames]


seen = {}
for name, rate, options in (
    ("usual", 44100, ["-j", "-b", "53"]),
    ("32kHz", 32000, ["-j"]),
    ("four-subbands", 44100, ["-j", "-s", "4", "-b", "31"]),
    ("four-blocks", 44100, ["-B", "4", "-b", "31"]),
):
    kilohertz, count, length = stream(name, rate, options)
    frames = asyncio.run(parsed(name))
    seen[name] = (frames[0].sampling_frequency, len(frames), len(frames[0].payload))
    print(f"{name:14} sbcinfo: {kilohertz} kHz, {count:.0f} frames of {length:.0f} bytes;", end=" ")
    print(f"bumble: {seen[name][0]} Hz, {seen[name][1]} frames of {seen[name][2]} bytes")
expected = {
    "usual": (44100, 250, 119),
    "32kHz": (22050, 250, 77),
    "four-subbands": (44100, 1, 70),
    "four-blocks": (44100, 1, 27),
}
sys.exit(0 if seen == expected else 1)
PY
v/bin/python look.py
