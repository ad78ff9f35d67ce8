#!/usr/bin/env python3
"""liar.py [ADDRESS…]: a login session's part that makes its sound server up. Joins the daemon, reports a PipeWire with a
card in stereo for each address, prints "reported" when the daemon has taken that, and stays until it is killed."""

import json
import os
import socket
import sys

SOCKET = os.environ.get("MDRCTL_SOCKET", "/run/mdrctl/mdrctl.sock")


def connect():
    link = socket.socket(socket.AF_UNIX)
    link.connect(SOCKET)
    return link, link.makefile("rb")


def send(link, method, parameters, **flags):
    frame = {"method": f"org.mdrctl.Session.{method}", "parameters": parameters, **flags}
    link.sendall(json.dumps(frame).encode() + b"\0")


def receive(stream):
    frame = bytearray()
    while not frame.endswith(b"\0"):
        byte = stream.read(1)
        if not byte:
            sys.exit("the daemon hung up")
        frame += byte
    reply = json.loads(frame[:-1])
    if "error" in reply:
        sys.exit(f"refused: {reply}")
    return reply["parameters"]


def card(address):
    profile = {"name": "a2dp-sink", "description": "A2DP", "sinks": 1, "sources": 0, "priority": 18, "available": True}
    return {
        "name": "bluez_card." + address.replace(":", "_"), "address": address, "profiles": [profile],
        "activeProfile": "a2dp-sink", "codecs": [], "isDefault": True, "captures": [],
    }


joined, orders = connect()
send(joined, "Attach", {}, more=True)
session = receive(orders)["session"]
other, answers = connect()
server = {"kind": "pipewire", "version": "9.9"}
send(other, "Report", {"session": session, "server": server, "cards": [card(address) for address in sys.argv[1:]]})
receive(answers)
print("reported", flush=True)
while True:
    receive(orders)
