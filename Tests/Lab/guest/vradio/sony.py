"""A Sony headset's control channel: it plays a recorded session (Tests/MDRTests/Data/sessions) over RFCOMM.

The rules of the link are those of docs/sony.md: acknowledgements with the other number, one counter for both tables, one
frame outstanding, repeats recognised. What it holds are the recorded answers; a command changes them.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

ACKNOWLEDGEMENT, TABLE_ONE, TABLE_TWO = 0x01, 0x0C, 0x0E
#: Seconds until a frame that was not acknowledged is repeated, and how often it is sent.
PATIENCE, TRIES = 0.7, 4
#: Seconds that an answer takes, and the news of a change; as measured on a WH-1000XM6.
ANSWER_DELAY, CHANGE_DELAY = 0.03, 0.05
#: Commands that change something, in whichever table.
CHANGES = {0x28, 0x48, 0x58, 0x68, 0xA8, 0xD8, 0xE8, 0xF8, 0xFC}
#: What `radio NAME mdr FILE HABIT…` takes.
HABITS = ("split", "init-ignore", "drop-set")

#: Other makers' and the maker's own services, which a client must not take for the control channel.
DECOYS = (
    "00000000-deca-fade-deca-deafdecacaff",
    "81c2e72a-0591-443e-a1ff-05f988593351",
    "443cce33-e85d-4b85-8d53-6e319ede53ae",
)

#: The functions of models whose recordings have no list; those of WH-1000XM4 are from another recording of it.
FUNCTIONS = {
    "WH-1000XM4": "11 12 13 14 21 22 30 39 51 62 71 81 a1 c1 d1 d2 e1 e2 f3 f4 f5 f6",
    "WH-CH720N": "6b",
    "WH-CH520": "20",
    "WF-1000XM5": "29 2a 6b",
    "WF-1000XM6": "6d",
    "WH-XB910N": "10 12 13 14 20 23 24 27 32 50 69 6a 70 90 93 a1 c1 d1 d2 e1 e2 f4 f9",
}

Message = tuple[int, bytes]


def frame(kind: int, sequence: int, payload: bytes) -> bytes:
    inner = bytes([kind, sequence]) + len(payload).to_bytes(4, "big") + payload
    inner += bytes([sum(inner) & 0xFF])
    escaped = b"".join(bytes([0x3D, byte & 0xEF]) if byte in b"\x3c\x3d\x3e" else bytes([byte]) for byte in inner)
    return b"\x3e" + escaped + b"\x3c"


def unframe(escaped: bytes) -> tuple[int, int, bytes] | None:
    """Type, sequence and payload of what stood between the marks; None for a broken one."""
    inner, hidden = bytearray(), False
    for byte in escaped:
        if byte == 0x3D and not hidden:
            hidden = True
            continue
        inner.append(byte | 0x10 if hidden else byte)
        hidden = False
    if len(inner) < 7 or sum(inner[:-1]) & 0xFF != inner[-1] or int.from_bytes(inner[2:6], "big") != len(inner) - 7:
        return None
    return inner[0], inner[1], bytes(inner[6:-1])


def frames(stream: bytearray) -> list[tuple[int, int, bytes] | None]:
    """Takes the whole frames out of what has come."""
    found = []
    while (start := stream.find(0x3E)) >= 0 and (end := stream.find(0x3C, start)) >= 0:
        found.append(unframe(bytes(stream[start + 1 : end])))
        del stream[: end + 1]
    return found


class Session:
    """What was recorded of one headset."""

    def __init__(self, path: str, address: str) -> None:
        with open(path, encoding="utf-8") as file:
            recorded = json.load(file)
        self.service: str = recorded["service_uuid"]
        self.is_v1 = recorded["generation"] == "V1"
        self.answers: dict[Message, Message] = {}
        for exchange in recorded["exchanges"]:
            asked = frames(bytearray.fromhex(exchange["request_hex"]))
            told = [each for reply in exchange["replies_hex"] for each in frames(bytearray.fromhex(reply))]
            told = [each for each in told if each and each[0] != ACKNOWLEDGEMENT]
            if asked and asked[0] and told:
                self.answers.setdefault((asked[0][0], asked[0][2]), (told[0][0], told[0][2]))
        # What every headset answers, where it was not recorded.
        texts = {b"\x04\x01": recorded["model"], b"\x04\x02": recorded.get("firmware") or "0"}
        for asked, text in texts.items():
            told = bytes([asked[0] + 1, asked[1], len(text)]) + text.encode()
            self.answers.setdefault((TABLE_ONE, asked), (TABLE_ONE, told))
        self.answers.setdefault((TABLE_ONE, b"\x02\x00"), (TABLE_ONE, bytes([3, 0, 1, len(address)]) + address.encode()))
        functions = bytes.fromhex(FUNCTIONS.get(recorded["model"], ""))
        for table, listed in ((TABLE_ONE, functions), (TABLE_TWO, b"")):
            # On V2 each has its place in the maker's app behind it.
            entries = listed if self.is_v1 else b"".join(bytes([each, 0xFF]) for each in listed)
            told = bytes([7, 0, len(listed)]) + entries
            self.answers.setdefault((table, b"\x06\x00"), (table, told))
        self.answers.setdefault((TABLE_ONE, b"\x04\x03"), (TABLE_ONE, b"\x05\x03\x30\x01"))


class Sony:
    """The channel of one headset, for one client at a time."""

    def __init__(
        self, session: Session, habits: list[str], note: Callable[..., None], forget: Callable[[str], None]
    ) -> None:
        if not set(habits) <= set(HABITS):
            raise ValueError(f"habits are some of {', '.join(HABITS)}")
        self.session = session
        self.habits = set(habits)
        self.note = note
        self.forget = forget
        self.hosts: list[str] = []
        self.answers = dict(session.answers)
        self.channel: Any = None
        self.received: list[str] = []
        self.violations: list[str] = []
        self.accepted = 0
        self.has_dropped = False
        self.reset()

    def reset(self) -> None:
        self.stream = bytearray()
        self.sequence = random.randint(0, 1)
        self.queue: list[Message] = []
        self.outstanding: tuple[int, int, bytes] | None = None
        self.last: tuple[int, int, bytes] | None = None
        self.handshakes = 0
        self.shaken = False

    def open(self, channel: Any) -> None:
        """A client connected."""
        self.reset()
        self.channel = channel
        self.accepted += 1
        channel.sink = self.take
        channel.on("close", lambda: self.closed(channel))
        # bumble 0.0.236 acknowledges that the host ends one channel, and tells nobody (`rfcomm.py DLC.on_disc_frame`).
        acknowledge = channel.on_disc_frame

        def ended(frame: Any) -> None:
            acknowledge(frame)
            self.closed(channel)

        channel.on_disc_frame = ended
        self.note("control channel open")

    def closed(self, channel: Any) -> None:
        if self.channel is channel:
            self.channel = None
            self.note("control channel closed")

    async def drop(self) -> None:
        if self.channel:
            channel, self.channel = self.channel, None
            await channel.disconnect()

    # The link

    def write(self, data: bytes) -> None:
        if not self.channel:
            return
        if "split" not in self.habits:
            return self.channel.write(data)
        for byte in data:
            self.channel.write(bytes([byte]))

    def take(self, data: bytes) -> None:
        self.stream += data
        for each in frames(self.stream):
            if each is None:
                self.violations.append("a broken frame")
            elif each[0] == ACKNOWLEDGEMENT:
                if self.outstanding and each[1] == 1 - self.outstanding[1]:
                    self.outstanding = None
                    self.say_next()
            else:
                self.receive(*each)

    def receive(self, kind: int, sequence: int, payload: bytes) -> None:
        acknowledgement = frame(ACKNOWLEDGEMENT, 1 - sequence, b"")
        # The same number again is a repeat, whatever it carries.
        if self.last and sequence == self.last[1]:
            if (kind, sequence, payload) != self.last:
                self.violations.append("a number used twice")
            return self.write(acknowledgement)
        self.last = (kind, sequence, payload)
        self.received.append(f"{kind:02x} {payload.hex()}")
        if payload[0] in CHANGES and "drop-set" in self.habits and not self.has_dropped:
            self.has_dropped = True
            asyncio.ensure_future(self.drop())
            return None
        self.write(acknowledgement)
        return self.handle((kind, payload))

    def say(self, message: Message | None, delay: float) -> None:
        if message:
            channel = self.channel
            asyncio.get_running_loop().call_later(delay, self.enqueue, channel, message)

    def enqueue(self, channel: Any, message: Message) -> None:
        if channel is self.channel:
            self.queue.append(message)
            self.say_next()

    def say_next(self) -> None:
        if self.outstanding or not self.queue or not self.channel:
            return
        kind, payload = self.queue.pop(0)
        self.outstanding = (kind, self.sequence, payload)
        self.sequence = 1 - self.sequence
        self.send(self.outstanding, self.channel, TRIES)

    def send(self, sent: tuple[int, int, bytes], channel: Any, tries: int) -> None:
        if self.outstanding is not sent or channel is not self.channel:
            return
        if tries == 0:
            self.violations.append("a frame was never acknowledged")
            asyncio.ensure_future(self.drop())
            return
        self.write(frame(*sent))
        asyncio.get_running_loop().call_later(PATIENCE, self.send, sent, channel, tries - 1)

    # What it holds

    def handle(self, message: Message) -> None:
        kind, payload = message
        if payload == b"\x00\x00":
            self.handshakes += 1
            if "init-ignore" in self.habits and self.handshakes == 1:
                return
            self.shaken = True
        elif not self.shaken:
            self.violations.append(f"{payload.hex()} before the handshake was answered")
            return
        if self.session.is_v1 and kind == TABLE_ONE and payload[0] == 0x22:
            self.violations.append("switched off")
            asyncio.ensure_future(self.drop())
        elif kind == TABLE_TWO and payload.startswith(b"\x3c\x02\x02") and payload[3:].decode() in self.hosts:
            self.unpair(payload[3:].decode())
        elif payload[0] in CHANGES:
            self.change(kind, payload)
        else:
            self.say(self.answers.get(message), ANSWER_DELAY)

    def pair(self, hosts: list[str]) -> None:
        """It is paired with these hosts, the first of which is connected and has the sound. Constructed: of the second
        generation no list of hosts was captured."""
        self.hosts = hosts
        told = bytes([0x37, 0x02, len(hosts)])
        for place, host in enumerate(hosts):
            told += host.encode() + bytes([1 if place == 0 else 0, 0x00, 0x01, 0x04, 0x02]) + b"PC"
        self.answers[TABLE_TWO, b"\x36\x02"] = (TABLE_TWO, told + bytes([1 if hosts else 0]))

    def unpair(self, host: str) -> None:
        """Forgets a host, and says so."""
        self.pair([each for each in self.hosts if each != host])
        self.forget(host)
        self.say((TABLE_TWO, b"\x3d\x02\x02\x20" + host.encode()), CHANGE_DELAY)

    def change(self, kind: int, payload: bytes) -> None:
        """Most commands have their answer one below, their news one above, and the same bytes behind."""
        asked = (kind, bytes([payload[0] - 2, payload[1]]))
        if asked not in self.answers:
            return
        rest = bytearray(payload[2:])
        if payload[0] == 0x68 and payload[1] == 0x02 and self.session.is_v1:
            rest[0] = 1 if rest[0] == 0x11 else 0
            rest[1] = 2
            if rest[2]:
                rest[5] = 0
        elif payload[0] == 0x68:
            rest[0] = 1
        elif payload[0] == 0x58 and rest[1:] == b"\x00":
            rest[1:] = self.answers[asked][1][3:]
        told = bytes([payload[0] - 1, payload[1]]) + rest
        self.answers[asked] = (kind, told)
        self.say((kind, bytes([payload[0] + 1]) + told[1:]), CHANGE_DELAY)

    def status(self) -> dict[str, Any]:
        return {
            "open": self.channel is not None,
            "hosts": self.hosts,
            "accepted": self.accepted,
            "received": self.received,
            "violations": self.violations,
        }
