#!/bin/bash
# A headset from before simple pairing: 0000 without a question, any other PIN from the person.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

step "0000"
radio $NAME pin 0000
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
assert grep -q '^Type=0' "$BONDS/$HEADSET/info"
exits 0 mdrctl forget $NAME
radio $NAME wipe

step "another PIN, and nobody to ask: BlueZ tries 0000 three times, then the agent is asked"
radio $NAME pin 4711
start mdrctl pair $NAME
finishes 1 4
refute host_has_key $HEADSET

step "another PIN, typed at the terminal"
exits 0 answer-tty 'PIN of [^\n]*: $' "echo 4711" mdrctl pair --ask $NAME
assert bonds_agree $NAME $HEADSET
