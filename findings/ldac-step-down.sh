#!/bin/sh
# Version: libldac 2.0.2.3 (Debian 12: libldacbt-enc2 2.0.2.3+git20200429+ed310a0-4)
# Guess:   LDAC's adaptive encoder goes down in steps whose numbers rise as the quality falls (0, 1, 2, as the three
#          named qualities do), the bit rate it reports right after a step is the new one, and a link of any usual
#          packet size will do at the lowest quality.
# Seen:    The steps are 0, 1, 3, 4, 2: two unnamed ones lie between the second and the third quality, which is the
#          lowest. The reported rate stays the old one until the encoder has packed the next frames (990 is still said
#          at step 1, which sends 660). At 44.1 kHz the steps are 909, not 990, and so on. Below a packet size of 679
#          bytes no quality can be opened, the lowest neither.
# Matters: "Quality 2 is better than 3" is wrong, and a rate that is read once after a change is the one before it: read
#          it while sound plays. A headset that keeps L2CAP's default packet size (672) can announce LDAC and never get
#          it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download libldacbt-enc2=2.0.2.3+git20200429+ed310a0-4 || exit 2
dpkg-deb -x libldacbt-enc2_*.deb root

cat > look.py << 'PY'
import ctypes, glob, math, struct, sys

library = ctypes.CDLL(glob.glob("root/usr/lib/*/libldacBT_enc.so.2")[0])
library.ldacBT_get_handle.restype = ctypes.c_void_p
HIGH, STEREO, S16, integer = 0, 1, 2, ctypes.c_int


def call(name, handle, *arguments):
    return getattr(library, "ldacBT_" + name)(ctypes.c_void_p(handle), *arguments)


def encoder(packet=679, quality=HIGH, rate=48000):
    handle = library.ldacBT_get_handle()
    return handle, call("init_handle_encode", handle, packet, quality, STEREO, S16, rate)


def play(handle, blocks):
    used, size, frames, out = integer(), integer(), integer(), ctypes.create_string_buffer(4096)
    for block in range(blocks):
        tone = [int(9000 * math.sin((block * 128 + i) / 7)) for i in range(128)]
        sound = ctypes.create_string_buffer(b"".join(struct.pack("<hh", value, value) for value in tone))
        call("encode", handle, sound, ctypes.byref(used), out, ctypes.byref(size), ctypes.byref(frames))


handle, _ = encoder()
steps, at_once, playing = [], [], []
while True:
    steps.append(call("get_eqmid", handle))
    at_once.append(call("get_bitrate", handle))
    play(handle, 24)
    playing.append(call("get_bitrate", handle))
    if call("alter_eqmid_priority", handle, -1) != 0:
        break
smallest = [min(size for size in range(600, 700) if encoder(size, quality)[1] == 0) for quality in (0, 1, 2)]
cd_rates = [call("get_bitrate", encoder(quality=quality, rate=44100)[0]) for quality in (0, 1, 2)]
print("steps downwards:          ", steps)
print("rate said after the step: ", at_once)
print("rate said while it plays: ", playing)
print("the named qualities at 44.1 kHz:", cd_rates)
print("smallest packet for quality 0, 1, 2:", smallest)
same = steps == [0, 1, 3, 4, 2] and at_once == [990, 990, 660, 492, 396] and playing == [990, 660, 492, 396, 330]
sys.exit(0 if same and cd_rates == [909, 606, 303] and smallest == [679] * 3 else 1)
PY
python3 look.py
