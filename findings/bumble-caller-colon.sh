#!/bin/sh
# Version: bumble 0.0.236 (PyPI)
# Guess:   A hands-free response is split at its first colon; what stands in quotes is left alone, as commas in quotes
#          are.
# Seen:    It is split at every colon, and only the part between the first and the second is kept: a caller or an
#          operator with a colon in the name loses the rest of the line, later parameters included, and keeps an opening
#          quote.
# Matters: Names of callers and networks come from strangers. A virtual headset's log then shows three parameters where
#          the gateway sent six, and one looks for the mistake in the gateway.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/v" && "$tmp/v/bin/pip" -q install bumble==0.0.236 || exit 2

cat > "$tmp/look.py" << 'PY'
import sys
from bumble.hfp import AtResponse

seen = []
for line in ('+CLIP: "5550100",129,"",0,"Anna, B"', '+CLIP: "5550100",129,"",0,"Work: Anna",2', '+COPS: 0,0,"Net: Home"'):
    response = AtResponse.parse_from(bytearray(line.encode()))
    seen.append([bytes(part) for part in response.parameters])
    print(line, "->", seen[-1])
expected = [
    [b"5550100", b"129", b"", b"0", b"Anna, B"],
    [b"5550100", b"129", b"", b"0", b'"Work'],
    [b"0", b"0", b'"Net'],
]
sys.exit(0 if seen == expected else 1)
PY
"$tmp/v/bin/python" "$tmp/look.py"
