"""An emulated BR/EDR controller: HCI commands in, HCI events out, the air on the other side.

Command and event numbers are those of the Core specification, Vol 4 Part E, chapter 7. A command's
opcode is OGF << 10 | OCF. Each subject has its own file, as a mixin that brings a table of handlers;
what has a fixed answer stands in `fixed_answers.py`.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable

from .air import Air, Link, address_bytes
from .authentication import Authentication
from .fixed_answers import ECHO_ADDRESS, ECHO_HANDLE, FIXED, SUPPORTED_COMMANDS
from .inquiry import Inquiry
from .links import Links
from .stored_keys import StoredKeys
from .synchronous import Synchronous

OK = b"\x00"
UNKNOWN_COMMAND = b"\x01"

#: Packet types of the UART transport, Vol 4 Part A.
COMMAND_PACKET, ACL_PACKET, SYNCHRONOUS_PACKET, EVENT_PACKET = 1, 2, 3, 4

#: LMP features, page 0: 3- and 5-slot packets, encryption, role switch, sniff, SCO, eSCO, EDR, AFH,
#: extended inquiry, secure simple pairing. No LE.
FEATURES = bytes([0xA7, 0x38, 0x08, 0xC6, 0x9B, 0xFF, 0x59, 0x83])
#: Byte and bit of secure simple pairing in it.
SIMPLE_PAIRING_FEATURE = (6, 0x08)


class Controller(Inquiry, Links, Authentication, StoredKeys, Synchronous):
    """One controller. `host` takes the packets for the host stack on top of it."""

    def __init__(self, air: Air, address: str, name: str) -> None:
        self.air = air
        self.address = address_bytes(address)
        self.name = name
        self.features = FEATURES
        self.in_range = True
        self.powered = True
        self.host: Callable[[bytes], None] | None = None
        self.links: dict[bytes, Link] = {}
        self.next_handle = 1
        self.stored_keys: dict[bytes, bytes] = {}
        #: A headset that is not in its pairing mode refuses with Pairing Not Allowed.
        self.accepts_pairing = True
        self.reset()
        air.controllers[self.address] = self
        self.handlers: dict[int, Callable[[int, bytes], None]] = {
            0x0C03: self.on_reset,
            0x0C13: self.on_write_local_name,
            0x0C14: lambda op, _: self.complete(op, OK + self.local_name.ljust(248, b"\0")),
            0x0C19: lambda op, _: self.complete(op, OK + bytes([self.scan_enable])),
            0x0C1A: self.on_write_scan_enable,
            0x0C23: lambda op, _: self.complete(op, OK + self.device_class),
            0x0C24: self.on_write_class,
            0x0C25: lambda op, _: self.complete(op, OK + struct.pack("<H", self.voice_setting)),
            0x0C26: self.on_write_voice_setting,
            0x0C51: lambda op, _: self.complete(op, OK + b"\0" + self.inquiry_response),
            0x0C52: self.on_write_inquiry_response,
            0x1002: lambda op, _: self.complete(op, OK + SUPPORTED_COMMANDS),
            0x1003: lambda op, _: self.complete(op, OK + self.features),
            0x1004: lambda op, data: self.complete(op, OK + bytes([data[0], 2]) + self.feature_page(data[0])),
            0x1009: lambda op, _: self.complete(op, OK + self.address),
            **self.inquiry_handlers(),
            **self.link_handlers(),
            **self.authentication_handlers(),
            **self.stored_key_handlers(),
            **self.synchronous_handlers(),
        }

    def reset(self) -> None:
        """What HCI Reset makes of the volatile state."""
        self.scan_enable = 0
        self.device_class = bytes(3)
        self.local_name = b""
        self.inquiry_response = bytes(240)
        self.voice_setting = 0x0060
        self.reset_inquiry()
        self.reset_links()
        self.reset_authentication()

    def feature_page(self, number: int) -> bytes:
        """LMP features: page 1 says what the host switched on, page 2 secure connections."""
        if number == 0:
            return self.features
        if number == 1:
            return bytes([self.simple_pairing | self.secure_connections << 3]) + bytes(7)
        if number == 2:
            return bytes([0, 1]) + bytes(6)
        return bytes(8)

    def forget_simple_pairing(self) -> None:
        """Turns this into a controller from before Bluetooth 2.1, which pairs with a PIN."""
        byte, bit = SIMPLE_PAIRING_FEATURE
        features = bytearray(self.features)
        features[byte] &= ~bit
        self.features = bytes(features)
        self.simple_pairing = 0
        self.secure_connections = 0

    # Towards the host

    def event(self, code: int, data: bytes) -> None:
        if self.host:
            self.host(bytes([EVENT_PACKET, code, len(data)]) + data)

    def complete(self, opcode: int, data: bytes = OK) -> None:
        """Command Complete."""
        self.event(0x0E, b"\x01" + struct.pack("<H", opcode) + data)

    def status(self, opcode: int, status: int = 0) -> None:
        """Command Status."""
        self.event(0x0F, bytes([status, 1]) + struct.pack("<H", opcode))

    # From the host

    def on_packet(self, packet: bytes) -> None:
        kind = packet[0]
        if kind == COMMAND_PACKET:
            (opcode,) = struct.unpack_from("<H", packet, 1)
            self.on_command(opcode, packet[4:])
        elif kind == ACL_PACKET:
            self.on_acl(packet)
        elif kind == SYNCHRONOUS_PACKET:
            self.on_synchronous(packet)

    def on_command(self, opcode: int, data: bytes) -> None:
        if self.air.settings["trace"]:
            print(f"{time.monotonic():.3f} {self.name} command {opcode:04x} {data.hex()}", flush=True)
        if handler := self.handlers.get(opcode):
            handler(opcode, data)
        elif opcode in FIXED:
            self.complete(opcode, FIXED[opcode])
        elif opcode in ECHO_HANDLE:
            self.complete(opcode, OK + data[:2] + ECHO_HANDLE[opcode])
        elif opcode in ECHO_ADDRESS:
            self.complete(opcode, OK + data[:6])
        else:
            self.complete(opcode, UNKNOWN_COMMAND)

    def on_reset(self, opcode: int, _: bytes) -> None:
        for link in list(self.links.values()):
            self.detach(link, there=0x13, here=None)
        self.reset()
        self.complete(opcode)

    def on_write_local_name(self, opcode: int, data: bytes) -> None:
        self.local_name = data.split(b"\0")[0]
        self.complete(opcode)

    def on_write_scan_enable(self, opcode: int, data: bytes) -> None:
        self.scan_enable = data[0]
        self.complete(opcode)

    def on_write_class(self, opcode: int, data: bytes) -> None:
        self.device_class = data[:3]
        self.complete(opcode)

    def on_write_voice_setting(self, opcode: int, data: bytes) -> None:
        (self.voice_setting,) = struct.unpack("<H", data[:2])
        self.complete(opcode)

    def on_write_inquiry_response(self, opcode: int, data: bytes) -> None:
        self.inquiry_response = data[1:241].ljust(240, b"\0")
        self.complete(opcode)
