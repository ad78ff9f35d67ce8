#!/bin/bash
# Two headsets in pairing mode: only the one that was named is bonded, and without a name none is.
# lab: long bookworm
source /lab/guest/scenario.sh
OTHER=AC:80:0A:00:00:02
lab-up --headset $NAME,$HEADSET --headset WF-1000XM5,$OTHER

step "without a name it is not guessed"
start mdrctl pair --timeout 15
finishes 2
refute host_has_key $HEADSET
refute host_has_key $OTHER

step "with a name"
exits 0 mdrctl pair WF-1000XM5
assert bonds_agree WF-1000XM5 $OTHER
refute host_has_key $HEADSET
refute headset_has_bond $NAME

step "part of a name, in any case"
exits 0 mdrctl pair wh-1000
assert bonds_agree $NAME $HEADSET
assert bonds_agree WF-1000XM5 $OTHER
