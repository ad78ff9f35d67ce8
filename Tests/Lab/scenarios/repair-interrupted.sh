#!/bin/bash
# A repair is interrupted while it waits for the headset's pairing mode: by Ctrl-C, by bluetoothd's end, by the end of
# the controller, by the daemon's. Nothing half-forgotten is left, the journal keeps alias and trust, and calling
# `repair` again completes it.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME

searching() { journal_says pairing && adapter_is Discovering true; }

# A ghost of a headset that is not in pairing mode, and a repair that looks for it.
begin() {
  exits 0 mdrctl rename $NAME "Annas ears"
  hang_up
  radio $NAME wipe
  radio $NAME pairing off
  start env --default-signal=INT mdrctl repair $NAME --yes --timeout 120
  reach 30 searching
  refute journal_empty
}
# What BlueZ has of the headset is nothing, or what a scan left of it.
nothing_half_forgotten() {
  refute device_is $HEADSET Paired
  refute host_has_key $HEADSET
  refute journal_empty
  assert told ".unfinished[0] | .operation == \"repair\" and .address == \"$HEADSET\" and .alias == \"Annas ears\""
}
complete() { # DEVICE
  radio $NAME pairing on
  exits 0 mdrctl repair "$1" --yes
  assert bonds_agree $NAME $HEADSET
  reach 10 a2dp_up $HEADSET
  assert device_is $HEADSET Trusted
  [[ $(property $HEADSET Alias) == "\"Annas ears\"" ]] || fail "its name is $(property $HEADSET Alias)"
  assert journal_empty
  assert told '(.unfinished // []) == []'
}

step "by Ctrl-C"
begin
kill -INT "$STARTED"
finishes 130
reach 10 adapter_is Discovering false
nothing_half_forgotten
complete $NAME

step "by the end of bluetoothd"
begin
lab-kill bluetoothd
finishes 1 9
lab-start bluetoothd
reach 20 bluez_is_back
reach 20 audio_offered
nothing_half_forgotten
complete $HEADSET

step "by the end of the controller"
begin
radio unplug
finishes 1 9
reach 10 not adapter_present
radio plug
sound_is_back
nothing_half_forgotten
complete "Annas ears"

step "by the end of the daemon"
begin
lab-kill daemon
finishes 1 8
lab-start daemon
reach 20 bluez_is_back
nothing_half_forgotten
complete $NAME
