#!/bin/sh
# Version: varlink 31.0.0 (PyPI), its server side
# Guess:   A call marked "oneway" gets no answer, whatever becomes of it: that is what the mark means, and a caller who
#          sends it does not read.
# Seen:    A oneway call that succeeds is not answered. One that fails (unknown method, unknown interface, wrong
#          parameter) is answered with its error, and the caller takes that for the answer to the next call; every later
#          answer on the connection is one late.
# Matters: "Mute, and do not wait" to a daemon of an older version, which lacks the method, makes the following "which
#          devices are connected?" fail, and the query after that gets the list. Send oneway calls on a connection of
#          their own.
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

method Play() -> ()

method Devices() -> (names: []string)
I
cat > server.py << 'PY'
import os, varlink

service = varlink.Service("a", "b", "1", "c", interface_dir=os.getcwd())


@service.interface("org.example.headphones")
class Headphones:
    def Play(self):
        return {}

    def Devices(self):
        return {"names": ["Desk"]}


class Handler(varlink.RequestHandler):
    pass


Handler.service = service
with varlink.ThreadingServer("unix:" + os.getcwd() + "/socket", Handler) as server:
    server.serve_forever()
PY
cat > look.py << 'PY'
import json, socket, sys

connection = socket.socket(socket.AF_UNIX)
connection.settimeout(10)
connection.connect("socket")
pending = b""


def send(method, **more):
    connection.sendall(json.dumps({"method": "org.example.headphones." + method, **more}).encode() + b"\0")


def answer():
    global pending
    while b"\0" not in pending:
        pending += connection.recv(4096)
    reply, _, pending = pending.partition(b"\0")
    return json.loads(reply)


send("Play", oneway=True)
send("Devices")
good = answer()
print("Devices after a oneway call that succeeds:", good)
send("Mute", oneway=True)
send("Devices")
first, second = answer(), answer()
print("Devices after a oneway call that fails:   ", first)
print("and only then:                            ", second)
same = good == second == {"parameters": {"names": ["Desk"]}} and first["error"] == "org.varlink.service.MethodNotFound"
sys.exit(0 if same else 1)
PY
v/bin/python server.py > server.log 2>&1 &
server=$!
timeout 20 sh -c 'until [ -S socket ]; do sleep 0.1; done' || { cat server.log; exit 2; }
v/bin/python look.py
