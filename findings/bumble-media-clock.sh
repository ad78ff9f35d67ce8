#!/bin/sh
# Version: bumble 0.0.236 (PyPI); sbc-tools 2.0-1 (Debian 12), which makes the stream
# Guess:   The media packets that a virtual A2DP source makes from an SBC stream carry all of its frames, and their time
#          stamps count samples, as A2DP demands (44100 in a second of 44.1 kHz).
# Seen:    The time stamps count milliseconds, cut to whole ones: five frames of 128 samples are 640 samples, and the
#          step is 14 or 15. What does not fill the last packet is never sent: of 250 frames 245 arrive.
# Matters: A receiver that corrects its clock by the time stamps sees a source that runs 44 times too slow, and a test
#          that counts frames at the headset's end misses some that nothing on the way lost. Count sequence numbers and
#          bytes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download sbc-tools=2.0-1 && dpkg-deb -x sbc-tools_*.deb . || exit 2
python3 -m venv v && v/bin/pip -q install bumble==0.0.236 || exit 2

cat > look.py << 'PY'
import asyncio, struct, subprocess, sys
from bumble.a2dp import SbcPacketSource

samples = b"".join(struct.pack(">hh", i % 997, i % 991) for i in range(250 * 128))
with open("in.au", "wb") as file:
    file.write(b".snd" + struct.pack(">IIIII", 24, len(samples), 3, 44100, 2) + samples)
data = subprocess.run(["usr/bin/sbcenc", "-j", "-b", "53", "in.au"], stdout=subprocess.PIPE, check=True).stdout


async def main():
    position = 0

    async def read(count):
        nonlocal position
        position += count
        return data[position - count : position]

    return [(packet.timestamp, packet.payload[0] & 15) async for packet in SbcPacketSource(read, 672).packets]


packets = asyncio.run(main())
stamps = [stamp for stamp, _ in packets]
steps = sorted({after - before for before, after in zip(stamps, stamps[1:])})
sent = sum(frames for _, frames in packets)
print(f"frames in the stream: {len(data) // 119}, in the packets: {sent} ({packets[0][1]} each)")
print(f"samples in a packet: {packets[0][1] * 128}, steps of the time stamp: {steps}")
sys.exit(0 if (len(data) // 119, sent, packets[0][1], steps) == (250, 245, 5, [14, 15]) else 1)
PY
v/bin/python look.py
