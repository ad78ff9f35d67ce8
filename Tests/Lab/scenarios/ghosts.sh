#!/bin/bash
# Ghosts that mdrctl meets without having called anybody, and bonds that are gone at one end only.
# lab: long bookworm
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME

repair() {
  exits 0 mdrctl repair $NAME --yes
  assert bonds_agree $NAME $HEADSET
  reach 10 a2dp_up $HEADSET
  assert shown '.device.verdict == null'
}

step "no sound server: a ghost or not, connecting says what is missing, and nothing about the bond"
hang_up
lab-stop sound
exits 1 mdrctl --json connect $NAME
assert grep -q no-sound-server "$OUTPUT" "$ERRORS"
radio $NAME wipe
exits 1 mdrctl --json connect $NAME
assert grep -q no-sound-server "$OUTPUT" "$ERRORS"
assert shown '.device.verdict | .stale != true'
lab-start sound
exits 10 mdrctl connect $NAME
reach 15 not headset_connected $NAME
repair

step "bluetoothd reconnects by itself after a lost link, to a headset that was wiped meanwhile"
radio gone $NAME
reach 20 not device_is $HEADSET Connected
radio $NAME wipe
radio back $NAME
# Nobody listens to the kernel yet, and BlueZ before 5.83 does not say why a link fell.
reach 60 shown '.device.verdict.cause | test("^(headsetLostKey|repairingRefused)$")'
assert host_has_key $HEADSET
reach 20 not headset_connected $NAME
exits 10 mdrctl connect $NAME
assert shown '.device.verdict | .cause == "headsetLostKey" and .certainty == "certain" and .stale'
assert told '.devices[0].verdict.cause == "headsetLostKey"'
reach 20 not headset_connected $NAME
repair

step "a wiped headset in pairing mode calls and wants to pair: BlueZ refuses it in silence, mdrctl notices"
hang_up
old=$(host_key $HEADSET)
radio $NAME wipe
refute radio $NAME connect
reach 20 shown '.device.verdict.cause == "repairingRefused"'
reach 20 not device_is $HEADSET Connected
# From now on mdrctl listens to the kernel, which knows for certain.
refute radio $NAME connect
reach 20 shown '.device.verdict | .cause == "repairingRefused" and .certainty == "certain" and .stale'
[[ $(host_key $HEADSET) == "$old" ]] || fail "the bond was touched"
refute headset_has_bond $NAME
reach 15 not headset_connected $NAME
repair
[[ $(host_key $HEADSET) != "$old" ]] || fail "the key is the old one"

step "a headset with a good bond that calls and opens nothing is no ghost"
hang_up
radio $NAME connect
reach 20 not device_is $HEADSET Connected
assert shown '.device.verdict.stale != true'
exits 0 mdrctl connect $NAME
assert shown '.device.verdict == null'

step "the host loses its key, the headset keeps its own"
hang_up
old=$(headset_key $NAME)
lab-stop bluetoothd
rm -r "${BONDS:?}/$HEADSET"
lab-start bluetoothd
reach 20 audio_offered
refute device_known $HEADSET
assert headset_has_bond $NAME
reach 20 told ".lost[0].address == \"$HEADSET\" and .lost[0].verdict.cause == \"hostLostKey\""
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
[[ $(headset_key $NAME) != "$old" ]] || fail "the headset kept its old key"
assert told '(.lost // []) == []'

step "the kernel holds a key that bluetoothd does not know: pairing takes it away by itself"
exits 0 mdrctl forget $NAME
radio $NAME wipe
python3 /lab/guest/plant.py kernel $HEADSET
exits 1 scene scan=$HEADSET pair=$HEADSET
assert grep -q 'Already Paired' "$ERRORS"
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
assert a2dp_up $HEADSET
