#!/bin/sh
# Version: sbc-tools 2.0-1 (Debian 12)
# Guess:   sbcenc and sbcdec exit with a status other than 0 when they refuse their input (a WAV file, a rate that SBC
#          does not have, a file that is not there); and sbcenc pads the last frame, so that all of the sound is in the
#          stream.
# Seen:    The status is 0 in each of these cases, with a sentence on the error output and an empty file. What does not
#          fill the last frame is dropped: a sound shorter than one frame becomes an empty stream, with status 0 and no
#          sentence.
# Matters: A script that prepares a test tone by `sbcenc ... && play` goes on with an empty file, and the headset that
#          plays nothing gets the blame; a short click (a button's sound) is not there at all. Look at the size.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download sbc-tools=2.0-1 || exit 2
dpkg-deb -x sbc-tools_*.deb root

python3 - << 'PY'
import struct, wave

with wave.open("tone.wav", "wb") as file:
    file.setnchannels(2)
    file.setsampwidth(2)
    file.setframerate(44100)
    file.writeframes(bytes(4 * 4410))
for name, rate, samples in (("tone", 44100, 1280), ("rate", 22050, 1280), ("tail", 44100, 1280 + 100), ("click", 44100, 100)):
    with open(name + ".au", "wb") as file:
        file.write(b".snd" + struct.pack(">IIIII", 24, samples * 4, 3, rate, 2) + bytes(samples * 4))
PY
seen=
encode() {
    root/usr/bin/sbcenc "$2" > out.sbc 2> err.txt && status=0 || status=$?
    size=$(wc -c < out.sbc)
    echo "$1: status $status, $size bytes. $(head -n 1 err.txt)"
    seen="$seen$status/$size "
}
encode "ten frames" tone.au
encode "ten frames and 100 samples" tail.au
encode "100 samples" click.au
encode "22.05 kHz" rate.au
encode "a WAV file" tone.wav
root/usr/bin/sbcdec -f out.au not-there.sbc > err.txt 2>&1 && status=0 || status=$?
echo "sbcdec of a file that is not there: status $status. $(head -n 1 err.txt)"
[ "$seen$status" = '0/760 0/760 0/0 0/0 0/0 0' ]
