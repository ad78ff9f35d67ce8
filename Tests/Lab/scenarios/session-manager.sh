#!/bin/bash
# PipeWire's session manager, WirePlumber, is what registers with BlueZ. Without it PipeWire runs, no headset can be
# connected, and it is said that way; one that is coming back is waited for.
# lab: boot systemd
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up --no-sound
systemctl --global enable mdrctl-session.service

says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio | $1"; }
wireplumber() { as alice systemctl --user "$1" wireplumber; }

step "a login with stereo"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME
lab-login alice
reach 120 says '.cause == "stereo"'

step "WirePlumber is stopped: the link falls, and no seat gate is blamed"
exits 0 wireplumber stop
reach 60 not headset_connected $NAME
reach 30 says '.cause == "noSoundServer"'
assert answered '.audio.message | test("PipeWire .* of alice runs, but its session manager, WirePlumber, does not")'
assert answered '.audio.hint | contains("systemctl --user restart wireplumber")'

step "connect waits for it for a while, and then says the same"
exits 1 mdrctl --json connect $HEADSET
assert answered '.error.code == "no-sound-server" and (.error.message | contains("WirePlumber, does not"))'

step "the session restarts it for whoever wants that"
assert answered '.error.hint | contains("--restart-sound restarts it")'
exits 0 mdrctl connect $HEADSET --restart-sound --timeout 120
reach 60 says '.cause == "stereo"'

# WirePlumber 0.4 has another dialect. Without WirePlumber there is nothing to disturb: its links go with it.
if ! pipewire --version | grep -q ' 0[.]3[.]'; then
  step "one that runs without Bluetooth: not while something plays that is heard elsewhere"
  exits 0 as alice pactl load-module module-null-sink sink_name=loudspeaker
  as alice pacat --device=loudspeaker --rate=44100 --channels=2 --format=s16le < /dev/zero &
  plays_elsewhere() { as alice pactl list short sink-inputs | grep -v 4294967295 | grep -q .; }
  reach 20 plays_elsewhere
  folder=/home/alice/.config/wireplumber/wireplumber.conf.d
  as alice mkdir -p $folder
  echo 'wireplumber.profiles = { main = { monitor.bluez = disabled } }' > $folder/no-bluetooth.conf
  exits 0 wireplumber restart
  reach 60 not headset_connected $NAME
  reach 30 plays_elsewhere
  exits 1 mdrctl --json connect $HEADSET --restart-sound
  assert answered '.error.evidence | contains("Something plays or records")'
  rm $folder/no-bluetooth.conf
  pkill -u alice pacat
  reach 20 not plays_elsewhere
  exits 0 mdrctl connect $HEADSET --restart-sound --timeout 120
  reach 60 says '.cause == "stereo"'
fi

step "by itself, where the configuration lets it"
mkdir -p /etc/mdrctl
printf '[Sound]\nRestart=auto\n' > /etc/mdrctl/mdrctl.conf
lab-stop daemon
lab-start daemon
exits 0 wireplumber stop
reach 60 not headset_connected $NAME
exits 0 mdrctl connect $HEADSET --timeout 120
reach 60 says '.cause == "stereo"'
printf '[Sound]\nRestart=never\n' > /etc/mdrctl/mdrctl.conf
lab-stop daemon
lab-start daemon
exits 2 mdrctl connect $HEADSET --restart-sound
rm /etc/mdrctl/mdrctl.conf
lab-stop daemon
lab-start daemon
exits 0 wireplumber stop
reach 60 not headset_connected $NAME

step "it comes back while somebody connects: that goes on by itself"
mdrctl connect $HEADSET > /run/lab/connecting 2>&1 &
connecting=$!
reach 30 grep -q "Waiting for it" /run/lab/connecting
exits 0 wireplumber start
wait $connecting || { cat /run/lab/connecting; fail "the connection did not go on"; }
reach 60 says '.cause == "stereo"'

step "it dies, and its unit starts it again: the headset that it took along is called again"
as alice systemctl --user kill --signal KILL wireplumber
reach 120 says '.cause == "stereo"'
lab-logout alice
