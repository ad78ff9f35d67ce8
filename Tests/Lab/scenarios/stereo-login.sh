#!/bin/bash
# Stereo at login, by itself: the headset is connected when the sound server has registered, its card is in stereo, and
# a tone arrives at the headset. Then an application opens the microphone under each policy.
# lab: boot systemd
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up --no-sound
systemctl --global enable mdrctl-session.service

# audio FILTER: of what mdrctl says of the headset's sound. A condition.
audio() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio | $1"; }
says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }

step "paired before anybody is logged in"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME

step "a login: mdrctl connects the headset, and what plays is heard in stereo"
lab-login alice
reach 120 says stereo
exits 0 mdrctl profile
assert audio '.session.user == "alice" and .session.state == "active"'
reach 20 called_at_login
assert audio '[.login[].step] == ["attached","server","endpoints","connected","transport","profile"]'
tone start alice
reach 60 plays $NAME

step "auto: a call is the application's, and stereo comes back after it"
record start alice Recorder media.role=Communication
reach 60 voice $NAME
reach 30 says application
assert audio '.message | contains("Recorder")'
exits 0 setpriv --reuid nobody --regid nogroup --clear-groups mdrctl --json profile $HEADSET
assert answered '.audio.cause == "application" and .audio.card.captures == [] and .audio.card.recorders == 1'
refute grep Recorder "$OUTPUT"
record stop alice Recorder
reach 60 plays $NAME
reach 30 says stereo

step "stereo: it stays so while an application records"
exits 0 mdrctl profile $HEADSET stereo
record start alice Recorder media.role=Communication
reach 60 audio '.decidedBy == "policy"'
reach 60 plays $NAME
reach 30 says stereo
refute voice $NAME
record stop alice Recorder

step "call, and off"
exits 0 mdrctl profile $HEADSET call
reach 60 voice $NAME
reach 30 says policyCall
exits 0 mdrctl profile $HEADSET off
reach 30 says policyOff
reach 60 silent $NAME
exits 0 mdrctl profile $HEADSET auto
reach 60 plays $NAME

step "another codec, while it plays"
exits 0 mdrctl codec $HEADSET sbc_xq
reach 60 plays $NAME
assert audio '.card.profile == "a2dp-sink-sbc_xq"'

step "the sound server is killed and comes back: so does stereo"
as alice systemctl --user kill --signal KILL pipewire pipewire-pulse wireplumber
reach 120 plays $NAME
reach 60 says stereo

step "the headset is switched off, and on again: it is in stereo"
radio $NAME power off
reach 30 says notConnected
radio $NAME power on
radio $NAME call hfp
reach 60 says stereo
reach 60 plays $NAME
tone stop alice

step "logged out: the headset is free"
lab-logout alice
reach 60 not headset_connected $NAME
