#!/bin/sh
# Version: bumble 0.0.236 (PyPI)
# Guess:   When one end closes an RFCOMM channel, the other end's object tells "close" and is disconnected; the multiplexer
#          stays for the next channel.
# Seen:    The end is acknowledged, and nobody is told: the channel that was accepted stays CONNECTED for good. Only the end
#          of the whole multiplexer, or of the link, is told.
# Matters: A virtual headset that serves one client at a time still serves the one that has left, and refuses the next; one
#          looks for the client that does not hang up. Bluetooth's hosts close channels one by one.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/v" && "$tmp/v/bin/pip" -q install bumble==0.0.236 || exit 2

cat > "$tmp/look.py" << 'PY'
import asyncio
import sys
from bumble.rfcomm import DLC, Client, Server
from bumble.testing.test_utils import TwoDevices


async def main():
    devices = await TwoDevices.create_with_connection()
    accepted = asyncio.get_running_loop().create_future()
    server = Server(devices[1])
    number = server.listen(accepted.set_result)
    multiplexer = await Client(devices.connections[0]).start()
    ours = await multiplexer.open_dlc(number)
    theirs = await accepted
    told = []
    ours.on(DLC.EVENT_CLOSE, lambda: told.append("who ended it"))
    theirs.on(DLC.EVENT_CLOSE, lambda: told.append("who accepted it"))
    await asyncio.wait_for(ours.disconnect(), 10)
    for _ in range(100):
        await asyncio.sleep(0)
    print("told of the end:", told)
    print("its state where it was ended:", ours.state.name)
    print("its state where it was accepted:", theirs.state.name)
    return told == ["who ended it"] and (ours.state, theirs.state) == (DLC.State.DISCONNECTED, DLC.State.CONNECTED)


sys.exit(0 if asyncio.run(main()) else 1)
PY
"$tmp/v/bin/python" "$tmp/look.py"
