#!/bin/sh
# Version: varlink 31.0.0 (PyPI), its server side
# Guess:   The server holds both sides to the interface's text, as its refusals of missing, unknown and wrongly typed
#          parameters suggest: 5.5 and true are no int, "loud" is no member of an enum, and a reply has the declared
#          fields.
# Seen:    5.5 arrives in the method as 6, true as 1; any text passes as the enum; and replies are not looked at: a
#          string goes out as the declared int, and an undeclared field with it.
# Matters: A stand-in for a daemon that is built on it lets a client's mistakes pass (a volume that was computed and not
#          rounded is the usual one) which a strict server refuses, and its own replies need not be the interface's. It
#          is no judge of whether a client or an interface is right.
set -eu
tmp=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || :
    rm -rf "$tmp"
}
trap finish EXIT
cd "$tmp"
python3 -m venv v && v/bin/pip -q install varlink==31.0.0 || exit 2

cat > org.example.headphones.varlink << 'I'
interface org.example.headphones

method Volume(device: string, level: int) -> (level: int)

method Profile(device: string, profile: (call, stereo)) -> (profile: (call, stereo))

method Battery(device: string) -> (percent: int)
I
cat > server.py << 'PY'
import os, varlink

service = varlink.Service("a", "b", "1", "c", interface_dir=os.getcwd())


@service.interface("org.example.headphones")
class Headphones:
    def Volume(self, device, level):
        return {"level": level}

    def Profile(self, device, profile):
        return {"profile": profile}

    def Battery(self, device):
        return {"percent": "plenty", "charging": True}


class Handler(varlink.RequestHandler):
    pass


Handler.service = service
with varlink.ThreadingServer("unix:" + os.getcwd() + "/socket", Handler) as server:
    server.serve_forever()
PY
cat > look.py << 'PY'
import json, socket, sys

seen = {}


def call(label, method, **parameters):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect("socket")
        request = {"method": "org.example.headphones." + method, "parameters": {"device": "Desk", **parameters}}
        connection.sendall(json.dumps(request).encode() + b"\0")
        reply = b""
        while not reply.endswith(b"\0"):
            reply += connection.recv(4096)
    reply = json.loads(reply[:-1])
    seen[label] = reply.get("error") or reply["parameters"]
    print(f"{label:24} {seen[label]}")


call("level 5", "Volume", level=5)
call("level missing", "Volume")
call("level 'loud'", "Volume", level="loud")
call("a parameter more", "Volume", level=5, dryRun=True)
call("level 5.5", "Volume", level=5.5)
call("level true", "Volume", level=True)
call("profile 'loud'", "Profile", profile="loud")
call("a reply that is wrong", "Battery")
refused = "org.varlink.service.InvalidParameter"
expected = [{"level": 5}, refused, refused, refused, {"level": 6}, {"level": 1}, {"profile": "loud"}]
expected.append({"percent": "plenty", "charging": True})
sys.exit(0 if list(seen.values()) == expected else 1)
PY
v/bin/python server.py > server.log 2>&1 &
server=$!
timeout 20 sh -c 'until [ -S socket ]; do sleep 0.1; done' || { cat server.log; exit 2; }
v/bin/python look.py
