#!/bin/bash
# A factory-new headset in pairing mode: paired, bonded, trusted, connected, with stereo audio.
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up
pairable=$(adapter_property Pairable)

exits 0 mdrctl pair $NAME
assert device_is $HEADSET Paired
assert device_is $HEADSET Bonded
assert device_is $HEADSET Trusted
assert device_is $HEADSET Connected
assert host_has_key $HEADSET
assert bonds_agree $NAME $HEADSET
assert a2dp_up $HEADSET

step "the adapter is left as it was"
[[ $(adapter_property Pairable) == "$pairable" ]] || fail "Pairable was $pairable before"
assert adapter_is Discovering false
assert adapter_is Discoverable false

step "the bond outlives bluetoothd"
lab-stop bluetoothd
lab-start bluetoothd
assert device_is $HEADSET Bonded
reach 20 mdrctl show $NAME

step "pairing again says that the bond is there"
exits 1 mdrctl pair $NAME --timeout 10
assert bonds_agree $NAME $HEADSET
