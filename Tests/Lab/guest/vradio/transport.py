"""What sits on top of a controller: bumble's host stack in this process, or the kernel behind /dev/vhci."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from .controller import Controller

VENDOR_PACKET = 0xFF
#: Asks /dev/vhci for a primary controller without external configuration (drivers/bluetooth/hci_vhci.c).
CREATE = bytes([VENDOR_PACKET, 0])


class Pipe:
    """The source and sink of packets that bumble wants, joined to a controller of this process."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.terminated: Any = None

    def set_packet_sink(self, sink: Any) -> None:
        loop = asyncio.get_running_loop()
        self.controller.host = lambda packet: loop.call_soon(sink.on_packet, packet) and None

    def on_packet(self, packet: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.controller.on_packet, bytes(packet))


class Plug:
    """The kernel's end: while plugged in, the controller is an adapter hciN of this machine."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.descriptor: int | None = None
        self.index: int | None = None

    def plug(self) -> None:
        if self.descriptor is not None:
            raise ValueError("the controller is plugged in already")
        self.descriptor = os.open("/dev/vhci", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self.controller.host = self.write
        self.controller.powered = True
        asyncio.get_running_loop().add_reader(self.descriptor, self.read)
        os.write(self.descriptor, CREATE)

    def unplug(self) -> None:
        if self.descriptor is None:
            raise ValueError("no controller is plugged in")
        for link in list(self.controller.links.values()):
            self.controller.detach(link, there=0x08, here=None)
        asyncio.get_running_loop().remove_reader(self.descriptor)
        os.close(self.descriptor)
        self.descriptor = self.index = None
        self.controller.host = None
        self.controller.powered = False
        self.controller.reset()

    def write(self, packet: bytes) -> None:
        if self.descriptor is None:
            return
        try:
            os.write(self.descriptor, packet)
        except OSError as error:
            print("writing to /dev/vhci:", error, flush=True)

    def read(self) -> None:
        while self.descriptor is not None:
            try:
                packet = os.read(self.descriptor, 8192)
            except BlockingIOError:
                return
            if not packet:
                return
            if packet[0] == VENDOR_PACKET:
                self.index = packet[2] | packet[3] << 8
                print(f"plugged in as hci{self.index}", flush=True)
            else:
                self.controller.on_packet(packet)
