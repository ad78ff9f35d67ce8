#!/bin/sh
# Version: bumble 0.0.236 (PyPI)
# Guess:   A2DP's four codecs of the standard (SBC, MPEG-1,2 Audio, AAC, ATRAC) are parsed, or, where a stack does not
#          know one, its bytes are handed on as they came, as they are for an unknown vendor's codec.
# Seen:    SBC, AAC and any vendor's codec are parsed. MPEG-1,2 Audio and ATRAC end in Python's UnboundLocalError: the
#          code after the list of known types returns a variable that only vendors' codecs have set.
# Matters: A headset may offer either beside SBC. Asked for its capabilities by this stack it looks broken, though a
#          stack that skips what it does not know plays to it. A list of codecs must survive each of its entries.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/v" && "$tmp/v/bin/pip" -q install bumble==0.0.236 || exit 2

cat > "$tmp/look.py" << 'PY'
import sys
from bumble.avdtp import MediaCodecCapabilities, ServiceCapabilities

seen = {}
for name, kind, information in (
    ("SBC", 0, "21150235"),
    ("MPEG-1,2 Audio", 1, "3f07ffff"),
    ("AAC", 2, "80010484e200"),
    ("ATRAC", 3, "20001f00000000"),
    ("vendor, unknown", 255, "2d010000ee0001"),
):
    # one service capability as it stands in an AVDTP answer: category 7 (media codec), length, media type 0, codec type
    data = bytes.fromhex(information)
    payload = bytes([7, len(data) + 2, 0, kind]) + data
    try:
        parsed = ServiceCapabilities.parse_capabilities(payload)
        assert isinstance(parsed[0], MediaCodecCapabilities)
        seen[name] = type(parsed[0].media_codec_information).__name__
    except Exception as error:
        seen[name] = type(error).__name__
    print(f"{name:16} {seen[name]}")
expected = {
    "SBC": "SbcMediaCodecInformation",
    "MPEG-1,2 Audio": "UnboundLocalError",
    "AAC": "AacMediaCodecInformation",
    "ATRAC": "UnboundLocalError",
    "vendor, unknown": "VendorSpecificMediaCodecInformation",
}
sys.exit(0 if seen == expected else 1)
PY
"$tmp/v/bin/python" "$tmp/look.py"
