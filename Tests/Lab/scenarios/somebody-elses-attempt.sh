#!/bin/bash
# Another program's Connect is under way, or was left behind by one that has gone: connect, and the proof of a repair,
# wait for its end and go on by themselves.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
hang_up
links() { radio $NAME events | jq '[.[] | select(startswith("link up"))] | length'; }

# attempt: somebody asks BlueZ for it, and leaves without waiting for what comes of it.
attempt() {
  busctl --system call --expect-reply=no org.bluez "$(path_of $HEADSET)" org.bluez.Device1 Connect
}
is_busy() {
  local answer
  answer=$(busctl --system call org.bluez "$(path_of $HEADSET)" org.bluez.Device1 Connect 2>&1 || true)
  [[ $answer == *br-connection-busy* || $answer == *"in progress"* ]]
}

step "an attempt that comes to nothing: its end is waited for, and the headset is there by then"
radio $NAME power off
attempt
reach 3 is_busy
start mdrctl --verbose connect $NAME
await 10 grep -q 'Waiting for the end of that' "$ERRORS" "$OUTPUT" || fail "not told: the wait"
radio $NAME power on
finishes 0
assert a2dp_up $HEADSET
exits 0 mdrctl --json show $NAME
assert answered '.device.verdict == null'

step "one of a headset that stays away ends as our own would"
hang_up
radio $NAME power off
attempt
reach 3 is_busy
exits 3 mdrctl --json connect $NAME
assert grep -q page-timeout "$OUTPUT" "$ERRORS"
radio $NAME power on

step "one that succeeds is joined"
LINKS=$(links)
attempt
exits 0 mdrctl connect $NAME
assert a2dp_up $HEADSET
assert test "$(links)" = $((LINKS + 1))

