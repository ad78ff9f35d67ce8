#!/usr/bin/python3 -IS
"""plant.py controller|kernel ADDRESS: puts a link key where no bluetoothd has put one, to set a scene.

controller: into the adapter's own memory (HCI Write Stored Link Key). kernel: into the kernel's list, in place of all
that it holds (mgmt Load Link Keys). The key is random and goes nowhere else.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys

WRITE_STORED_LINK_KEY = 0x0C11
LOAD_LINK_KEYS = 0x0012
NO_INDEX = 0xFFFF
CONTROL_CHANNEL = 3
#: HCI's and mgmt's number for an unauthenticated combination key (P-192).
UNAUTHENTICATED = 4


def hci() -> socket.socket:
    opened = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_RAW, socket.BTPROTO_HCI)
    opened.settimeout(5)
    return opened


def plant_in_controller(address: bytes) -> None:
    with hci() as connection:
        # Events, Command Complete among them, of this command.
        connection.setsockopt(socket.SOL_HCI, socket.HCI_FILTER, struct.pack("IIIHxx", 1 << 4, 1 << 0x0E, 0, WRITE_STORED_LINK_KEY))
        connection.bind((0,))
        parameters = b"\x01" + address + os.urandom(16)
        connection.send(b"\x01" + struct.pack("<HB", WRITE_STORED_LINK_KEY, len(parameters)) + parameters)
        status, written = connection.recv(260)[6:8]
        if status or written != 1:
            sys.exit(f"plant.py: status {status}, {written} keys written")


def plant_in_kernel(address: bytes) -> None:
    with hci() as connection:
        # Python's own bind knows no channels.
        name = struct.pack("HHH", socket.AF_BLUETOOTH, NO_INDEX, CONTROL_CHANNEL)
        if ctypes.CDLL(None, use_errno=True).bind(connection.fileno(), name, len(name)):
            raise OSError(ctypes.get_errno(), "bind")
        key = address + bytes([0, UNAUTHENTICATED]) + os.urandom(16) + b"\x00"
        parameters = struct.pack("<BH", 0, 1) + key
        connection.send(struct.pack("<HHH", LOAD_LINK_KEYS, 0, len(parameters)) + parameters)
        while True:
            packet = connection.recv(512)
            code, _, _, command, status = struct.unpack_from("<HHHHB", packet)
            if code in (1, 2) and command == LOAD_LINK_KEYS:
                break
        if status:
            sys.exit(f"plant.py: mgmt status {status}")


where, text = sys.argv[1:]
{"controller": plant_in_controller, "kernel": plant_in_kernel}[where](bytes.fromhex(text.replace(":", ""))[::-1])
