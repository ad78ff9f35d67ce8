#!/bin/bash
# The low-energy twin `LE_WH-1000XM4` must never be chosen for the headset.
# The radio has no low-energy bearer: the twin here is a BR/EDR stand-in with the name and address of one.
# lab: long bookworm
source /lab/guest/scenario.sh
TWIN=94:DB:56:00:00:02
lab-up --headset LE_$NAME,$TWIN

step "only the twin is in sight"
exits 3 mdrctl pair $NAME --timeout 8
refute host_has_key $TWIN
refute headset_has_bond LE_$NAME

step "both are"
radio add $NAME,$HEADSET
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
refute host_has_key $TWIN
refute headset_has_bond LE_$NAME

step "a twin that is named is refused"
start mdrctl pair $TWIN --timeout 8
finishes 1 3 4
refute host_has_key $TWIN
