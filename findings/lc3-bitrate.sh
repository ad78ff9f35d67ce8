#!/bin/sh
# Version: liblc3 1.0.1-1+b1 (Debian 12: liblc3-tools)
# Guess:   elc3 encodes at the bit rate that is asked for, or refuses one that LC3 cannot have (20 to 400 bytes a frame
#          and channel); the rate in the file's header is the frames' rate; and music at 44.1 kHz, which LC3 knows, is
#          taken.
# Seen:    A rate out of range is moved into it in silence (exit 0), and the header keeps the wish: 1 kbit/s in the
#          header, 32 kbit/s in the frames; 1000 and 640 at the other end. 44.1 kHz is refused with "Invalid argument".
# Matters: LE Audio headsets are compared by such files: a list of rates made from the headers shows settings that were
#          never heard. Work the rate out from the frames' length, and resample to 48 kHz first.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download liblc3-tools=1.0.1-1+b1 liblc3-0=1.0.1-1+b1 || exit 2
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH

cat > look.py << 'PY'
import math, struct, subprocess, sys, wave

for rate in (44100, 48000):
    with wave.open(f"{rate}.wav", "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<hh", *[int(9000 * math.sin(i / 9))] * 2) for i in range(rate // 10)))


def encode(rate, wish):
    run = subprocess.run(["root/usr/bin/elc3", "-b", str(wish), f"{rate}.wav", "out.lc3"], capture_output=True, text=True)
    if run.returncode:
        return run.returncode, run.stderr.strip()
    data = open("out.lc3", "rb").read()
    # the header: its own length, then rates and times in hundreds; a frame's length (of both channels) stands before it
    header, _, said, _, time = struct.unpack_from("<5H", data, 2)
    (length,) = struct.unpack_from("<H", data, header)
    return 0, said * 100, length * 8 * 100000 // time


seen = []
for rate, wish in ((48000, 96000), (48000, 1000), (48000, 1000000), (44100, 96000)):
    seen.append(encode(rate, wish))
    print(f"{rate} Hz, {wish} bit/s wished: exit status", *seen[-1], "" if seen[-1][0] else "(header, frames)")
expected = [(0, 96000, 96000), (0, 1000, 32000), (0, 1000000, 640000)]
refused = seen[-1][0] != 0 and "Samplerate 44100 Hz: Invalid argument" in seen[-1][1]
sys.exit(0 if seen[:-1] == expected and refused else 1)
PY
python3 look.py
