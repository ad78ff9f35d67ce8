#!/bin/bash
# Connecting, disconnecting, and waiting for either.
source /lab/guest/scenario.sh
lab-up

step "a headset that is not paired is not connected: BlueZ would pair it on the way"
scene scan=$HEADSET
start mdrctl connect $HEADSET
finishes 1 4 6
refute headset_connected $NAME
refute host_has_key $HEADSET

exits 0 mdrctl pair $NAME
exits 0 mdrctl wait $NAME --for a2dp --timeout 10

step "disconnect"
exits 0 mdrctl disconnect $NAME
assert not device_is $HEADSET Connected
reach 10 not headset_connected $NAME
assert device_is $HEADSET Bonded
exits 0 mdrctl wait $NAME --for disconnected --timeout 5
exits 3 mdrctl wait $NAME --for connected --timeout 1

step "a wait ends when it happens"
start mdrctl wait $NAME --for a2dp --timeout 60
exits 0 mdrctl connect $NAME
assert device_is $HEADSET Connected
assert a2dp_up $HEADSET
finishes 0

step "the headset calls back by itself"
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME
start mdrctl wait $NAME --for connected --timeout 60
radio $NAME connect
finishes 0
assert device_is $HEADSET Connected

step "a headset that is off"
exits 0 mdrctl disconnect $NAME
reach 10 not headset_connected $NAME
radio $NAME power off
exits 3 mdrctl connect $NAME
assert bonds_agree $NAME $HEADSET
