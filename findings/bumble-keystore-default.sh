#!/bin/sh
# Version: bumble 0.0.236 (PyPI)
# Guess:   A key file that holds one controller's bonds can be opened without naming the controller ("default" name
#          space, as `bumble-unbond --keystore-file` does), and forgetting one headset there leaves the others.
# Seen:    Reading works. Forgetting one of two headsets reports success and replaces the whole file by one JSON string,
#          the controller's address: both bonds are gone, and the next start cannot read the file.
# Matters: Who tidies up a virtual headset's bonds between two runs loses all of them, and the next run looks like "the
#          headset lost its key". Name the controller when the store is opened: then it works.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/v" && "$tmp/v/bin/pip" -q install bumble==0.0.236 || exit 2

cat > "$tmp/look.py" << 'PY'
import asyncio, json, sys
from bumble.keys import JsonKeyStore, PairingKeys

path, controller = sys.argv[1] + "/keys.json", "94:DB:56:00:00:99/P"
headsets = ["94:DB:56:00:00:01/P", "94:DB:56:00:00:02/P"]


async def write():
    store = JsonKeyStore(controller, path)
    for number, headset in enumerate(headsets):
        keys = PairingKeys()
        keys.link_key = PairingKeys.Key(bytes([number]) * 16)
        await store.update(headset, keys)


async def main():
    await write()
    unnamed = JsonKeyStore(None, path)
    seen = [name for name, _ in await unnamed.get_all()]
    await unnamed.delete(headsets[0])
    left = json.load(open(path))
    print("bonds seen without naming the controller:", seen)
    print("the file after one of them was forgotten: ", json.dumps(left))
    try:
        await JsonKeyStore(controller, path).get_all()
        again = "readable"
    except TypeError as error:
        again = f"TypeError: {error}"
    print("opened again with the controller's name:  ", again)

    await write_fresh()
    named = JsonKeyStore(controller, path)
    await named.delete(headsets[0])
    kept = list(json.load(open(path))[controller])
    print("the same with the controller named, kept: ", kept)
    same = seen == headsets and left == controller and again != "readable" and kept == headsets[1:]
    sys.exit(0 if same else 1)


async def write_fresh():
    open(path, "w").write("{}")
    await write()


asyncio.run(main())
PY
"$tmp/v/bin/python" "$tmp/look.py" "$tmp"
