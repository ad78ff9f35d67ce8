"""ACL links: paging, acceptance, names and features of the peer, roles, data and the end."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .air import CENTRAL, PERIPHERAL, Link

if TYPE_CHECKING:
    from .controller import Controller

PAGE_SCAN = 0x02  # of Scan_Enable

# Error codes, Vol 1 Part F.
NO_CONNECTION = 0x02
PAGE_TIMEOUT = 0x04
SUPERVISION_TIMEOUT = 0x08
ALREADY_CONNECTED = 0x0B
ACCEPT_TIMEOUT = 0x10
LOCAL_HOST = 0x16

#: Company 0x05F1 is the Linux Foundation's; LMP version 10 is 5.1.
LMP_VERSION = b"\x0a" + struct.pack("<HH", 0x05F1, 1)


@dataclass(eq=False)
class Paging:
    """A Create Connection that has no answer yet."""

    timer: asyncio.TimerHandle


class Links:
    links: dict[bytes, Link]

    def link_handlers(self) -> dict[int, Callable[[int, bytes], None]]:
        return {
            0x0405: self.on_create_connection,
            0x0406: self.on_disconnect,
            0x1405: self.on_read_rssi,
            0x0408: self.on_create_connection_cancel,
            0x0409: self.on_accept_connection,
            0x040A: self.on_reject_connection,
            0x040F: self.on_change_packet_type,
            0x0419: self.on_remote_name_request,
            0x041B: self.on_read_remote_features,
            0x041C: self.on_read_remote_extended_features,
            0x041D: self.on_read_remote_version,
            0x041F: self.on_read_clock_offset,
            0x0803: self.on_sniff_mode,
            0x0804: self.on_exit_sniff_mode,
            0x0809: self.on_role_discovery,
            0x080B: self.on_switch_role,
            0x080E: lambda op, _: self.complete(op, b"\x00" + struct.pack("<H", self.link_policy)),
            0x080F: self.on_write_link_policy,
        }

    def reset_links(self) -> None:
        self.links.clear()
        self.paging: dict[bytes, Paging] = {}
        #: Data that an inquiry keeps waiting.
        self.acl_held: list[tuple[int, int, bytes]] = []
        #: Those who page us, by address, until our host accepts or rejects them.
        self.paged_by: dict[bytes, Controller] = {}
        self.link_policy = 0

    def link_of(self, handle: int) -> Link | None:
        return next((link for link in self.links.values() if link.handle == handle), None)

    def new_handle(self) -> int:
        handle = self.next_handle
        self.next_handle = handle % 0xEFF + 1
        return handle

    # Connecting

    def connection_complete(self, peer: bytes, status: int, handle: int = 0) -> None:
        self.event(0x03, bytes([status]) + struct.pack("<H", handle) + peer + b"\x01\x00")

    def on_create_connection(self, opcode: int, data: bytes) -> None:
        peer = data[:6]
        if peer in self.links:
            self.status(opcode, ALREADY_CONNECTED)
            return
        self.status(opcode)
        controller = self.air.in_reach(peer)
        if controller and controller.scan_enable & PAGE_SCAN and self.in_range:
            timer = self.air.later("page_ms", self.page, peer)
        else:
            timer = self.air.later("page_timeout_ms", self.page_failed, peer)
        self.paging[peer] = Paging(timer)

    def page(self, peer: bytes) -> None:
        controller = self.air.in_reach(peer)
        if not controller or self.address in controller.links:
            self.page_failed(peer)
            return
        controller.paged_by[self.address] = self
        controller.event(0x04, self.address + self.device_class + b"\x01")  # Connection Request

    def page_failed(self, peer: bytes, status: int = PAGE_TIMEOUT) -> None:
        if self.paging.pop(peer, None):
            self.connection_complete(peer, status)

    def on_create_connection_cancel(self, opcode: int, data: bytes) -> None:
        peer = data[:6]
        paging = self.paging.pop(peer, None)
        if not paging:
            status = ALREADY_CONNECTED if peer in self.links else NO_CONNECTION
            self.complete(opcode, bytes([status]) + peer)
            return
        paging.timer.cancel()
        if controller := self.air.controllers.get(peer):
            controller.paged_by.pop(self.address, None)
        self.complete(opcode, b"\x00" + peer)
        self.connection_complete(peer, NO_CONNECTION)

    def on_accept_connection(self, opcode: int, data: bytes) -> None:
        caller = self.paged_by.pop(data[:6], None)
        if not caller:
            self.status(opcode, NO_CONNECTION)
            return
        self.status(opcode)
        if not caller.paging.pop(self.address, None):
            self.connection_complete(data[:6], ACCEPT_TIMEOUT)
            return
        theirs = Link(caller, self.address, caller.new_handle(), CENTRAL)
        ours = Link(self, caller.address, self.new_handle(), PERIPHERAL)
        theirs.other, ours.other = ours, theirs
        caller.links[self.address] = theirs
        self.links[caller.address] = ours
        self.connection_complete(caller.address, 0, ours.handle)
        caller.connection_complete(self.address, 0, theirs.handle)

    def on_reject_connection(self, opcode: int, data: bytes) -> None:
        self.status(opcode)
        if caller := self.paged_by.pop(data[:6], None):
            caller.page_failed(self.address, data[6])
            self.connection_complete(data[:6], data[6])

    # Data

    def on_read_rssi(self, opcode: int, data: bytes) -> None:
        self.complete(opcode, b"\0" + data[:2] + struct.pack("b", self.air.settings["rssi"]))

    def on_acl(self, packet: bytes) -> None:
        (field,) = struct.unpack_from("<H", packet, 1)
        handle, boundary = field & 0xFFF, field >> 12 & 3
        if self.acl_held or self.inquiry_timers and self.air.settings["inquiry_hold_ms"]:
            if not self.acl_held:
                self.air.later("inquiry_hold_ms", self.release_acl)
            self.acl_held.append((handle, boundary, packet))
        else:
            self.send_acl(handle, boundary, packet)

    def release_acl(self) -> None:
        held, self.acl_held = self.acl_held, []
        for packet in held:
            self.send_acl(*packet)

    def send_acl(self, handle: int, boundary: int, packet: bytes) -> None:
        self.event(0x13, b"\x01" + struct.pack("<HH", handle, 1))  # Number Of Completed Packets
        link = self.link_of(handle)
        if link and self.in_range and self.air.in_reach(link.peer):
            # "First, not flushable" arrives as "first, flushable".
            self.air.later(0, link.other.controller.deliver_acl, link.other, boundary or 2, packet[5:])

    def deliver_acl(self, link: Link, boundary: int, data: bytes) -> None:
        if self.host and link.up:
            self.host(b"\x02" + struct.pack("<HH", link.handle | boundary << 12, len(data)) + data)

    # The end

    def detach(self, link: Link, there: int, here: int | None) -> None:
        """Takes a link down. Each end's host is told its reason; `None`: that host is not told."""
        for end, reason in ((link, here), (link.other, there)):
            if not end.up:
                continue
            if end.synchronous is not None and reason is not None:
                end.controller.disconnection_complete(end.synchronous, reason)
            end.synchronous = None
            end.pairing = None
            del end.controller.links[end.peer]
            if reason is not None:
                end.controller.disconnection_complete(end.handle, reason)

    def disconnection_complete(self, handle: int, reason: int) -> None:
        self.event(0x05, b"\x00" + struct.pack("<HB", handle, reason))

    def on_disconnect(self, opcode: int, data: bytes) -> None:
        handle, reason = struct.unpack("<HB", data[:3])
        if link := self.link_of(handle):
            self.status(opcode)
            self.detach(link, there=reason, here=LOCAL_HOST)
        elif link := self.synchronous_link_of(handle):
            self.status(opcode)
            self.detach_synchronous(link, there=reason, here=LOCAL_HOST)
        else:
            self.status(opcode, NO_CONNECTION)

    def walk_away(self) -> None:
        """Out of reach: every link ends by supervision timeout at both ends."""
        self.in_range = False
        for link in list(self.links.values()):
            self.air.later("supervision_ms", self.detach, link, SUPERVISION_TIMEOUT, SUPERVISION_TIMEOUT)

    # Questions about the peer

    def on_remote_name_request(self, opcode: int, data: bytes) -> None:
        peer = data[:6]
        self.status(opcode)
        controller = self.air.in_reach(peer)
        if controller and (controller.scan_enable & PAGE_SCAN or peer in self.links):
            name = controller.local_name.ljust(248, b"\0")
            self.air.later("name_ms", self.event, 0x07, b"\x00" + peer + name)
        else:
            self.air.later("page_timeout_ms", self.event, 0x07, bytes([PAGE_TIMEOUT]) + peer + bytes(248))

    def answer_about(self, opcode: int, data: bytes, event: int, answer: Callable[[Link], bytes]) -> None:
        link = self.link_of(struct.unpack("<H", data[:2])[0])
        self.status(opcode, 0 if link else NO_CONNECTION)
        if link:
            self.event(event, b"\x00" + data[:2] + answer(link))

    def on_read_remote_features(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x0B, lambda link: link.other.controller.features)

    def on_read_remote_extended_features(self, opcode: int, data: bytes) -> None:
        page = data[2]
        self.answer_about(
            opcode, data, 0x23, lambda link: bytes([page, 2]) + link.other.controller.feature_page(page))

    def on_read_remote_version(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x0C, lambda _: LMP_VERSION)

    def on_read_clock_offset(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x1C, lambda _: b"\x00\x00")

    def on_change_packet_type(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x1D, lambda _: data[2:4])

    # Link policy

    def on_sniff_mode(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x14, lambda _: b"\x02" + data[2:4])

    def on_exit_sniff_mode(self, opcode: int, data: bytes) -> None:
        self.answer_about(opcode, data, 0x14, lambda _: b"\x00\x00\x00")

    def on_write_link_policy(self, opcode: int, data: bytes) -> None:
        (self.link_policy,) = struct.unpack("<H", data[:2])
        self.complete(opcode)

    def on_role_discovery(self, opcode: int, data: bytes) -> None:
        link = self.link_of(struct.unpack("<H", data[:2])[0])
        if link:
            self.complete(opcode, b"\x00" + data[:2] + bytes([link.role]))
        else:
            self.complete(opcode, bytes([NO_CONNECTION]) + data[:2] + b"\x00")

    def on_switch_role(self, opcode: int, data: bytes) -> None:
        link = self.links.get(data[:6])
        self.status(opcode, 0 if link else NO_CONNECTION)
        if link and link.role != data[6]:
            link.role, link.other.role = data[6], 1 - data[6]
            self.event(0x12, b"\x00" + link.peer + bytes([link.role]))
            link.other.controller.event(0x12, b"\x00" + self.address + bytes([link.other.role]))
