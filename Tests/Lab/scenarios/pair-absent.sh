#!/bin/bash
# A headset that is not there, and one that leaves in the middle of pairing.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

step "nobody there"
radio gone $NAME
exits 3 mdrctl pair $NAME --timeout 5
refute device_known $HEADSET
assert adapter_is Discovering false

step "it leaves while it is being paired"
radio back $NAME
radio set pairing_ms 3600000
start mdrctl pair $NAME --timeout 30
reach 40 headset_connected $NAME
radio gone $NAME
finishes 1 3 4
refute host_has_key $HEADSET
refute device_is $HEADSET Bonded
assert adapter_is Discovering false

step "it comes back"
radio set pairing_ms 0
radio back $NAME
reach 20 not headset_connected $NAME
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
