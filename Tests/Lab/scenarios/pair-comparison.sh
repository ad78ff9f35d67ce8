#!/bin/bash
# Numeric comparison: both sides show a number, and both people must say that they are equal.
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up
radio $NAME io yesno

authenticated() { grep -qE '^Type=[58]' "$BONDS/$HEADSET/info"; }

step "asked at the terminal: yes"
exits 0 answer-tty 'show ([0-9]{6})\?' \
  "[[ \$(radio $NAME passkey | jq -r .passkey) == \$MATCH ]] && radio $NAME confirm yes && echo y || echo n" \
  mdrctl pair --ask $NAME
assert bonds_agree $NAME $HEADSET
assert authenticated
exits 0 mdrctl forget $NAME
radio $NAME wipe

step "asked at the terminal: no"
exits 1 answer-tty 'show ([0-9]{6})\?' "echo n" mdrctl pair --ask $NAME
refute host_has_key $HEADSET
refute headset_has_bond $NAME

step "the headset says no"
start mdrctl pair --yes $NAME
reach 40 headset_asks $NAME confirm
radio $NAME confirm no
finishes 1 4
refute host_has_key $HEADSET

step "--yes"
start mdrctl pair --yes $NAME
reach 40 headset_asks $NAME confirm
radio $NAME confirm yes
finishes 0
assert bonds_agree $NAME $HEADSET
assert authenticated
