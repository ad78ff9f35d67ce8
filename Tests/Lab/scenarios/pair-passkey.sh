#!/bin/bash
# Passkeys. Over BR/EDR the kernel presents an agent that can do everything as one with a display and yes/no,
# so a host that asks for a passkey does not happen there; that side is in lab-selftest, with a keyboard-only agent.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
radio $NAME io keyboard

step "the terminal shows the passkey, and it is typed on the headset"
exits 0 answer-tty 'Type ([0-9]{6}) on' "radio $NAME type \$MATCH" mdrctl pair --ask $NAME
assert bonds_agree $NAME $HEADSET
assert grep -qE '^Type=[58]' "$BONDS/$HEADSET/info"
exits 0 mdrctl forget $NAME
radio $NAME wipe

step "something else is typed"
start answer-tty 'Type ([0-9]{6}) on' "radio $NAME type 7" mdrctl pair --ask $NAME
finishes 1 4
refute host_has_key $HEADSET
refute headset_has_bond $NAME

step "a headset with a display only pairs without a question"
radio $NAME io display
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
