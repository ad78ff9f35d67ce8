#!/bin/bash
# Another client discovers with a pattern that no headset fits: it hides none from mdrctl, whoever began first.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

mkfifo "$STATE/leash"
foreign_discovers() {
  scene --hold discover=Nobody < "$STATE/leash" > "$STATE/foreign" 2>&1 &
  exec 8> "$STATE/leash"
  reach 40 grep -q discovers "$STATE/foreign"
}
foreign_ends() {
  exec 8>&-
  wait
  reach 20 adapter_is Discovering false
}
sees_headset() { jq -se "any(.device.address == \"$HEADSET\" and (.device.rssi != null))" "$OUTPUT"; }

step "it discovers already, and a scan begins"
foreign_discovers
exits 0 mdrctl --json scan --timeout 8
assert sees_headset

step "and a pairing, by a part of the name"
exits 0 mdrctl pair 1000xm
assert bonds_agree $NAME $HEADSET
foreign_ends

step "a scan runs already, and it begins"
exits 0 mdrctl forget $NAME
radio $NAME wipe
radio $NAME pairing off
start mdrctl --json scan --timeout 40
reach 20 adapter_is Discovering true
foreign_discovers
radio $NAME pairing on
finishes 0
assert sees_headset
foreign_ends
