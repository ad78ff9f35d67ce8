#!/bin/bash
# The daemon is killed at each step of a removal. After its restart the removal completes by itself: no device, no
# key, no file is left, and a fresh pairing works. First at each thing that is on the bus meanwhile: calls of BlueZ, which
# then does it or not, by the daemon and by the helper, and what BlueZ tells; then while the one who has to do something is stopped, so that a step lasts.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up

freeze() { kill -STOP "$(cat "$STATE/$1.pid")"; }
thaw() { kill -CONT "$(cat "$STATE/$1.pid")"; }
kill_daemon() {
  lab-kill daemon
  finishes 1 8
}
# kill_at COUNT RULE: kills the daemon when the COUNTth message that RULE matches is on the bus, before anybody else has a
# turn of the one processor. Returns when it listens.
kill_at() {
  local count=$1 rule=$2
  rm -f "$STATE/watching"
  chrt --fifo 50 dbus-monitor --system --profile "$rule" | {
    chrt --fifo --pid 50 "$BASHPID" > /dev/null
    read -r _
    touch "$STATE/watching"
    while ((count > 0)); do
      # The bus tells the monitor its own name as well, by signals.
      read -r kind rest
      [[ $kind == mc || "$kind $rest" == sig*InterfacesRemoved* ]] && count=$((count - 1))
    done
    kill -KILL "$(cat "$STATE/daemon.pid")"
  } &
  reach 10 test -e "$STATE/watching"
}
killed() {
  finishes 1 8
  reach 10 not running daemon
  # It may have ended by itself, when nobody read it any more.
  pkill -x dbus-monitor || true
}
all_gone() {
  reach 30 journal_empty
  refute device_known $HEADSET
  assert test ! -e "$BONDS/$HEADSET"
  reach 10 not headset_connected $NAME
}
pairs_again() {
  exits 0 mdrctl pair $NAME
  assert bonds_agree $NAME $HEADSET
  assert a2dp_up $HEADSET
}
exits 0 mdrctl pair $NAME

call() { echo "type='method_call',member='$1'"; }
# While the link falls that the helper has ended: the stream goes first, and the device last.
told_gone="type='signal',sender='org.bluez',member='InterfacesRemoved'"
# Before what is left is flushed: the helper asks BlueZ about the device.
asked="$(call GetAll),arg0='org.bluez.Device1'"
powered="$(call Set),interface='org.freedesktop.DBus.Properties',arg1='Powered'"
for moment in "1 $told_gone" "1 $(call RemoveDevice)" "1 $asked" "1 $(call StartDiscovery)" "1 $(call StopDiscovery)" \
  "1 $powered" "2 $powered" "1 $(call Disconnect)"; do
  step "at $moment"
  # A daemon that has no helper has BlueZ disconnect it.
  [[ $moment != *"'Disconnect'" ]] || lab-stop flush
  kill_at "${moment%% *}" "${moment#* }"
  start mdrctl forget $NAME --reset-cache --power-cycle
  killed
  refute journal_empty
  running flush || lab-start flush
  lab-start daemon
  all_gone
  assert test ! -e "$BONDS/cache/$HEADSET"
  sound_is_back
  pairs_again
done

step "while BlueZ removes it: nobody answers the daemon"
freeze bluetoothd
start mdrctl forget $NAME --reset-cache
reach 10 journal_says removing
kill_daemon
thaw bluetoothd
lab-start daemon
all_gone
assert test ! -e "$BONDS/cache/$HEADSET"
pairs_again

step "while it is flushed: BlueZ has removed it, the helper does not answer"
assert test -e "$BONDS/cache/$HEADSET"
freeze flush
start mdrctl forget $NAME --reset-cache
# The helper is given 15 s for each of two questions.
reach 70 not device_known $HEADSET
assert journal_says removing
kill_daemon
assert test -e "$BONDS/cache/$HEADSET"
thaw flush
lab-start daemon
all_gone
assert test ! -e "$BONDS/cache/$HEADSET"
pairs_again

step "while the adapter is switched off and on: the controller does not answer"
hang_up
freeze radio
start mdrctl forget $NAME --power-cycle
reach 20 journal_says powerCycling
kill_daemon
thaw radio
lab-start daemon
all_gone
sound_is_back
pairs_again

step "a repair, before the headset is paired again: it is not half forgotten, and pairing completes it"
radio $NAME wipe
radio $NAME pairing off
exits 0 mdrctl rename $NAME "Annas ears"
freeze flush
start mdrctl repair $NAME --yes
# The helper is given 15 s for each of two questions.
reach 70 not device_known $HEADSET
kill_daemon
thaw flush
lab-start daemon
reach 20 journal_says pairing
radio $NAME pairing on
exits 0 mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
assert device_is $HEADSET Trusted
assert journal_empty
[[ $(property $HEADSET Alias) == "\"Annas ears\"" ]] || fail "its name is $(property $HEADSET Alias)"
