"""The control socket: a line with the words as a JSON array in, one line of JSON out. A failure is {"error": "..."}."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from .air import Air, address_text
from .controller import Controller
from .headset import Headset
from .sink import Stream
from .transport import Plug

#: Where `lab-up` and `radio` look for each other.
SOCKET = "/run/radio/socket"
HOST_ADDRESS = "00:1A:7D:DA:71:13"


class Neighbourhood:
    """The host's controller, the headsets around it, and the commands that change them."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.air = Air()
        self.host = Controller(self.air, HOST_ADDRESS, "host")
        self.plug = Plug(self.host)
        self.headsets: dict[str, Headset] = {}

    async def add(self, specification: str) -> None:
        name, _, address = specification.partition(",")
        if name in self.headsets:
            raise ValueError(f"there is a headset {name} already")
        controller = Controller(self.air, address or f"94:DB:56:00:00:{len(self.headsets) + 1:02X}", name)
        headset = Headset(name, controller, f"{self.state}/{name}.keys.json")
        await headset.start()
        self.headsets[name] = headset

    def headset(self, name: str) -> Headset:
        if name not in self.headsets:
            raise ValueError(f"no headset {name}; there are: {', '.join(self.headsets)}")
        return self.headsets[name]

    async def command(self, words: list[str]) -> Any:
        match words:
            case ["list"]:
                return {
                    "host": {
                        "address": address_text(self.host.address),
                        "index": self.plug.index,
                        "paging": [address_text(peer) for peer in self.host.paging],
                    },
                    "headsets": {name: address_text(h.controller.address) for name, h in self.headsets.items()},
                }
            case ["unplug"]:
                self.plug.unplug()
            case ["plug"]:
                self.plug.plug()
            case ["gone", name]:
                self.headset(name).controller.walk_away()
            case ["back", name]:
                self.headset(name).controller.in_range = True
            case ["add", specification]:
                await self.add(specification)
            case ["set", key, value]:
                if key not in self.air.settings:
                    raise ValueError(f"no setting {key}; there are: {', '.join(self.air.settings)}")
                self.air.settings[key] = int(value)
                return self.air.settings
            case ["stored-keys"]:
                return [address_text(peer) for peer in self.host.stored_keys]
            case [name, *rest] if rest:
                return await self.headset_command(self.headset(name), rest)
            case _:
                raise ValueError(f"unknown command: {' '.join(words)}")
        return {}

    async def headset_command(self, headset: Headset, words: list[str]) -> Any:
        match words:
            case ["status"]:
                return await headset.status()
            case ["bonds"]:
                return await headset.bonds()
            case ["events"]:
                return headset.events
            case ["passkey"]:
                return {"passkey": headset.wearer.passkey()}
            case ["wipe"]:
                await headset.wipe()
            case ["corrupt"]:
                await headset.corrupt()
            case ["drop"]:
                await headset.drop()
            case ["connect", *address]:
                await headset.connect(address[0] if address else HOST_ADDRESS)
            case ["visit", *address]:
                await headset.visit(address[0] if address else HOST_ADDRESS)
            case ["listen"]:
                headset.sink.stream = Stream()
            case ["call", ("hfp" | "a2dp" | "both") as profiles, *address]:
                await headset.call(address[0] if address else HOST_ADDRESS, profiles)
            case ["services", offered]:
                headset.offer(offered)
            case ["a2dp", habit]:
                headset.sink.set_habit(habit)
            case ["codecs", *names]:
                headset.sink.set_codecs(names)
            case ["mdr", ("hold" | "release") as order]:
                headset.hold_channel(order == "hold")
            case ["mdr", "hosts", *addresses]:
                if headset.sony:
                    headset.sony.pair(addresses)
            case ["mdr", "drop"]:
                if headset.sony:
                    await headset.sony.drop()
            case ["mdr", path, *habits]:
                headset.play_session(path, habits)
            case ["pairing", ("on" | "off") as mode]:
                await headset.set_pairing_mode(mode == "on")
            case ["accept", ("on" | "off") as mode]:
                headset.controller.accepts_pairing = mode == "on"
            case ["power", ("on" | "off") as mode]:
                await headset.set_power(mode == "on")
            case ["io", capability]:
                headset.set_io(capability)
            case ["pin", pin]:
                await headset.set_pin(pin)
            case ["type", passkey]:
                headset.wearer.enter(passkey)
            case ["confirm", ("yes" | "no") as answer]:
                headset.wearer.press(answer == "yes")
            case _:
                raise ValueError(f"unknown headset command: {' '.join(words)}")
        return {}


async def serve(neighbourhood: Neighbourhood, path: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            result = await neighbourhood.command(json.loads(await reader.readline()))
        except Exception as error:  # whatever goes wrong belongs to the one who asked
            result = {"error": str(error) or repr(error)}
        writer.write(json.dumps(result).encode() + b"\n")
        await writer.drain()
        writer.close()

    # Bound under another name and renamed: who sees the socket can connect to it.
    await asyncio.start_unix_server(answer, path + ".new")
    os.rename(path + ".new", path)
