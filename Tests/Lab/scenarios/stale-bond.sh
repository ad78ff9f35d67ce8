#!/bin/bash
# The headset was reset and lost its key: BlueZ keeps the bond and fails to connect. mdrctl says why, keeps
# its hands off the bond, and forgetting and pairing cures it.
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME

step "the headset has no key"
radio $NAME wipe
exits 10 mdrctl connect $NAME
assert device_is $HEADSET Bonded
assert host_has_key $HEADSET
reach 15 not headset_connected $NAME

step "forget and pair"
exits 0 mdrctl forget $NAME
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET

step "the headset has another key"
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME
radio $NAME corrupt
exits 10 mdrctl connect $NAME
assert device_is $HEADSET Bonded
reach 15 not headset_connected $NAME
exits 0 mdrctl forget $NAME
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
