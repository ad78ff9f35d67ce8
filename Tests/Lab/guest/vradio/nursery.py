"""nursery FIFO: starts neighbourhoods without their ten seconds of imports (in an emulated guest).

This process has imported everything already. For each line written to the FIFO, a JSON array PIDFILE, LOG,
ARGUMENT…, it forks a neighbourhood and leaves the child's process id in PIDFILE. A writer waits until we are ready.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys

from .__main__ import main


def child(log: str, arguments: list[str]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    main(arguments)


def serve(fifo: str) -> None:
    os.mkfifo(fifo)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the kernel takes the dead away
    gc.freeze()
    while True:
        with open(fifo) as lines:
            requests = lines.readlines()
        for pid_file, log, *arguments in map(json.loads, requests):
            process = os.fork()
            if process == 0:
                try:
                    child(log, arguments)
                finally:
                    os._exit(1)
            with open(pid_file, "w") as file:
                print(process, file=file)


serve(sys.argv[1])
