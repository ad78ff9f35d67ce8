#!/bin/bash
# bluetoothd is killed during a scan, a pairing and a connection, and comes back. The daemon lives on, the
# command ends with an error that has a name (or with success, after it recovered), and what follows works.
# lab: long bookworm
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up

daemon_process() { cat "$STATE/daemon.pid"; }
process=$(daemon_process)

host_pages() { radio list | jq -e '.host.paging | length > 0'; }

recover() {
  refute mdrctl list
  lab-start bluetoothd
  reach 20 bluez_is_back
  reach 20 audio_offered
  assert running daemon
  [[ $(daemon_process) == "$process" ]] || fail "the daemon was replaced"
}

step "during a pairing"
radio set pairing_ms 3600000
start mdrctl pair $NAME --timeout 30
reach 40 headset_connected $NAME
lab-kill bluetoothd
finishes 1 9
# The kernel goes on pairing, and would refuse another one (Busy), until the headset gives up.
radio set pairing_ms 0
radio $NAME drop
reach 10 not headset_connected $NAME
recover
refute host_has_key $HEADSET
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET

step "during a connection"
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME
radio set page_ms 3600000
start mdrctl connect $NAME
reach 20 host_pages
lab-kill bluetoothd
finishes 0 1 9
radio set page_ms 60
recover
exits 0 mdrctl connect $NAME
assert device_is $HEADSET Connected

step "during a connection, as its service is stopped"
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME
radio set page_ms 3600000
start mdrctl connect $NAME
reach 20 host_pages
lab-stop bluetoothd
# BlueZ answers Connect with "aborted-by-remote" before it says anything else.
finishes 1 9
radio set page_ms 60
recover
exits 0 mdrctl connect $NAME

step "during a scan, as its service is stopped"
start mdrctl --json scan --timeout 20
reach 20 adapter_is Discovering true
lab-stop bluetoothd
finishes 9
assert grep -q bluez-missing "$OUTPUT" "$ERRORS"
recover

step "during a scan"
exits 0 mdrctl forget $NAME
radio $NAME wipe
# Long enough for the slowest machine: the inquiry must outlive bluetoothd's restart below.
radio set inquiry_unit_ms 4000
start mdrctl scan --timeout 20
reach 20 adapter_is Discovering true
lab-kill bluetoothd
finishes 0 1 9
recover

step "the kernel still runs the inquiry of the bluetoothd that died, and refuses another one until it ends"
radio set inquiry_unit_ms 1280
exits 0 mdrctl pair $NAME --timeout 60
assert bonds_agree $NAME $HEADSET
