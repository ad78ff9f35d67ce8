"""The air between the controllers: who is in reach, how long things take, and the links that are up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .controller import Controller

#: Connection roles (Core specification, Vol 4 Part E, 7.7.12).
CENTRAL = 0
PERIPHERAL = 1


def address_bytes(text: str) -> bytes:
    """`AA:BB:CC:DD:EE:FF` as HCI writes it: six bytes, least significant first."""
    return bytes.fromhex(text.replace(":", ""))[::-1]


def address_text(address: bytes) -> str:
    """The usual spelling of an HCI address."""
    return ":".join(f"{byte:02X}" for byte in reversed(address))


@dataclass(eq=False)
class Link:
    """One end of an ACL link. `other` is the far end; both go when the link goes."""

    controller: Controller
    peer: bytes
    handle: int
    role: int
    other: Link = field(init=False)
    #: The key of this connection, known to this end since authentication or pairing.
    key: bytes | None = None
    #: This end started the authentication that is under way.
    authenticating: bool = False
    #: The pairing under way at this end, see `authentication.py`.
    pairing: Any = None
    #: Handle of the synchronous link on top, and what was asked for it.
    synchronous: int | None = None
    synchronous_air_mode: int | None = None

    @property
    def up(self) -> bool:
        return self.controller.links.get(self.peer) is self


class Air:
    """All controllers of the neighbourhood and the settings of `radio set KEY VALUE`."""

    def __init__(self) -> None:
        self.controllers: dict[bytes, Controller] = {}
        self.settings = {
            # Milliseconds until an inquiry finds the first device, and until each further one.
            "inquiry_ms": 250,
            # The unit of Inquiry_Length. The kernel's inquiries are 8 long, 10.24 s.
            "inquiry_unit_ms": 1280,
            # Milliseconds until the controller says that an inquiry has begun; the kernel waits 2 s for it.
            "inquiry_status_ms": 0,
            # Milliseconds for which an inquiry keeps data of links waiting, again and again; real ones take slots from it.
            "inquiry_hold_ms": 0,
            # How far a link is outside the golden range of whoever asks, in dB (Read RSSI); 0: within it.
            "rssi": 0,
            # Milliseconds until a device in reach answers a page, and a name request.
            "page_ms": 60,
            "name_ms": 40,
            # HCI's default page timeout, 0x2000 slots.
            "page_timeout_ms": 5120,
            # Milliseconds until a link to a device that walked away is given up.
            "supervision_ms": 2000,
            # Milliseconds between the exchange of IO capabilities (or of PINs) and what follows.
            "pairing_ms": 0,
            # A headset that lost its key also hangs up, with this reason; 0: it stays connected.
            "missing_key_drop": 0,
            # 1: print every HCI command.
            "trace": 0,
        }

    def in_reach(self, address: bytes) -> Controller | None:
        controller = self.controllers.get(bytes(address))
        if controller and controller.in_range and controller.powered:
            return controller
        return None

    def later(self, setting: str | float, action: Callable[..., None], *arguments: Any) -> asyncio.TimerHandle:
        """Runs `action` after the milliseconds given, or after those of the setting named."""
        milliseconds = self.settings[setting] if isinstance(setting, str) else setting
        return asyncio.get_running_loop().call_later(milliseconds / 1000, action, *arguments)
