#!/bin/sh
# Version: btsocket 0.3.0 (PyPI), the Python side of the kernel's Bluetooth management interface
# Guess:   An event about a BR/EDR headset says BREDR, and a command for one that is told BREDR goes to the kernel with
#          the address type 0; RSSI is a signed byte.
# Seen:    The address type is a number there (0 BR/EDR, 1 LE public, 2 LE random), and btsocket reads and writes it as
#          a set of bits, which it is in discovery commands only. A headset has no type at all, an LE public device is
#          BREDR, and UnpairDevice for BREDR asks the kernel about the LE device of that address. RSSI -50 is 206.
# Matters: A script that unpairs headphones by it removes nothing (or a dual-mode headset's other bond), and one that
#          looks for BR/EDR devices finds the others. The empty list is what reaches a headset.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/v" && "$tmp/v/bin/pip" -q install btsocket==0.3.0 || exit 2

cat > "$tmp/look.py" << 'PY'
import sys
from btsocket import btmgmt_protocol as mgmt

headset = "94:DB:56:00:00:01"
address = bytes.fromhex(headset.replace(":", ""))[::-1]
seen = {}


def event(code, parameters):
    header = b"".join(number.to_bytes(2, "little") for number in (code, 0, len(parameters)))
    return mgmt.reader(header + parameters).event_frame


for kind, meaning in enumerate(("BR/EDR", "LE public", "LE random")):
    types = event(0x000C, address + bytes([kind, 3])).address_type
    seen[meaning] = str(types)
    print(f"Device Disconnected, address type {kind} ({meaning}): {types}")
found = event(0x0012, address + b"\0" + (-50).to_bytes(1, "little", signed=True) + bytes(4) + bytes(2))
seen["rssi"] = found.rssi
print("Device Found, RSSI -50 dBm:", found.rssi)
for types in ([mgmt.AddressType.BREDR], []):
    frame = mgmt.command("UnpairDevice", 0, headset, types, 1).cmd_params_frame
    seen[f"unpair {types}"] = frame.octets[6]
    print(f"Unpair Device with address type {types}: {frame.octets[6]} on the wire")
expected = {"BR/EDR": "[]", "LE public": "[BREDR]", "LE random": "[LEPublic]", "rssi": 206, "unpair [BREDR]": 1, "unpair []": 0}
sys.exit(0 if seen == expected else 1)
PY
"$tmp/v/bin/python" "$tmp/look.py"
