"""Inquiry: finding the devices that are in reach and discoverable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .controller import Controller

#: Scan_Enable bits (Vol 4 Part E, 6.1).
INQUIRY_SCAN = 0x01
REPEAT_MS = 2560
#: -50 dBm, as the signed byte of an inquiry result.
RSSI = b"\xce"


class Inquiry:
    def inquiry_handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        return {
            0x0401: self.on_inquiry,
            0x0402: self.on_inquiry_cancel,
            0x0C44: lambda op, _: self.complete(op, b"\x00" + bytes([self.inquiry_mode])),
            0x0C45: self.on_write_inquiry_mode,
        }

    def reset_inquiry(self) -> None:
        for timer in getattr(self, "inquiry_timers", []):
            timer.cancel()
        self.inquiry_mode = 0
        self.inquiry_timers: list[asyncio.TimerHandle] = []

    def on_write_inquiry_mode(self, opcode: int, data: bytes) -> None:
        self.inquiry_mode = data[0]
        self.complete(opcode)

    def on_inquiry(self, opcode: int, data: bytes) -> None:
        if self.inquiry_timers:
            self.status(opcode, 0x0C)  # Command Disallowed
            return
        length = data[3]
        if not 1 <= length <= 0x30:
            self.status(opcode, 0x12)  # Invalid HCI Command Parameters
            return
        delay = self.air.settings["inquiry_status_ms"]
        if delay:
            self.inquiry_timers.append(self.air.later(delay, self.begin_inquiry, opcode, length))
        else:
            self.begin_inquiry(opcode, length)

    def begin_inquiry(self, opcode: int, length: int) -> None:
        self.status(opcode)
        others = [controller for controller in self.air.controllers.values() if controller is not self]
        for index, controller in enumerate(others):
            first = self.air.settings["inquiry_ms"] * (1 + index)
            for repeat in range(max(1, length // 2)):
                timer = self.air.later(first + REPEAT_MS * repeat, self.inquiry_result, controller)
                self.inquiry_timers.append(timer)
        self.inquiry_timers.append(self.air.later(length * self.air.settings["inquiry_unit_ms"], self.inquiry_complete))

    def inquiry_result(self, found: Controller) -> None:
        if not (found.scan_enable & INQUIRY_SCAN and found.in_range and found.powered):
            return
        head = b"\x01" + found.address + b"\x01"
        if self.inquiry_mode == 2 and found.simple_pairing:
            # Extended inquiry came with simple pairing; an older headset answers the plain way.
            self.event(0x2F, head + b"\0" + found.device_class + b"\0\0" + RSSI + found.inquiry_response)
        elif self.inquiry_mode >= 1:
            self.event(0x22, head + b"\0" + found.device_class + b"\0\0" + RSSI)
        else:
            self.event(0x02, head + b"\0\0" + found.device_class + b"\0\0")

    def inquiry_complete(self) -> None:
        for timer in self.inquiry_timers:
            timer.cancel()
        self.inquiry_timers = []
        self.event(0x01, b"\x00")

    def on_inquiry_cancel(self, opcode: int, _: bytes) -> None:
        if not self.inquiry_timers:
            self.complete(opcode, b"\x0c")
            return
        for timer in self.inquiry_timers:
            timer.cancel()
        self.inquiry_timers = []
        self.complete(opcode)
