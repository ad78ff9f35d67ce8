#!/bin/bash
# Two users and two headsets: each login calls the headset that its user had last, and each user has a policy of his own.
# bookworm's WirePlumber calls headsets by itself, whoever logs in.
# lab: long trixie
# lab: boot systemd
# lab: suites trixie sid
source /lab/guest/scenario.sh
OTHER=LinkBuds
SECOND=94:DB:56:00:00:02
lab-up --no-sound --headset $NAME,$HEADSET --headset $OTHER,$SECOND
systemctl --global enable mdrctl-session.service

audio() { mdrctl --json profile "$1" > "$OUTPUT" && answered ".audio | $2"; }
leaves() { # USER NAME: logs out, which frees the headset
  lab-logout "$1"
  reach 60 not headset_connected "$2"
  reach 60 manager_gone "$1"
}

exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
exits 0 scene scan=$SECOND pair=$SECOND trust=$SECOND
reach 30 not headset_connected $NAME
reach 30 not headset_connected $OTHER

step "alice's first login finds one of them, bob's the other"
radio $OTHER power off
lab-login alice
reach 120 audio $HEADSET '.cause == "stereo"'
exits 0 as alice mdrctl profile $HEADSET stereo
leaves alice $NAME
radio $OTHER power on
radio $NAME power off
lab-login bob
reach 120 audio $SECOND '.cause == "stereo"'
leaves bob $OTHER
radio $NAME power on

step "both are there: alice gets hers, with her policy"
lab-login alice
reach 120 audio $HEADSET '.cause == "stereo"'
refute headset_connected $OTHER
assert audio $HEADSET '.policy == "stereo" and .policyUser == "alice"'
exits 0 mdrctl profile $HEADSET
leaves alice $NAME

step "and bob his; alice's policy is not his"
lab-login bob
reach 120 audio $SECOND '.cause == "stereo"'
refute headset_connected $NAME
assert audio $HEADSET '.policy == "auto" and .policyUser == null'
leaves bob $OTHER
