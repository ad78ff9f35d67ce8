#!/bin/bash
# bookworm as it is shipped, with its own kernel: pairing, connecting, forgetting.
# What this kernel may not survive is left out, see `run`.
# lab: suites bookworm
# lab: boot own-kernel
source /lab/guest/scenario.sh
[[ $(uname -r) == 6.1.* ]] || fail "not bookworm's kernel: $(uname -r)"
lab-up
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
assert a2dp_up $HEADSET
exits 0 mdrctl disconnect $NAME
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET
exits 0 mdrctl forget $NAME
assert test ! -e "$BONDS/$HEADSET"
