#!/bin/bash
# A headset that is near but not in pairing mode: a person is needed, and nothing is left behind.
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up

step "it is discoverable, but refuses"
radio $NAME accept off
exits 4 mdrctl pair $NAME --timeout 30
refute device_is $HEADSET Bonded
refute host_has_key $HEADSET
refute headset_has_bond $NAME
assert adapter_is Discovering false

step "it cannot even be found"
radio $NAME pairing off
exits 3 mdrctl pair $NAME --timeout 5
refute host_has_key $HEADSET

step "in pairing mode it pairs"
radio $NAME pairing on
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
