#!/bin/bash
# A headset that is blocked is not called by anybody here, and keeps its bond; nothing but unblocking it helps.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
links() { radio $NAME events | jq '[.[] | select(startswith("link up"))] | length'; }

step "blocking it ends its link, and its own calls are refused"
exits 0 mdrctl block $NAME
assert device_is $HEADSET Blocked
assert not device_is $HEADSET Connected
reach 10 not headset_connected $NAME
radio $NAME connect || true
assert not device_is $HEADSET Connected

step "whatever would call it, or remove it, fails at once"
LINKS=$(links)
for words in "connect $NAME" "pair $NAME" "repair $NAME --yes" "profile $NAME stereo --once"; do
  # shellcheck disable=SC2086 # words of a command
  exits 1 timeout 15 mdrctl --json $words
  assert grep -q device-blocked "$OUTPUT" "$ERRORS"
  assert grep -q "mdrctl unblock $HEADSET" "$OUTPUT" "$ERRORS"
done
exits 1 mdrctl why $NAME --check
assert grep -q "mdrctl unblock $HEADSET" "$OUTPUT"
for words in list status "show $NAME"; do
  # shellcheck disable=SC2086
  exits 0 mdrctl $words
  assert grep -q blocked "$OUTPUT"
done
assert test "$(links)" = "$LINKS"
assert device_is $HEADSET Bonded
assert bonds_agree $NAME $HEADSET
assert shown '.device.verdict == null'

step "and so it stays over a restart of the daemon"
lab-stop daemon
lab-start daemon
reach 20 bluez_is_back
assert shown '.device.blocked and .device.verdict == null'
assert test "$(links)" = "$LINKS"

step "unblocked, it connects as before"
exits 0 mdrctl unblock $NAME
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET
assert bonds_agree $NAME $HEADSET
