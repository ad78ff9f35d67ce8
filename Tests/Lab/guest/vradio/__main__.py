"""vradio --headset NAME[,ADDRESS]… : runs the neighbourhood until it is killed."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys

from .server import SOCKET, Neighbourhood, serve


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="vradio")
    parser.add_argument("--headset", action="append", default=[], metavar="NAME[,ADDRESS]")
    parser.add_argument("--socket", default=SOCKET)
    parser.add_argument("--verbose", action="store_true", help="log every packet of the headsets' stacks")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.ERROR)

    asyncio.run(run(options.socket, options.headset))


async def run(socket: str, headsets: list[str]) -> None:
    state = os.path.dirname(socket)
    os.makedirs(state, exist_ok=True)
    neighbourhood = Neighbourhood(state)
    for specification in headsets:
        await neighbourhood.add(specification)
    neighbourhood.plug.plug()
    await serve(neighbourhood, socket)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    main(sys.argv[1:])
