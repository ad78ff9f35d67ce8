#!/bin/sh
# Version: bluez 5.66 (Debian 12: any 5.66-1)
# Guess:   `btmon -r FILE -i 1` shows the second adapter's packets only, and `btmon -r FILE -w COPY` writes what was
#          read.
# Seen:    While a file is read, -i and -w are taken and ignored, without a word and with exit status 0: every adapter's
#          packets are shown, and there is no copy.
# Matters: In a capture of a machine with two adapters the connections of both are mixed up (handles and packet numbers
#          begin anew for each), and a capture cut down "by adapter" before it is handed on still holds the other one.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download bluez || exit 2
ls bluez_5.66-1* > /dev/null || exit 2
dpkg-deb -x bluez_*.deb root

# two adapters, and a call to a different headset on each, as btmon -w writes them
python3 - << 'PY'
import struct

packets = []
for adapter in (0, 1):
    own, headset = (bytes([number, 0, 0, 0x56, 0xDB, 0x94]) for number in (0x90 + adapter, 1 + adapter))
    packets.append((adapter, 0, bytes(2) + own + b"hci%d" % adapter + bytes(4)))
    packets.append((adapter, 2, bytes.fromhex("05040d") + headset + bytes.fromhex("18cc0200000001")))
with open("two.btsnoop", "wb") as file:
    file.write(b"btsnoop\0" + struct.pack(">II", 1, 2001))
    for adapter, kind, data in packets:
        file.write(struct.pack(">IIIIQ", len(data), len(data), adapter << 16 | kind, 0, 0x00E03AB44A676000) + data)
PY

read_them() { root/usr/bin/btmon -r two.btsnoop "$@" | grep -oE '94:DB:56:00:00:0[12]' | sort | tr '\n' ' '; }
all=$(read_them)
second=$(read_them -i 1)
root/usr/bin/btmon -r two.btsnoop -w copy.btsnoop > shown.txt 2>&1
status=$?
copy=$([ -e copy.btsnoop ] && echo there || echo none)
echo "called, in the whole file: $all"
echo "called, with -i 1:         $second"
echo "exit status with -w:       $status, the copy: $copy"
both='94:DB:56:00:00:01 94:DB:56:00:00:02 '
[ "$all" = "$both" ] && [ "$second" = "$both" ] && [ "$status" = 0 ] && [ "$copy" = none ]
