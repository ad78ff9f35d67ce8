#!/usr/bin/python3 -IS
"""rights.py INTERFACE: calls each method of an interface of mdrctld's about a headset and an adapter that nobody has.

Prints METHOD and what came of it: `refused` for whoever lacks the right, else `reached`. The caller is whoever runs this.
"""

from __future__ import annotations

import json
import re
import socket
import sys

SOCKET = "/run/mdrctl/mdrctl.sock"


def ask(method: str, parameters: dict[str, object], more: bool = False) -> dict[str, object]:
    """The first reply."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(SOCKET)
        call = {"method": method, "parameters": parameters, "more": more}
        connection.sendall(json.dumps(call).encode() + b"\0")
        received = b""
        while b"\0" not in received:
            chunk = connection.recv(1 << 20)
            if not chunk:
                return {"error": "ended"}
            received += chunk
        return json.loads(received.split(b"\0")[0])


def main() -> None:
    interface = sys.argv[1]
    description = ask("org.varlink.service.GetInterfaceDescription", {"interface": interface})
    text = description["parameters"]["description"]
    for method in re.findall(r"^method (\w+)", text, re.MULTILINE):
        # Where the right is there nothing becomes of it: no such adapter, no such headset, or no such parameter.
        reply = ask(f"{interface}.{method}", {"device": "nobody's headset", "adapter": "hci77"})
        print(method, "refused" if reply.get("error") == "org.varlink.service.PermissionDenied" else "reached")


main()
