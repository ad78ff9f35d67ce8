"""vradio --headset NAME[,ADDRESS]… : runs the neighbourhood until it is killed."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os

from .server import SOCKET, Neighbourhood, serve


async def main() -> None:
    parser = argparse.ArgumentParser(prog="vradio")
    parser.add_argument("--headset", action="append", default=[], metavar="NAME[,ADDRESS]")
    parser.add_argument("--socket", default=SOCKET)
    parser.add_argument("--verbose", action="store_true", help="log every packet of the headsets' stacks")
    options = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.ERROR)

    state = os.path.dirname(options.socket)
    os.makedirs(state, exist_ok=True)
    neighbourhood = Neighbourhood(state)
    for specification in options.headset:
        await neighbourhood.add(specification)
    neighbourhood.plug.plug()
    await serve(neighbourhood, options.socket)
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
