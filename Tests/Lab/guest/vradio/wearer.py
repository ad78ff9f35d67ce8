"""The person with the headset: reads its display, types on it, presses yes or no.

Bumble calls the methods of `Wearer` while it pairs; the control socket calls `enter` and `press`.
"""

from __future__ import annotations

import asyncio

from bumble.pairing import PairingDelegate

#: IO capabilities by the names that `radio NAME io` takes.
CAPABILITIES = {
    "none": PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT,
    "display": PairingDelegate.IoCapability.DISPLAY_OUTPUT_ONLY,
    "keyboard": PairingDelegate.IoCapability.KEYBOARD_INPUT_ONLY,
    "yesno": PairingDelegate.IoCapability.DISPLAY_OUTPUT_AND_YES_NO_INPUT,
}


class Wearer(PairingDelegate):
    """One set of capabilities, and whatever the headset shows or asks now."""

    def __init__(self, capability: str, pin: str | None = None) -> None:
        # Bumble answers a PIN request only for a device with a keyboard; a headset's PIN is burnt in.
        super().__init__(CAPABILITIES["keyboard" if pin else capability])
        self.capability = capability
        self.pin = pin
        self.shown: int | None = None
        self.typed: asyncio.Future[int] | None = None
        self.confirmed: asyncio.Future[bool] | None = None

    @property
    def wants_protection(self) -> bool:
        return self.capability != "none"

    @property
    def question(self) -> str | None:
        """What the headset waits for: `confirm`, `type` or nothing."""
        if self.confirmed and not self.confirmed.done():
            return "confirm"
        if self.typed and not self.typed.done():
            return "type"
        return None

    # Called by bumble

    async def compare_numbers(self, number: int, digits: int) -> bool:
        self.shown = number
        self.confirmed = asyncio.get_running_loop().create_future()
        try:
            return await self.confirmed
        finally:
            self.shown = None

    async def display_number(self, number: int, digits: int) -> None:
        self.shown = number

    async def get_number(self) -> int | None:
        self.typed = asyncio.get_running_loop().create_future()
        return await self.typed

    async def get_string(self, max_length: int) -> str | None:
        return self.pin

    # Called from outside

    def enter(self, text: str) -> None:
        if not self.typed or self.typed.done():
            raise ValueError("the headset asks for no passkey")
        self.typed.set_result(int(text))

    def press(self, yes: bool) -> None:
        if not self.confirmed or self.confirmed.done():
            raise ValueError("the headset asks for no confirmation")
        self.confirmed.set_result(yes)

    def passkey(self) -> str:
        if self.shown is None:
            raise ValueError("the headset shows no passkey")
        return f"{self.shown:06}"
