#!/bin/sh
# Version: dbus-python 1.3.2-4+b1 (Debian 12: python3-dbus)
# Guess:   A headset's battery level, a byte on the bus (org.bluez.Battery1.Percentage), prints as the number it is, and
#          a boolean goes into JSON as true or false: both Python types are derived from int.
# Seen:    80 percent prints as "P%": the text of dbus.Byte is the character of that number, in str(), print(),
#          f-strings and %s; 9 percent prints as a tab. repr(), %d, :d and json.dumps show the number. Connected=true is
#          1 in JSON.
# Matters: Bar and tray scripts show "P%" for 80, "d%" for 100 and nothing readable below 33, so a low battery is the
#          one that cannot be read; and what consumes their JSON must take 1 for true.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download python3-dbus=1.3.2-4+b1 libdbus-1-3 libglib2.0-0 || exit 2
for package in *.deb; do dpkg-deb -x "$package" root; done

cat > look.py << 'PY'
import json, sys
import dbus

level, connected = dbus.Byte(80), dbus.Boolean(True)
seen = [str(level), f"{level}%", "%s" % level, "%d" % level, f"{level:d}", str(dbus.Byte(9)), str(dbus.UInt16(80))]
seen.append(json.dumps({"battery": level, "connected": connected}))
for name, value in zip(("str", "f-string", "%s", "%d", ":d", "str of 9", "str of a UInt16", "JSON"), seen):
    print(f"{name:16} {value!r}")
expected = ["P", "P%", "P", "80", "80", "\t", "80", '{"battery": 80, "connected": 1}']
sys.exit(0 if seen == expected else 1)
PY
LD_LIBRARY_PATH=$(echo root/usr/lib/*-linux-gnu) PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 look.py
