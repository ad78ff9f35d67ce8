#!/bin/bash
# BlueALSA is the sound server: nobody need be logged in. Stereo is seen to in BlueZ, and what mdrctl can not do there is
# said.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up --no-sound

# says CAUSE: of the headset's sound. A condition.
says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }

step "without it there is no sound server"
radio $NAME pairing on
exits 0 mdrctl pair $HEADSET
reach 10 says noSession

launch bluealsa "$(command -v bluealsad || command -v bluealsa)" -p a2dp-source -p hfp-ag
reach 30 audio_offered

step "it plays: a tone arrives at the headset"
exits 0 mdrctl connect $HEADSET
reach 10 a2dp_up $HEADSET
assert says bluealsa
exits 0 mdrctl profile
# In the rate that BlueALSA chose: it fails to configure another one with BlueZ 5.87.
launch tone aplay -q -D "bluealsa:DEV=$HEADSET,PROFILE=a2dp" -f dat /dev/zero
reach 60 plays $NAME
finish tone TERM

step "a headset that brings hands-free audio only gets stereo, too"
hang_up $NAME
radio $NAME call hfp
reach 30 a2dp_up $HEADSET
reach 10 says bluealsa

step "there are no profiles and codecs to choose"
exits 9 mdrctl profile $HEADSET call --once
exits 9 mdrctl codec $HEADSET sbc
exits 0 mdrctl profile $HEADSET stereo
