#!/bin/bash
# Without a sound server there is nobody to play to: pairing succeeds, and says that stereo is not proven.
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up --no-sound

exits 0 mdrctl --json pair $NAME
assert device_is $HEADSET Bonded
assert bonds_agree $NAME $HEADSET
assert answered '.proofs[] | select(.what == "bonded") | .proven'
assert answered '.proofs[] | select(.what == "a2dp") | .proven == false and (.reason | test("sound server"))'
refute a2dp_up $HEADSET

step "the sound server comes, and the headset connects"
lab-start sound
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET

step "it goes again"
exits 0 mdrctl disconnect $NAME
lab-stop sound
exits 1 mdrctl connect $NAME
assert bonds_agree $NAME $HEADSET
