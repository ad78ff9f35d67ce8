#!/bin/bash
# The controller is pulled while idle, while pairing and while connected, and plugged in again.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up

bluez_has_adapter() { adapter_powered; }

step "while idle"
radio unplug
reach 10 not adapter_present
exits 9 mdrctl pair $NAME --timeout 5
radio plug
reach 20 bluez_has_adapter
exits 0 mdrctl adapter list

step "while pairing"
radio set pairing_ms 3600000
start mdrctl pair $NAME --timeout 30
reach 40 headset_connected $NAME
radio unplug
finishes 1 9
radio set pairing_ms 0
radio plug
reach 20 bluez_has_adapter
refute host_has_key $HEADSET
reach 20 audio_offered
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET

step "while connected"
radio unplug
reach 10 not adapter_present
radio plug
sound_is_back
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET
assert running daemon
