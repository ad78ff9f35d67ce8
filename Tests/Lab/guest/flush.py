#!/usr/bin/python3 -IS
"""flush.py Inspect|Flush|Disconnect|Watch ADAPTER DEVICE [LAYER…]: one call of the privileged helper, as the daemon makes it.

Prints each reply's parameters as a line of JSON. Exit status 1, with the error's name and parameters on stderr, when
it is refused; 2 when the connection ended without an answer. The caller is whoever runs this.
"""

from __future__ import annotations

import json
import socket
import sys

SOCKET = "/run/mdrctl-flush.sock"


def main() -> int:
    method, adapter, device, *layers = sys.argv[1:]
    parameters: dict[str, object] = {"adapter": adapter, "device": device}
    if method in ("Inspect", "Flush"):
        parameters["layers"] = layers
    call = {"method": f"org.mdrctl.Flush.{method}", "parameters": parameters, "more": method == "Watch"}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(json.dumps(call).encode() + b"\0")
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            *messages, received = received.split(b"\0")
            for reply in map(json.loads, messages):
                if "error" in reply:
                    print(reply["error"].removeprefix("org.mdrctl.Flush."), json.dumps(reply["parameters"]), file=sys.stderr)
                    return 1
                print(json.dumps(reply["parameters"]), flush=True)
                if not reply.get("continues"):
                    return 0
    print("no answer", file=sys.stderr)
    return 2


try:
    sys.exit(main())
except OSError as error:
    sys.exit(f"flush.py: {error}")
