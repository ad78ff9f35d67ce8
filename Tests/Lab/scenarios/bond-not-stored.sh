#!/bin/bash
# A bond that BlueZ has and could not write to the disk is not called proven, and one that is lost is found again.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up

step "bluetoothd cannot write its files: the bond works and does not last"
mount --bind /var/lib/bluetooth /var/lib/bluetooth
mount -o remount,bind,ro /var/lib/bluetooth
exits 0 mdrctl --json pair $NAME
assert device_is $HEADSET Bonded
assert answered '.proofs[] | select(.what == "bonded") | .proven == false and (.reason | test("not on the disk"))'
assert shown '.device.verdict | .cause == "pairedNotBonded" and .certainty == "certain" and .stale == false'
umount /var/lib/bluetooth
refute host_has_key $HEADSET

step "it is gone when bluetoothd starts again"
lab-stop bluetoothd
lab-start bluetoothd
reach 20 audio_offered
reach 20 told ".lost[0].address == \"$HEADSET\" and .lost[0].verdict.cause == \"hostLostKey\""

step "repair finds what is listed as lost, and proves the bond by its key"
exits 0 mdrctl --json repair $NAME --yes
assert answered '.proofs[] | select(.what == "bonded") | .proven'
assert bonds_agree $NAME $HEADSET
assert shown '.device.verdict == null'
assert told '(.lost // []) == []'

step "the disk is full: the same"
exits 0 mdrctl forget $NAME
radio $NAME wipe
mount -t tmpfs -o size=64k,mode=700 tmpfs "$BONDS"
dd if=/dev/zero of="$BONDS/full" bs=1k 2> /dev/null || true
exits 0 mdrctl --json pair $NAME
assert device_is $HEADSET Bonded
assert answered '.proofs[] | select(.what == "bonded") | .proven == false and (.reason | test("not on the disk"))'
exits 0 mdrctl forget $NAME
umount "$BONDS"
radio $NAME wipe
exits 0 mdrctl --json pair $NAME
assert answered '.proofs[] | select(.what == "bonded") | .proven'

step "without the helper the bond is made, and nobody has looked at the disk"
exits 0 mdrctl forget $NAME
lab-stop flush
exits 0 mdrctl --json pair $NAME
assert answered '.proofs[] | select(.what == "bonded") | .proven == false and (.reason | test("helper is not there"))'
assert shown '.device.verdict == null'
