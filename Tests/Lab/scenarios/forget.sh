#!/bin/bash
# Forgetting a headset that is connected, with the privileged helper and without, and one that is switched off.
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up

step "while connected"
exits 0 mdrctl pair $NAME
assert device_is $HEADSET Connected
exits 0 mdrctl forget $NAME
refute device_known $HEADSET
assert test ! -e "$BONDS/$HEADSET"
reach 10 not headset_connected $NAME
exits 6 mdrctl show $NAME
exits 6 mdrctl forget $NAME
assert grep -q 'Disconnect: Success' "$LOGS/flush.log"

step "often: each time it is gone, and nobody calls it again though it is in pairing mode"
for _ in 1 2 3 4 5; do
  exits 0 mdrctl pair $NAME
  radio $NAME pairing on
  exits 0 mdrctl forget $NAME
  refute device_is $HEADSET Bonded
  assert test ! -e "$BONDS/$HEADSET"
  refute await 2 headset_connected $NAME
done

step "what each layer held is told as it was before BlueZ took it along"
exits 0 mdrctl pair $NAME
exits 0 mdrctl --json forget --reset-cache $NAME
assert answered '.layers[] | select(.layer == "bond") | .before == "present" and .done == "removed" and .after == "absent"
  and (.detail | test("link key of type"))'
assert answered '.layers[] | select(.layer == "cache") | .before == "present" and .done == "removed" and .after == "absent"'

step "while connected, without the helper"
exits 0 mdrctl pair $NAME
lab-stop flush
exits 0 mdrctl forget $NAME
lab-start flush
refute device_known $HEADSET
assert test ! -e "$BONDS/$HEADSET"
reach 10 not headset_connected $NAME

step "while switched off"
exits 0 mdrctl pair $NAME
radio $NAME power off
reach 15 not device_is $HEADSET Connected
exits 0 mdrctl forget $NAME
refute device_known $HEADSET
assert test ! -e "$BONDS/$HEADSET"

step "it pairs again, with a new key"
radio $NAME power on
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
