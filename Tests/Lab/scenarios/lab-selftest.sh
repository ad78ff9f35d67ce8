#!/bin/bash
# The lab itself, without mdrctl: pairing, the stale bond, numeric comparison, passkeys both ways, legacy PIN, and how
# headsets treat their profiles. Sessions: see session-login.
# lab: suites trixie sid
# lab: long trixie
source /lab/guest/scenario.sh
lab-up --no-daemon

step "a factory-new headset pairs, and both sides hold the same key"
scene scan=$HEADSET pair=$HEADSET trust=$HEADSET connect=$HEADSET
assert device_is $HEADSET Bonded
reach 10 bonds_agree $NAME $HEADSET
reach 10 a2dp_up $HEADSET

step "a headset that was wiped: the host keeps its bond and cannot connect"
scene disconnect=$HEADSET
reach 10 not headset_connected $NAME
radio $NAME wipe
exits 1 scene connect=$HEADSET
assert grep -q 'org.bluez.Error.Failed: br-connection-' "$ERRORS"
assert device_is $HEADSET Bonded
assert host_has_key $HEADSET
reach 15 not headset_connected $NAME

step "removing the device and pairing again cures it"
scene remove=$HEADSET scan=$HEADSET pair=$HEADSET connect=$HEADSET
reach 10 bonds_agree $NAME $HEADSET
scene remove=$HEADSET

step "a headset that lets no stereo up is connected without it, until it does; one that opens its profiles itself"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
up() { headset_status $NAME ".$1Up"; }
deaf() { reach 20 up handsFree && refute a2dp_up $HEADSET; }
for habit in refuse reject; do
  radio $NAME a2dp $habit
  exits 0 scene connect=$HEADSET
  deaf
  exits 0 scene disconnect=$HEADSET
  reach 10 not headset_connected $NAME
done
radio $NAME a2dp accept
radio $NAME call both
reach 20 a2dp_up $HEADSET
assert up handsFree
scene remove=$HEADSET

step "a headset of one profile"
radio $NAME wipe
radio $NAME services hfp
exits 0 scene scan=$HEADSET pair=$HEADSET connect=$HEADSET
deaf
refute grep -q 0000110b <(property $HEADSET UUIDs)
scene remove=$HEADSET
radio $NAME wipe
radio $NAME services a2dp
exits 0 scene scan=$HEADSET pair=$HEADSET connect=$HEADSET
reach 10 a2dp_up $HEADSET
refute up handsFree
scene remove=$HEADSET
radio $NAME services all

step "a headset that is not in pairing mode is not found; one that refuses says so"
radio $NAME wipe
radio $NAME pairing off
exits 1 scene --seconds 4 scan=$HEADSET
radio $NAME pairing on
scene scan=$HEADSET
radio $NAME pairing off
exits 1 scene pair=$HEADSET
assert grep -q AuthenticationRejected "$ERRORS"
refute host_has_key $HEADSET
radio $NAME pairing on

step "numeric comparison: the same number on both sides"
radio $NAME io yesno
start scene --agent DisplayYesNo scan=$HEADSET pair=$HEADSET
reach 30 radio $NAME passkey
reach 10 grep -q RequestConfirmation "$OUTPUT"
assert grep -q "$(radio $NAME passkey | jq -r .passkey)" "$OUTPUT"
radio $NAME confirm yes
finishes 0
reach 10 bonds_agree $NAME $HEADSET
scene remove=$HEADSET
radio $NAME wipe

step "numeric comparison: the headset says no"
start scene --agent DisplayYesNo scan=$HEADSET pair=$HEADSET
reach 30 headset_asks $NAME confirm
radio $NAME confirm no
finishes 1
assert grep -q AuthenticationFailed "$ERRORS"
refute host_has_key $HEADSET

step "passkey: the host shows it, the headset has the keyboard"
radio $NAME io keyboard
start scene --agent DisplayYesNo scan=$HEADSET pair=$HEADSET
reach 30 headset_asks $NAME type
reach 10 grep -q DisplayPasskey "$OUTPUT"
radio $NAME type "$(sed -n 's/agent: DisplayPasskey \([0-9]*\) .*/\1/p' "$OUTPUT" | head -1)"
finishes 0
reach 10 bonds_agree $NAME $HEADSET
scene remove=$HEADSET
radio $NAME wipe

step "passkey: the host has the keyboard, and a wrong number is refused"
radio $NAME io display
start scene --agent KeyboardOnly --answer 1 scan=$HEADSET pair=$HEADSET
finishes 1
assert grep -q AuthenticationFailed "$ERRORS"
refute host_has_key $HEADSET

step "legacy pairing: BlueZ tries a headset's usual PIN 0000 by itself, asking nobody"
radio $NAME pin 0000
exits 0 scene scan=$HEADSET pair=$HEADSET
refute grep -q RequestPinCode "$OUTPUT"
reach 10 bonds_agree $NAME $HEADSET
assert grep -q '^Type=0' "$BONDS/$HEADSET/info"
scene remove=$HEADSET
radio $NAME wipe

step "legacy pairing: another PIN is asked for"
radio $NAME pin 4711
exits 0 scene --agent KeyboardDisplay --answer 4711 scan=$HEADSET pair=$HEADSET
assert grep -q RequestPinCode "$OUTPUT"
reach 10 bonds_agree $NAME $HEADSET
