#!/bin/bash
# Connections that nobody asks for: what became of a link decides whether the headset is called again. One that was
# disconnected by hand, by mdrctl or by another program, or that hung up, is left alone; one that the adapter took along is
# called; one that was let go for a time is called when that is over. The first tier is called first.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
OTHER=LinkBuds
SECOND=94:DB:56:00:00:02
lab-up --headset $NAME,$HEADSET --headset $OTHER,$SECOND
# Bookworm's WirePlumber calls every headset when an adapter appears.
no_other() {
  [[ $(bluetoothctl --version) == *5.66 ]] || { refute headset_connected $OTHER; return; }
  reach 20 headset_connected $OTHER
  hang_up $OTHER
}
standing() { mdrctl --json show "${2:-$HEADSET}" > "$OUTPUT" && answered ".device.standing.state == \"$1\""; }

exits 0 mdrctl pair $OTHER
hang_up $OTHER
exits 0 mdrctl pair $NAME
assert standing connected

step "disconnected by another program: left alone, and still one that may call"
scene disconnect=$HEADSET
reach 20 not headset_connected $NAME
reach 20 standing disconnected
radio $NAME call both
reach 40 standing connected
reach 40 a2dp_up $HEADSET

step "it hangs up: left alone"
radio $NAME power off
reach 20 standing left
radio $NAME power on
exits 0 mdrctl connect $NAME

step "disconnected here: left alone, also by a daemon that is started anew"
hang_up
assert standing disconnected
lab-stop daemon
lab-start daemon
reach 20 standing disconnected
exits 0 mdrctl connect $NAME

step "out of reach: bluetoothd calls it first, and so does the status say"
radio gone $NAME
reach 60 standing backOff
assert answered '.device.standing.next > 100000'
radio back $NAME
reach 90 standing connected
assert a2dp_up $HEADSET

step "the adapter goes off and on: the headset that it took along is called, and no other"
exits 0 mdrctl adapter power off
reach 20 standing notReady
exits 0 mdrctl adapter power on
sound_is_back
reach 60 standing connected
refute headset_connected $OTHER

step "bluetoothd is stopped and started, and killed: the same"
for how in lab-stop lab-kill; do
  $how bluetoothd
  lab-start bluetoothd
  reach 20 bluez_is_back
  sound_is_back
  reach 60 standing connected
  no_other
done

step "the controller is pulled out and put in again: the same"
radio unplug
reach 20 not adapter_present
radio plug
sound_is_back
reach 60 standing connected
no_other

step "let go for a time: left alone, and called when it is over"
exits 0 mdrctl yield $NAME --for 15s
reach 20 not headset_connected $NAME
reach 60 standing connected
reach 20 headset_connected $NAME

step "take: the other headset is connected, and the one that was there let go"
exits 0 mdrctl take $OTHER
reach 20 not headset_connected $NAME
assert a2dp_up $SECOND
assert standing disconnected

step "one that may not be called is not, and the first tier comes first"
exits 0 mdrctl priority $NAME 1
exits 0 mdrctl take $NAME
exits 0 mdrctl autoconnect $OTHER off
assert standing notAllowed $SECOND
