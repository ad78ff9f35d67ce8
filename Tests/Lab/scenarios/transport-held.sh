#!/bin/bash
# Another program has taken the stream of A2DP from BlueZ before the sound server did: not a packet arrives, whatever
# plays, and `why` says so while the sound server is told.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }
exits 0 mdrctl pair $NAME
reach 20 a2dp_up $HEADSET
launch session /usr/libexec/mdrctl-session
reach 60 says stereo

step "held, and nothing plays: it is in stereo"
launch holder bash -c "exec python3 /lab/guest/bluez.py --hold acquire=$HEADSET < <(sleep infinity)"
reach 20 grep -q holds "$LOGS/holder.log"

step "a player begins: silence, and the reason"
tone start
reach 20 says transportHeld
exits 1 mdrctl why $HEADSET --check
assert grep -q 'silent: its stream is held by python3 (' "$OUTPUT"
exits 0 mdrctl profile $HEADSET
assert grep -q silent "$OUTPUT"
assert silent $NAME 3

step "let go, and connected anew where the sound server does not take the stream up by itself: it plays"
finish holder TERM
if ! await 10 plays $NAME; then
  hang_up
  exits 0 mdrctl connect $NAME
fi
reach 30 says stereo
reach 20 plays $NAME
