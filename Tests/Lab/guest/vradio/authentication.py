"""Authentication, pairing and encryption.

Link keys live in the hosts, one per peer, as in real devices: a controller asks its host (Link Key
Request) and compares what the two hosts have. From this follow the cases that matter:

* both have the same key: authenticated;
* the peer lost its key: PIN or Key Missing (0x06), and the link stays up;
* the keys differ: Authentication Failure (0x05), and the verifier drops the link;
* we have no key: pairing, by secure simple pairing if both sides can, else by PIN.

Simple pairing makes a fresh random key each time. Its association model comes from the IO capabilities
and the wish for protection against a man in the middle (Core specification, Vol 3 Part C, 5.2.2.6). The
public key cryptography is left out: nothing above HCI sees it.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from .air import Link

# Error codes, Vol 1 Part F.
NO_CONNECTION = 0x02
AUTHENTICATION_FAILURE = 0x05
KEY_MISSING = 0x06
LOCAL_HOST = 0x16
PAIRING_NOT_ALLOWED = 0x18

# Link key types of Link Key Notification.
COMBINATION_KEY = 0x00
UNAUTHENTICATED_P192, AUTHENTICATED_P192 = 0x04, 0x05
UNAUTHENTICATED_P256, AUTHENTICATED_P256 = 0x07, 0x08

#: The bit of Authentication_Requirements that asks for protection against a man in the middle.
MITM = 0x01


class Capability(IntEnum):
    """IO capabilities as HCI writes them."""

    DISPLAY_ONLY = 0
    DISPLAY_YES_NO = 1
    KEYBOARD_ONLY = 2
    NONE = 3


class Model(IntEnum):
    """How the two sides convince each other."""

    JUST_WORKS = 0
    NUMERIC_COMPARISON = 1
    PASSKEY = 2


@dataclass(eq=False)
class Pairing:
    """A pairing as one end sees it."""

    initiator: bool
    capability: Capability | None = None
    requirements: int = 0
    model: Model = Model.JUST_WORKS
    #: What this end's host answered: the numbers are equal, or which passkey or PIN was entered.
    confirmed: bool = False
    #: This end shows the passkey.
    displays: bool = False
    passkey: int | None = None
    pin: bytes | None = None


def association_model(one: Pairing, other: Pairing) -> Model:
    assert one.capability is not None and other.capability is not None
    capabilities = {one.capability, other.capability}
    if not (one.requirements | other.requirements) & MITM or Capability.NONE in capabilities:
        return Model.JUST_WORKS
    if Capability.KEYBOARD_ONLY in capabilities:
        return Model.PASSKEY
    if Capability.DISPLAY_ONLY in capabilities:
        # Numbers are shown, but one side cannot say no: it counts as unauthenticated.
        return Model.JUST_WORKS
    return Model.NUMERIC_COMPARISON


class Authentication:
    links: dict[bytes, Link]

    def authentication_handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        return {
            0x040B: self.on_link_key_reply,
            0x040C: self.on_link_key_negative_reply,
            0x040D: self.on_pin_reply,
            0x040E: self.on_pin_negative_reply,
            0x0411: self.on_authentication_requested,
            0x0413: self.on_set_connection_encryption,
            0x042B: self.on_capability_reply,
            0x042C: self.on_confirmation_reply,
            0x042D: self.on_confirmation_negative_reply,
            0x042E: self.on_passkey_reply,
            0x042F: self.on_passkey_negative_reply,
            0x0434: self.on_capability_negative_reply,
            0x0460: self.on_send_keypress,
            0x0C55: lambda op, _: self.complete(op, b"\x00" + bytes([self.simple_pairing])),
            0x0C56: self.on_write_simple_pairing_mode,
            0x0C79: lambda op, _: self.complete(op, b"\x00" + bytes([self.secure_connections])),
            0x0C7A: self.on_write_secure_connections,
        }

    def reset_authentication(self) -> None:
        self.simple_pairing = 0
        self.secure_connections = 0

    def on_write_simple_pairing_mode(self, opcode: int, data: bytes) -> None:
        self.simple_pairing = data[0]
        self.complete(opcode)

    def on_write_secure_connections(self, opcode: int, data: bytes) -> None:
        self.secure_connections = data[0]
        self.complete(opcode)

    # With a link key

    def on_authentication_requested(self, opcode: int, data: bytes) -> None:
        link = self.link_of(struct.unpack("<H", data[:2])[0])
        if not link:
            self.status(opcode, NO_CONNECTION)
            return
        self.status(opcode)
        link.authenticating, link.key = True, None
        self.event(0x17, link.peer)  # Link Key Request

    def authentication_complete(self, link: Link, status: int) -> None:
        link.authenticating = False
        link.pairing = link.other.pairing = None
        self.event(0x06, bytes([status]) + struct.pack("<H", link.handle))

    def on_link_key_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link:
            return
        link.key = data[6:22]
        if link.authenticating:
            # Our challenge reaches the peer, whose controller asks its host for the key.
            link.other.key = None
            link.other.controller.event(0x17, self.address)
            return
        initiator = link.other
        if initiator.authenticating and initiator.key == link.key:
            initiator.controller.authentication_complete(initiator, 0)
        elif initiator.authenticating:
            initiator.controller.authentication_complete(initiator, AUTHENTICATION_FAILURE)
            self.air.later(20, self.detach, initiator, AUTHENTICATION_FAILURE, AUTHENTICATION_FAILURE)

    def on_link_key_negative_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link:
            return
        if not link.authenticating and link.other.authenticating:
            link.other.controller.authentication_complete(link.other, KEY_MISSING)
            if reason := self.air.settings["missing_key_drop"]:
                self.air.later(20, self.detach, link, reason, LOCAL_HOST)
            return
        link.pairing = Pairing(initiator=True)
        if self.simple_pairing and link.other.controller.simple_pairing:
            self.event(0x31, link.peer)  # IO Capability Request
        else:
            self.event(0x16, link.peer)  # PIN Code Request

    # By PIN

    def on_pin_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link or not link.pairing:
            return
        link.pairing.pin = data[7 : 7 + data[6]]
        peer = link.other.controller
        if not link.pairing.initiator:
            self.air.later("pairing_ms", self.compare_pins, link.other, link)
        elif not peer.accepts_pairing:
            self.authentication_complete(link, PAIRING_NOT_ALLOWED)
        else:
            link.other.pairing = Pairing(initiator=False)
            peer.event(0x16, self.address)

    def compare_pins(self, initiator: Link, responder: Link) -> None:
        if not initiator.pairing or not responder.pairing:
            return
        if initiator.pairing.pin == responder.pairing.pin:
            self.give_key(initiator, COMBINATION_KEY)
        else:
            initiator.controller.authentication_complete(initiator, AUTHENTICATION_FAILURE)

    def on_pin_negative_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if link and link.pairing:
            initiator = link if link.pairing.initiator else link.other
            initiator.controller.authentication_complete(initiator, KEY_MISSING)

    def give_key(self, initiator: Link, key_type: int) -> None:
        """Both ends get the same new key, and the authentication that asked for it is done."""
        key = secrets.token_bytes(16)
        for end in (initiator, initiator.other):
            end.key = key
            end.controller.event(0x18, end.peer + key + bytes([key_type]))  # Link Key Notification
        initiator.controller.authentication_complete(initiator, 0)

    # By secure simple pairing

    def on_capability_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link or not link.pairing:
            return
        link.pairing.capability = Capability(data[6])
        link.pairing.requirements = data[8]
        peer = link.other.controller
        if not link.pairing.initiator:
            peer.event(0x32, self.address + data[6:9])  # IO Capability Response
            self.air.later("pairing_ms", self.ask_the_users, link.other, link)
        elif not peer.accepts_pairing:
            self.pairing_failed(link, PAIRING_NOT_ALLOWED)
        else:
            link.other.pairing = Pairing(initiator=False)
            peer.event(0x32, self.address + data[6:9])
            peer.event(0x31, self.address)

    def ask_the_users(self, initiator: Link, responder: Link) -> None:
        if not initiator.pairing or not responder.pairing:
            return  # The link went in the meantime.
        model = association_model(initiator.pairing, responder.pairing)
        number = secrets.randbelow(1_000_000)
        displays = any(end.pairing.capability != Capability.KEYBOARD_ONLY for end in (initiator, responder))
        for end in (responder, initiator):
            end.pairing.model = model
            if model != Model.PASSKEY:
                end.controller.event(0x33, end.peer + struct.pack("<I", number))  # User Confirmation Request
            elif displays and end.pairing.capability != Capability.KEYBOARD_ONLY:
                end.pairing.displays, end.pairing.passkey = True, number
                end.controller.event(0x3B, end.peer + struct.pack("<I", number))  # User Passkey Notification
            else:
                end.controller.event(0x34, end.peer)  # User Passkey Request

    def on_confirmation_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link or not link.pairing or link.pairing.model == Model.PASSKEY:
            return
        link.pairing.confirmed = True
        if link.other.pairing and link.other.pairing.confirmed:
            self.pairing_succeeded(link)

    def on_passkey_reply(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if not link or not link.pairing or link.pairing.model != Model.PASSKEY:
            return
        (link.pairing.passkey,) = struct.unpack("<I", data[6:10])
        other = link.other.pairing
        if not other or other.passkey is None:
            return  # Two keyboards: the other user still types.
        if other.passkey == link.pairing.passkey:
            self.pairing_succeeded(link)
        else:
            self.pairing_failed(link, AUTHENTICATION_FAILURE)

    def pairing_succeeded(self, link: Link) -> None:
        initiator = link if link.pairing.initiator else link.other
        authenticated = link.pairing.model != Model.JUST_WORKS
        if self.secure_connections and link.other.controller.secure_connections:
            key_type = AUTHENTICATED_P256 if authenticated else UNAUTHENTICATED_P256
        else:
            key_type = AUTHENTICATED_P192 if authenticated else UNAUTHENTICATED_P192
        for end in (initiator, initiator.other):
            end.controller.event(0x36, b"\x00" + end.peer)  # Simple Pairing Complete
        self.give_key(initiator, key_type)

    def pairing_failed(self, link: Link, status: int) -> None:
        initiator = link if link.pairing.initiator else link.other
        for end in (link, link.other):
            if end.pairing:
                end.controller.event(0x36, bytes([status]) + end.peer)
        initiator.controller.authentication_complete(initiator, status)

    def refuse(self, opcode: int, data: bytes, status: int) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if link and link.pairing:
            self.pairing_failed(link, status)

    def on_capability_negative_reply(self, opcode: int, data: bytes) -> None:
        self.refuse(opcode, data, data[6])

    def on_confirmation_negative_reply(self, opcode: int, data: bytes) -> None:
        self.refuse(opcode, data, AUTHENTICATION_FAILURE)

    def on_passkey_negative_reply(self, opcode: int, data: bytes) -> None:
        self.refuse(opcode, data, AUTHENTICATION_FAILURE)

    def on_send_keypress(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\x00" + data[:6])
        link = self.links.get(data[:6])
        if link and link.other.pairing and link.other.pairing.displays:
            link.other.controller.event(0x3C, self.address + data[6:7])  # Keypress Notification

    # Encryption

    def on_set_connection_encryption(self, opcode: int, data: bytes) -> None:
        handle, enable = struct.unpack("<HB", data[:3])
        link = self.link_of(handle)
        if not link:
            self.status(opcode, NO_CONNECTION)
            return
        self.status(opcode)
        if enable and not link.key:
            self.event(0x08, bytes([KEY_MISSING]) + data[:2] + b"\x00")
            return
        secure = self.secure_connections and link.other.controller.secure_connections
        mode = (2 if secure else 1) if enable else 0  # AES-CCM, E0, off
        for end in (link, link.other):
            end.controller.event(0x08, b"\x00" + struct.pack("<HB", end.handle, mode))
