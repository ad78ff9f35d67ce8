#!/bin/bash
# BlueZ keeps what it has seen of a headset's audio endpoints in a file. When that is wrong (here: a codec that the
# headset has not, as after an update of its firmware), Connect succeeds, with the hands-free profile, and audio does
# not come up. BlueZ 5.66 keeps the file over RemoveDevice, so that forgetting and pairing again does not help; removing
# it does. 5.82 keeps the file only as long as the bond, 5.87 looks at the headset again.
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
assert a2dp_up $HEADSET
CACHE=$BONDS/cache/$HEADSET
# What BlueZ makes of it by itself is looked at: mdrctl would connect it anew for the missing audio.
exits 0 mdrctl profile $HEADSET off

# Every endpoint's codec becomes 04, ATRAC, which the sound server has not. SEID=TYPE:CODEC:DELAY:CAPABILITIES
spoil() {
  exits 0 scene disconnect=$HEADSET
  reach 10 not headset_connected $NAME
  reach 10 grep -q '^\[Endpoints\]' "$CACHE"
  sed -i '/^\[Endpoints\]/,/^$/{s/^\([0-9a-f]*=[0-9a-f]*\):[0-9a-f]*:/\1:04:/;/^LastUsed=/d}' "$CACHE"
  assert grep -q '^01=01:04:' "$CACHE"
}
# The link is up and the hands-free profile with it, the audio is not.
deaf() {
  reach 20 device_is $HEADSET ServicesResolved
  ! await 3 a2dp_up $HEADSET
}

version=$(bluetoothctl --version | sed 's/.* //')

step "a wrong file keeps the audio away"
spoil
exits 0 scene connect=$HEADSET
case $version in
  5.66 | 5.82) assert deaf ;;
  *) reach 10 a2dp_up $HEADSET ;;
esac

step "forgetting and pairing again"
spoil
exits 0 mdrctl forget $NAME
radio $NAME wipe
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET connect=$HEADSET
if [[ $version == 5.66 ]]; then
  assert deaf
  assert grep -q '^01=01:04:' "$CACHE"
else
  reach 10 a2dp_up $HEADSET
  spoil
fi

step "with --reset-cache"
exits 0 mdrctl forget $NAME --reset-cache
assert test ! -e "$CACHE"
exits 0 mdrctl pair $NAME
reach 10 a2dp_up $HEADSET
assert bonds_agree $NAME $HEADSET
