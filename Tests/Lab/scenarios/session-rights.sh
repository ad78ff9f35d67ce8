#!/bin/bash
# A login lends no power: somebody who may not control, logged in from elsewhere, makes a sound server up, and headsets
# that are not his. None is called for him, and none is disconnected when he logs out.
# lab: boot systemd
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

session() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio.session | $1"; }
has_reported() { grep -q reported /run/lab/reported; }
lies() { # [ADDRESS…]: what mallory's part in the session reports
  : > /run/lab/reported
  as mallory python3 - "$@" < /lab/guest/liar.py > /run/lab/reported 2>&1 &
  LIAR=$!
  reach 30 has_reported
  assert session '.user == "mallory" and .state == "online"'
}

exits 0 mdrctl pair $NAME
hang_up

step "a sound server that is made up: nobody is called"
lab-login mallory --ssh --sound none --stranger
exits 5 as mallory mdrctl connect $NAME
lies
# Who is called at a login is called before the report is answered.
exits 0 mdrctl --json show $NAME
assert answered '.device.operation == null and (.device.connected | not)'
refute headset_connected $NAME
kill $LIAR

step "a headset that is somebody else's: it is connected after the logout, too"
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET
lies $HEADSET
lab-logout mallory
reach 60 manager_gone mallory
kill $LIAR || true
assert told .bluez
assert device_is $HEADSET Connected
assert headset_connected $NAME
assert a2dp_up $HEADSET
