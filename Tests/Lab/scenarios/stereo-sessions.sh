#!/bin/bash
# Whose sound it is: a display manager's greeter, which gives way to who logs in; a login without a seat, which
# WirePlumber's gate keeps off; a sound server that starts late; a headset that is switched on after the login; two users
# who take turns; and a user whose services linger.
# lab: boot systemd
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up --no-sound
systemctl --global enable mdrctl-session.service

# says CAUSE: of the headset's sound; session FILTER: of whose it is. Conditions.
says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }
session() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio.session | $1"; }

# PipeWire 0.3 with WirePlumber 0.4.
is_old() { pipewire --version | grep -q ' 0[.]3[.]'; }

exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME

step "a display manager's greeter calls nobody, but has the headset when that comes; who logs in gets it"
lab-login display --greeter
reach 120 session '.user == "display" and .state == "greeter"'
reach 60 audio_offered
if is_old; then
  # WirePlumber 0.4 calls headsets itself.
  reach 30 headset_connected $NAME
else
  refute headset_connected $NAME
  radio $NAME call both
fi
reach 60 says stereo
refute called_at_login
lab-login alice
reach 120 session '.user == "alice"'
lab-logout display
reach 60 manager_gone display
reach 120 says stereo
tone start alice
reach 60 plays $NAME
tone stop alice
lab-logout alice
reach 60 manager_gone alice

# WirePlumber 0.5 wants a session on a seat. 0.4 is content with any, and keeps off who has none.
if is_old; then KIND=linger PRESENCE=lingering; else KIND=ssh PRESENCE=online; fi
step "nobody on a seat ($KIND): the sound server runs, and its gate keeps Bluetooth off"
lab-login alice --$KIND
reach 120 session '.server != null'
assert session ".user == \"alice\" and .state == \"$PRESENCE\""
refute audio_offered
reach 10 says seatGate
assert answered '.audio.hint | contains("seat-monitoring")'
exits 1 mdrctl connect $HEADSET
lab-logout alice
reach 60 manager_gone alice

step "a login without a sound server connects nothing; when it starts, nothing either: the headset is alice's"
lab-login bob --sound none
reach 60 session '.user == "bob" and .server == null'
reach 10 says noSoundServer
refute headset_connected $NAME
rm -r ~bob/.config/systemd/user
as bob systemctl --user daemon-reload
as bob systemctl --user start wireplumber.service pipewire-pulse.service
reach 120 audio_offered
# WirePlumber 0.4 calls headsets itself.
is_old || refute headset_connected $NAME

step "who connects it has it, too"
exits 0 mdrctl connect $HEADSET
reach 120 says stereo
reach 10 a2dp_up $HEADSET

step "the next user comes to the front, and the headset with it"
lab-login alice
reach 120 session '.user == "alice"'
reach 120 says stereo
lab-switch bob
reach 60 session '.user == "bob"'
reach 120 says stereo

step "the user behind logs out: nothing happens to the headset; the one in front: it is free"
lab-logout alice
assert headset_connected $NAME
lab-logout bob
reach 60 not headset_connected $NAME

step "a headset that is off at the login is in stereo when it is switched on"
radio $NAME power off
lab-login alice
reach 120 audio_offered
reach 60 says notConnected
radio $NAME power on
radio $NAME call hfp
reach 60 says stereo
lab-logout alice
reach 60 manager_gone alice

step "a user whose services linger, with the gate open"
lab-login bob --linger --no-gate
reach 120 says stereo
assert session '.user == "bob" and .state == "lingering"'

step "the adapter is pulled out and put in again"
radio unplug
reach 20 not adapter_present
radio plug
reach 120 says stereo
