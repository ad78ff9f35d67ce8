#!/bin/bash
# A user logs in at the machine, the sound server starts with the session, and what the user plays is heard in the
# headset. Without mdrctl: what the other scenarios with sessions stand on.
# lab: boot systemd
# lab: suites sid
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon

step "nobody is logged in: no sound server, and nothing to connect"
refute audio_offered
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
exits 1 scene connect=$HEADSET
# The second is 5.87's word for it.
assert grep -qE 'br-connection-(profile-unavailable|unknown)' "$ERRORS"

step "a login on the seat"
lab-login alice
assert session_is alice active
assert user_is alice active
reach 60 sound_ready alice
reach 30 audio_offered

step "a tone is heard in the headset"
exits 0 scene connect=$HEADSET
reach 20 a2dp_up $HEADSET
tone start alice
reach 60 plays $NAME
refute voice $NAME

step "an application listens to the microphone: the voice link carries the sound, and stereo comes back after it"
record start alice Recorder
reach 60 voice $NAME
reach 20 silent $NAME
record stop alice Recorder
reach 60 not voice $NAME
reach 60 plays $NAME

step "the tone ends"
tone stop alice
reach 60 silent $NAME

step "logged out: the link loses its audio"
lab-logout alice
assert logged_out alice
reach 60 manager_gone alice
reach 20 not audio_offered
refute a2dp_up $HEADSET
