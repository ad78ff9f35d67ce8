"""SCO and eSCO links, which carry the voice of a headset in its hands-free profile."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .air import Link

NO_CONNECTION = 0x02
ESCO = b"\x02"
# Air modes of Synchronous Connection Complete.
U_LAW, A_LAW, CVSD, TRANSPARENT = 0, 1, 2, 3
#: Air coding format in the voice setting's lowest bits.
VOICE_SETTING_AIR_MODES = [CVSD, U_LAW, A_LAW, TRANSPARENT]


class Synchronous:
    links: dict[bytes, Link]

    def synchronous_handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        return {
            0x0428: self.on_setup,
            0x043D: self.on_enhanced_setup,
            0x0429: self.on_accept_synchronous,
            0x043E: self.on_accept_synchronous,
            0x042A: self.on_reject_synchronous,
        }

    def synchronous_link_of(self, handle: int) -> Link | None:
        return next((link for link in self.links.values() if link.synchronous == handle), None)

    def on_setup(self, opcode: int, data: bytes) -> None:
        (voice_setting,) = struct.unpack_from("<H", data, 12)
        self.ask_for_synchronous(opcode, data, VOICE_SETTING_AIR_MODES[voice_setting & 3])

    def on_enhanced_setup(self, opcode: int, data: bytes) -> None:
        coding_format = data[10]
        self.ask_for_synchronous(opcode, data, coding_format if coding_format in (CVSD, TRANSPARENT) else TRANSPARENT)

    def ask_for_synchronous(self, opcode: int, data: bytes, air_mode: int) -> None:
        link = self.link_of(struct.unpack("<H", data[:2])[0])
        if not link:
            self.status(opcode, NO_CONNECTION)
            return
        self.status(opcode)
        link.synchronous_air_mode = air_mode
        link.other.controller.event(0x04, self.address + self.device_class + ESCO)  # Connection Request

    def on_accept_synchronous(self, opcode: int, data: bytes) -> None:
        link = self.links.get(data[:6])
        if not link or link.other.synchronous_air_mode is None:
            self.status(opcode, NO_CONNECTION)
            return
        self.status(opcode)
        air_mode = CVSD if link.other.synchronous_air_mode == CVSD else TRANSPARENT
        link.other.synchronous_air_mode = None
        for end in (link, link.other):
            end.synchronous = end.controller.new_handle() | 0x800
        for end in (link, link.other):
            end.controller.synchronous_complete(end, 0, air_mode)

    def on_reject_synchronous(self, opcode: int, data: bytes) -> None:
        self.status(opcode)
        if link := self.links.get(data[:6]):
            link.other.synchronous_air_mode = None
            link.other.controller.synchronous_complete(link.other, data[6], CVSD)

    def synchronous_complete(self, link: Link, status: int, air_mode: int) -> None:
        handle = link.synchronous if status == 0 else 0
        sizes = b"\x0c\x06" + struct.pack("<HH", 60, 60)  # interval, window, packet lengths
        self.event(
            0x2C, bytes([status]) + struct.pack("<H", handle) + link.peer + ESCO + sizes + bytes([air_mode]))

    def detach_synchronous(self, link: Link, there: int, here: int) -> None:
        for end, reason in ((link, here), (link.other, there)):
            if end.synchronous is not None:
                end.controller.disconnection_complete(end.synchronous, reason)
                end.synchronous = None

    def on_synchronous(self, packet: bytes) -> None:
        handle, length = struct.unpack_from("<HB", packet, 1)
        link = self.synchronous_link_of(handle & 0xFFF)
        if link and link.other.synchronous is not None and link.other.controller.host:
            link.other.controller.host(b"\x03" + struct.pack("<HB", link.other.synchronous, length) + packet[4:])
