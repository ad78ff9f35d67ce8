#!/bin/bash
# The NFC tag of a headset is touched while `pair` looks for it: neard tells bluetoothd of it, which pairs, and `pair` takes
# the bond for its own: it trusts, connects and proves. neard is a stand-in, what it tells is not.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
cat > /etc/dbus-1/system.d/lab-neard.conf << 'END'
<busconfig><policy user="root"><allow own="org.neard"/><allow send_destination="org.neard"/></policy></busconfig>
END
trap 'rm -f /etc/dbus-1/system.d/lab-neard.conf' EXIT
busctl --system call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig

step "it is not in sight, but takes a pairing, as after a touch"
radio $NAME pairing off
radio $NAME accept on
start mdrctl --verbose pair $NAME --timeout 60
await 20 grep -q 'has not been seen' "$ERRORS" "$OUTPUT" || fail "the way into pairing mode is not told"
exits 0 scene touch=$HEADSET
finishes 0
assert device_is $HEADSET Trusted
assert bonds_agree $NAME $HEADSET
assert a2dp_up $HEADSET
