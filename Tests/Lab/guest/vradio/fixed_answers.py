"""Commands whose answer never changes: a plain success, or a constant after the success byte."""

import struct

OK = b"\x00"

#: Bit map of Read Local Supported Commands, by byte (Vol 4 Part E, 6.27).
_COMMAND_BITS = {
    0: 0xB3, 1: 0xFF, 2: 0xF9, 3: 0x01, 4: 0x8C, 5: 0x1F, 6: 0xE1, 7: 0xFF, 8: 0x3F, 9: 0x0F,
    10: 0x54, 11: 0x1F, 12: 0xF0, 13: 0x03, 14: 0xE8, 15: 0x22, 16: 0x38, 17: 0xB3, 18: 0x86,
    19: 0x03, 20: 0x10, 22: 0x04, 29: 0x18, 32: 0x3C,
}  # fmt: skip
SUPPORTED_COMMANDS = bytes(_COMMAND_BITS.get(index, 0) for index in range(64))

FIXED = {
    0x0C01: OK,  # Set Event Mask
    0x0C05: OK,  # Set Event Filter
    0x0C15: OK + b"\x00\x20",  # Read Connection Accept Timeout
    0x0C16: OK,  # Write Connection Accept Timeout
    0x0C17: OK + b"\x00\x20",  # Read Page Timeout
    0x0C18: OK,  # Write Page Timeout
    0x0C1B: OK + b"\x00\x08\x12\x00",  # Read Page Scan Activity
    0x0C1C: OK,  # Write Page Scan Activity
    0x0C1D: OK + b"\x00\x10\x12\x00",  # Read Inquiry Scan Activity
    0x0C1E: OK,  # Write Inquiry Scan Activity
    0x0C1F: OK + b"\x00",  # Read Authentication Enable
    0x0C20: OK,  # Write Authentication Enable
    0x0C21: OK + b"\x00",
    0x0C22: OK,
    0x0C2E: OK + b"\x00",  # Read Hold Mode Activity
    0x0C2F: OK,
    0x0C31: OK,  # Set Controller To Host Flow Control
    0x0C33: OK,  # Host Buffer Size
    0x0C38: OK + b"\x01",  # Read Number Of Supported IAC
    0x0C39: OK + b"\x01\x33\x8b\x9e",  # Read Current IAC LAP: the general inquiry code
    0x0C3A: OK,  # Write Current IAC LAP
    0x0C42: OK + b"\x00",  # Read Inquiry Scan Type
    0x0C43: OK,  # Write Inquiry Scan Type
    0x0C46: OK + b"\x00",  # Read Page Scan Type
    0x0C47: OK,  # Write Page Scan Type
    0x0C58: OK + b"\x04",  # Read Inquiry Response Transmit Power
    0x0C5A: OK + b"\x00",  # Read Default Erroneous Data Reporting
    0x0C5B: OK,  # Write Default Erroneous Data Reporting
    0x0C63: OK,  # Set Event Mask Page 2
    0x0C6C: OK + b"\x00\x00",  # Read LE Host Support
    0x0C6D: OK,  # Write LE Host Support
    0x1001: OK + struct.pack("<BHBHH", 0x0A, 0x0001, 0x0A, 0x05F1, 0x0001),  # Read Local Version: 5.1
    0x1005: OK + struct.pack("<HBHH", 1021, 64, 8, 8),  # Read Buffer Size
    0x2001: OK,  # LE Set Event Mask, which bumble's host sends unasked
    0x2002: OK + bytes(3),  # LE Read Buffer Size
    0x2003: OK + bytes(8),  # LE Read Local Supported Features
}

#: Commands about a link whose answer repeats its handle before the constant.
ECHO_HANDLE = {
    0x080C: b"\x05\x00",  # Read Link Policy Settings
    0x080D: b"",  # Write Link Policy Settings
    0x0811: b"",  # Sniff Subrating
    0x0C28: b"",  # Write Automatic Flush Timeout
    0x0C2D: b"\x04",  # Read Transmit Power Level
    0x0C36: b"\x80\x3e",  # Read Link Supervision Timeout
    0x0C37: b"",  # Write Link Supervision Timeout
    0x0C7B: b"\xb8\x0b",  # Read Authenticated Payload Timeout
    0x0C7C: b"",  # Write Authenticated Payload Timeout
    0x1403: b"\xff",  # Read Link Quality
    0x1407: bytes(6),  # Read Clock
    0x1408: b"\x10",  # Read Encryption Key Size
}

#: Commands that repeat the device's address.
ECHO_ADDRESS = {0x041A}  # Remote Name Request Cancel
