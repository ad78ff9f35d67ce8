#!/bin/bash
# systemd's own Varlink client drives the daemon, and finds nothing to complain about in its interface.
# lab: suites trixie sid
source /lab/guest/scenario.sh
lab-up
SOCKET=/run/mdrctl/mdrctl.sock

exits 0 varlinkctl validate-idl /usr/share/varlink/org.mdrctl.Control.varlink
exits 0 varlinkctl info $SOCKET
assert grep -q org.mdrctl.Control "$OUTPUT"
exits 0 varlinkctl introspect $SOCKET org.mdrctl.Control
exits 0 varlinkctl call $SOCKET org.mdrctl.Control.Status '{}'
assert answered '.bluez and (.adapters | length == 1)'

step "a pairing, with progress"
exits 0 varlinkctl call --more $SOCKET org.mdrctl.Control.Pair "{\"device\":\"$NAME\"}"
assert bonds_agree $NAME $HEADSET
assert grep -q searching "$OUTPUT"

step "errors have names"
exits 1 varlinkctl call $SOCKET org.mdrctl.Control.Show '{"device":"nobody"}'
assert grep -q org.mdrctl.Control.DeviceNotFound "$ERRORS"
