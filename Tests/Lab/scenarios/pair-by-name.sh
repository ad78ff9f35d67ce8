#!/bin/bash
# Two headsets in pairing mode: only the one that was named is bonded, and without a name none is. Where a name fits a
# bonded one, too, the other is meant.
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

step "part of a name that fits the bonded one, too"
exits 0 mdrctl pair 1000xm
assert bonds_agree $NAME $HEADSET
assert bonds_agree WF-1000XM5 $OTHER
step "and when there is no other, it is paired already: nothing is forgotten"
exits 1 mdrctl pair 1000xm5
assert grep -q "mdrctl repair $OTHER" "$ERRORS"
assert bonds_agree WF-1000XM5 $OTHER
exits 0 mdrctl forget $NAME
radio $NAME pairing on

step "part of a name, in any case"
exits 0 mdrctl pair wh-1000
assert bonds_agree $NAME $HEADSET
assert bonds_agree WF-1000XM5 $OTHER
