#!/bin/bash
# The privileged helper, asked as the daemon asks it: what it sees of a device on real kernels and in real
# files, what it removes, what it refuses, and what it hears of a link.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up --no-daemon

as() { local user=$1; shift; setpriv --reuid "$user" --clear-groups --no-new-privs /lab/guest/flush.py "$@"; }
helper() { as mdrctl "$1" $HOST $HEADSET "${@:2}"; }
refused() { grep -q "^$1 " "$ERRORS" || fail "not refused with $1"; }
# tells LAYER BEFORE AFTER: in the last answer.
tells() {
  [[ $(answer ".layers[] | select(.layer == \"$1\") | .before + \" \" + .after") == "$2 $3" ]] || fail "not: $*"
}
detail() { answer ".layers[] | select(.layer == \"$1\") | .detail // \"\""; }

# Watches the headset's link in the background; `heard EVENT [CODE]` is a condition.
WATCHED=/run/lab/watched
listen() {
  # Itself, and not a shell that waits for it.
  setpriv --reuid mdrctl --clear-groups --no-new-privs /lab/guest/flush.py Watch $HOST $HEADSET > $WATCHED &
  WATCH=$!
  reach 10 heard watching
}
heard() { jq -se --arg event "$1" --arg code "${2:-}" 'any(.event == $event and ($code == "" or .code == ($code | tonumber)))' $WATCHED; }
hang_up() {
  sed 's/^/  | /' $WATCHED
  kill $WATCH
  wait $WATCH || true
  reach 5 not pgrep -x mdrctl-flush
}

step "there is nothing yet"
exits 0 helper Inspect linkKey storedLinkKey bond cache
tells linkKey unknown unknown
for layer in storedLinkKey bond cache; do tells $layer absent absent; done

step "a bonded headset is seen, and is not flushed"
scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
key=$(host_key $HEADSET)
[[ $key =~ ^[0-9a-f]{32}$ ]] || fail "no key to look for"
exits 0 helper Inspect storedLinkKey bond cache
tells bond present present
[[ $(detail bond) =~ ^link\ key\ of\ type\ [0-9]+\;\ files\ .*info ]] || fail "detail: $(detail bond)"
tells cache present present
[[ $(detail cache) == General* ]] || fail "detail: $(detail cache)"
for layer in linkKey storedLinkKey bond cache; do
  exits 1 helper Flush $layer
  refused DevicePresent
done
assert bonds_agree $NAME $HEADSET

step "what RemoveDevice leaves is flushed"
scene disconnect=$HEADSET remove=$HEADSET
assert test -f "$BONDS/cache/$HEADSET"
exits 0 helper Flush cache bond linkKey
tells cache present absent
tells bond absent absent
tells linkKey absent absent
assert test ! -e "$BONDS/cache/$HEADSET"

step "a directory that was left over goes as a whole"
mkdir -m 700 "$BONDS/$HEADSET"
printf '[General]\nName=x\n[LinkKey]\nKey=%s\nType=4\n' "$key" > "$BONDS/$HEADSET/info"
exits 0 helper Flush bond
tells bond present absent
assert test ! -e "$BONDS/$HEADSET"

step "a key in the controller's memory"
/lab/guest/plant.py controller $HEADSET
/lab/guest/plant.py controller AC:80:0A:00:00:02
exits 0 helper Inspect storedLinkKey
tells storedLinkKey present present
exits 0 helper Flush storedLinkKey
tells storedLinkKey present absent
[[ $(radio stored-keys | jq -c) == '["AC:80:0A:00:00:02"]' ]] || fail "left: $(radio stored-keys)"

step "a key that only the kernel has: pairing fails, and works once it is flushed"
/lab/guest/plant.py kernel $HEADSET
exits 1 scene scan=$HEADSET pair=$HEADSET
assert grep -q 'AlreadyExists: Already Paired' "$ERRORS"
exits 0 helper Flush linkKey
tells linkKey present absent
exits 0 helper Flush linkKey
tells linkKey absent absent
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
assert bonds_agree $NAME $HEADSET
scene disconnect=$HEADSET remove=$HEADSET

step "a link is ended at once, the bond stays, and nobody calls the headset again"
exits 1 helper Disconnect
refused NotConnected
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET connect=$HEADSET
assert device_is $HEADSET Connected
exits 0 helper Disconnect
reach 2 not device_is $HEADSET Connected
reach 2 not headset_connected $NAME
refute await 5 device_is $HEADSET Connected
assert bonds_agree $NAME $HEADSET
scene remove=$HEADSET
refute device_known $HEADSET

step "what is not BlueZ's own file is not touched"
exits 0 helper Flush cache
echo precious > /run/lab/precious
ln -s /run/lab/precious "$BONDS/cache/$HEADSET"
exits 0 helper Flush cache
tells cache unknown unknown
assert answered '.layers[0].reason | contains("symbolic link")'
rm "$BONDS/cache/$HEADSET"
echo precious > "$BONDS/precious"
ln "$BONDS/precious" "$BONDS/cache/$HEADSET"
exits 0 helper Flush cache
tells cache unknown unknown
rm "$BONDS/precious"
chown nobody "$BONDS/cache/$HEADSET"
exits 0 helper Flush cache
tells cache unknown unknown
rm "$BONDS/cache/$HEADSET"
[[ $(< /run/lab/precious) == precious ]] || fail "it was written through"

step "while BlueZ does not answer nothing is flushed"
lab-stop bluetoothd
exits 1 helper Flush cache
refused BlueZUnknown
exits 0 helper Inspect cache
lab-start bluetoothd
# Its endpoints come back with the sound server.
reach 30 audio_offered

step "an adapter that is not there, and input that makes no sense"
exits 1 as mdrctl Inspect 00:1A:7D:DA:71:14 $HEADSET cache
refused NoAdapter
for device in ../../../etc/passwd 00:00:00:00:00:00 94:DB:56:00:00:01/..; do
  exits 1 as mdrctl Flush $HOST "$device" cache
  refused InvalidInput
done

step "nobody but the daemon's user is let in, root neither"
exits 1 as nobody Inspect $HOST $HEADSET cache
assert grep -q 'Permission denied' "$ERRORS"
status=0
/lab/guest/flush.py Inspect $HOST $HEADSET cache > "$OUTPUT" 2>&1 || status=$?
((status != 0)) || fail "root was answered"
refute grep -q layers "$OUTPUT"

step "the link of a headset that lost its key"
scene scan=$HEADSET pair=$HEADSET trust=$HEADSET disconnect=$HEADSET
reach 10 not headset_connected $NAME
radio $NAME wipe
listen
refute scene connect=$HEADSET
reach 15 heard connected
reach 15 heard authenticationFailed 5
reach 15 heard keyRefused 6
refute heard keyRefused 5
# The kernel's "authentication": the headset answered PIN or Key Missing.
reach 25 heard disconnected 4
assert device_is $HEADSET Bonded
hang_up

step "the link of a headset that has another key"
reach 15 not headset_connected $NAME
scene remove=$HEADSET scan=$HEADSET pair=$HEADSET trust=$HEADSET disconnect=$HEADSET
reach 10 not headset_connected $NAME
radio $NAME corrupt
listen
refute scene connect=$HEADSET
reach 15 heard authenticationFailed 5
reach 15 heard keyRefused 5
refute heard keyRefused 6
reach 25 heard disconnected
refute heard disconnected 4
hang_up

step "the link of a headset that is off"
reach 15 not headset_connected $NAME
radio $NAME power off
listen
refute scene connect=$HEADSET
reach 15 heard connectFailed
refute heard authenticationFailed
refute heard keyRefused
hang_up

step "no key was told or logged"
refute grep -qi "$key" "$LOGS"/flush.log "$OUTPUT" "$ERRORS" $WATCHED
refute grep -q "$HEADSET" "$LOGS/flush.log"
