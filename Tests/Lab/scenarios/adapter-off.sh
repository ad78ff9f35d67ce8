#!/bin/bash
# The adapter is switched off by somebody else while a headset is called: that is what is told, not a stale bond, and
# no longer than it is so. Whom it calls takes so long that nothing but the call is under way.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
hang_up
radio set page_ms 4000

calling() { headset_status $NAME '.connections | length == 0' && [[ $(mdrctl --json show $NAME) == *'"operation":"connect"'* ]]; }
power() { busctl --system set-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered b "$1"; }
nothing_wrong() { shown '.device.verdict == null'; }

step "by another program"
start mdrctl connect $NAME
reach 5 calling
power false
finishes 9
refute grep -qE 'repair|busy' "$OUTPUT" "$ERRORS"
assert shown '.device.verdict.cause == "adapterTrouble"'
exits 0 mdrctl adapter power on
reach 5 nothing_wrong

step "while a headset is paired"
exits 0 mdrctl forget $NAME
radio $NAME wipe
start mdrctl pair $HEADSET
reach 30 grep -q ", pairing" "$ERRORS"
power false
finishes 9
# It may have got as far as a bond before that, which is told then.
if host_has_key $HEADSET; then assert grep -q "^mdrctl: Paired, but" "$ERRORS"; fi
exits 0 mdrctl adapter power on
mdrctl forget $HEADSET || true
radio $NAME wipe
exits 0 mdrctl pair $NAME
hang_up

step "by rfkill"
sound_is_back
start mdrctl connect $NAME
reach 5 calling
rfkill block bluetooth
finishes 9
assert grep -q rfkill "$ERRORS"
assert shown '.device.verdict.cause == "adapterTrouble"'

step "which keeps it off, and is told so"
exits 9 mdrctl adapter power on
assert grep -q "mdrctl adapter power on --unblock" "$ERRORS"
exits 0 mdrctl adapter power on --unblock
assert adapter_powered
rfkill block bluetooth
reach 10 not adapter_powered
exits 5 setpriv --reuid nobody --regid nogroup --clear-groups mdrctl adapter power on --unblock
refute adapter_powered
exits 0 mdrctl adapter power on --unblock
assert adapter_powered
reach 5 nothing_wrong
assert bonds_agree $NAME $HEADSET
