"""Link keys stored in the controller: a chip with room for four.

The kernel deletes them all at each power-on and keeps its keys itself; nothing here takes part in
authentication. The commands exist so that a host that looks finds what real chips show.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

ROOM = 4
ADDRESS, KEY = 6, 16


class StoredKeys:
    stored_keys: dict[bytes, bytes]

    def stored_key_handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        return {
            0x0C0D: self.on_read_stored_link_key,
            0x0C11: self.on_write_stored_link_key,
            0x0C12: self.on_delete_stored_link_key,
        }

    def on_read_stored_link_key(self, opcode: int, data: bytes) -> None:
        address, read_all = data[:ADDRESS], data[ADDRESS]
        wanted = {peer: key for peer, key in self.stored_keys.items() if read_all or peer == address}
        for peer, key in wanted.items():
            self.event(0x15, b"\x01" + peer + key)  # Return Link Keys
        self.complete(opcode, b"\x00" + struct.pack("<HH", ROOM, len(wanted)))

    def on_write_stored_link_key(self, opcode: int, data: bytes) -> None:
        written = 0
        for index in range(data[0]):
            start = 1 + index * (ADDRESS + KEY)
            if len(self.stored_keys) < ROOM:
                self.stored_keys[data[start : start + ADDRESS]] = data[start + ADDRESS : start + ADDRESS + KEY]
                written += 1
        self.complete(opcode, b"\x00" + bytes([written]))

    def on_delete_stored_link_key(self, opcode: int, data: bytes) -> None:
        address, delete_all = data[:ADDRESS], data[ADDRESS]
        doomed = [peer for peer in self.stored_keys if delete_all or peer == address]
        for peer in doomed:
            del self.stored_keys[peer]
        self.complete(opcode, b"\x00" + struct.pack("<H", len(doomed)))
