#!/bin/bash
# What BlueZ does when mdrctl has ceased to wait for it is taken back: an adapter made pairable, an agent, a discovery.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

journal_says_pairable() { test -s /var/lib/mdrctl/pairable; }
not_discovers() { adapter_is Discovering false; }
# How often bluetoothd was asked for a discovery.
asked() { grep -c 'start_discovery() sender' "$LOGS/bluetoothd.log" || true; }
asked_beyond() { (($(asked) > $1)); }
discovers() { adapter_is Discovering true; }

step "bluetoothd is stopped, and a pairing begins: its agent and the pairable adapter come too late"
pause bluetoothd
start mdrctl pair $NAME --timeout 30
finishes 9
assert grep -q "does not answer" "$ERRORS"
assert journal_says_pairable
resume bluetoothd
reach 30 not journal_says_pairable
assert adapter_is Pairable false
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
assert adapter_is Pairable false
refute journal_says_pairable

step "bluetoothd is stopped while a discovery begins: it begins when nobody waits for it any more"
exits 0 mdrctl forget $NAME
radio $NAME wipe
# The kernel answers StartDiscovery when the controller has said that its inquiry runs.
radio set inquiry_status_ms 1500
radio $NAME pairing on
before=$(asked)
start mdrctl scan --timeout 2
reach 20 asked_beyond "$before"
pause bluetoothd
finishes 9
radio set inquiry_status_ms 0
resume bluetoothd
reach 60 not_discovers
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
reach 10 not_discovers

step "bluetoothd is stopped while a scan ends"
start mdrctl scan --timeout 2
reach 20 discovers
pause bluetoothd
finishes 0
resume bluetoothd
reach 60 not_discovers
