#!/bin/bash
# The same with PulseAudio: stereo at login, a policy, and its codecs, which are no profiles. On BlueZ 5.87 PulseAudio 17
# cannot switch those.
# lab: boot systemd
# lab: long bookworm trixie
# lab: suites bookworm trixie
source /lab/guest/scenario.sh
lab-up --no-sound
systemctl --global enable mdrctl-session.service

audio() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio | $1"; }
says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }

exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME

step "a login: stereo by itself, and a tone is heard"
lab-login alice --sound pulseaudio
reach 120 says stereo
assert audio '.session.server | startswith("PulseAudio")'
assert audio '.card.profile == "a2dp_sink"'
tone start alice
reach 60 plays $NAME

step "its codecs are switched by messages"
exits 0 mdrctl --json codec $HEADSET
OTHER_CODEC=$(answer '[.codecs[] | select(.active | not)][0].name')
exits 0 mdrctl codec $HEADSET "$OTHER_CODEC"
reach 30 audio ".card.codec == \"$OTHER_CODEC\""
reach 60 plays $NAME
exits 1 mdrctl codec $HEADSET ldac

step "a call, and back"
exits 0 mdrctl profile $HEADSET call
assert audio '.card.profile | startswith("handsfree") or startswith("headset")'
reach 60 voice $NAME
exits 0 mdrctl profile $HEADSET auto
reach 60 plays $NAME
reach 30 says stereo

step "off, and back"
exits 0 mdrctl profile $HEADSET off
reach 60 silent $NAME
exits 0 mdrctl profile $HEADSET auto
reach 60 plays $NAME

step "the sound server is killed and comes back: so does stereo"
as alice systemctl --user kill --signal KILL pulseaudio
reach 120 says stereo
tone stop alice
