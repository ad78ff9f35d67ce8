#!/bin/bash
# Sony's control channel over real BlueZ, under the unit's restrictions: found by its record among decoys, read and changed
# while a tone plays on, held by another client, dropped in a command, released.
# lab: boot systemd
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon
systemctl --global enable mdrctl-session.service
systemctl enable --now mdrctld.service

mdr() { headset_status $NAME ".mdr | $1"; }
says() { mdrctl --json headset $NAME --verbose > "$OUTPUT" && answered ".headset | $1"; }
stereo() { mdrctl --json why $HEADSET > "$OUTPUT" && answered '.audio.cause == "stereo"'; }
# The tone goes on, over the same stream. What the headset missed of it is shown at the end and no condition: an emulated
# sound server leaves packets out by itself where the processor is busy.
unbroken() { plays $NAME 25; }

radio $NAME mdr /job/sessions/wh-1000xm4-v1-vendor-app.json init-ignore
step "pairing and stereo: nothing of the control channel is opened for it"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME
lab-login alice
reach 120 stereo
tone start alice
reach 60 plays $NAME
assert mdr '.accepted == 0'

step "the picture, while the tone plays"
radio $NAME listen
exits 0 mdrctl headset $NAME
assert mdr '.open and .accepted == 1 and .violations == []'
assert says '.model == "WH-1000XM4" and .generation == "v1" and .batteries[0].level == 80'
assert says '.equalizer.preset == "user2"'
refute grep -q "$HEADSET" <(jq .headset "$OUTPUT")
assert unbroken

step "noise control, equalizer and settings: done when the headset says so"
exits 0 mdrctl noise $NAME cancel
assert says '.noise.mode == "cancelling"'
exits 0 mdrctl noise $NAME ambient 15 --voice
assert says '.noise.mode == "ambient" and .noise.level == 15 and .noise.voice'
exits 0 mdrctl eq $NAME clear-bass=-4 1k=2
assert says '[.equalizer.bands[] | select(.frequency == 1000 or .frequency == null) | .value] == [-4, 2]'
exits 0 mdrctl auto-off $NAME never
assert mdr '.accepted == 1 and .violations == []'
assert unbroken

step "saved, changed, and put back as it was"
exits 0 mdrctl backup $NAME /tmp/xm4.json
refute grep -q "$HEADSET" /tmp/xm4.json
assert [ "$(jq -r '.model + " " + .noise.mode' /tmp/xm4.json)" = "WH-1000XM4 ambient" ]
exits 0 mdrctl noise $NAME off
exits 0 mdrctl eq $NAME speech
exits 0 mdrctl settings $NAME dsee=on auto-off=taken-off
exits 4 mdrctl --json restore $NAME /tmp/xm4.json
assert says '.noise.mode == "off" and .equalizer.preset == "speech"'
exits 0 mdrctl --json restore $NAME /tmp/xm4.json --yes
assert answered '[.steps[] | select(.state == "done") | .item] | sort == ["autoOff", "dsee", "equalizer", "noise"]'
assert says '.noise.mode == "ambient" and .noise.level == 15 and .noise.voice and .equalizer.preset == "user2"'
assert says '[.equalizer.bands[] | select(.frequency == 1000 or .frequency == null) | .value] == [-4, 2]'
assert says '[.settings[] | select(.name == "autoOff") | .value] == ["never"]'
exits 0 mdrctl --json backup --list
assert answered '.backups | length == 1 and .[0].model == "WH-1000XM4"'
assert mdr '.accepted == 1 and .violations == []'
assert unbroken

step "released: the channel is free, and the sound stays"
exits 0 mdrctl headset release $NAME
reach 10 mdr '.open | not'
assert unbroken

step "held by another client: said so, without touching the link"
radio $NAME mdr hold
exits 7 mdrctl --json headset $NAME
assert answered '.error.code == "headset-held"'
radio $NAME mdr release
assert unbroken
exits 0 mdrctl headset $NAME
assert mdr '.accepted == 2'

step "the other client takes it over, and the next question opens it again"
radio $NAME mdr drop
reach 10 mdr '.open | not'
exits 0 mdrctl noise $NAME off
assert mdr '.accepted == 3 and .violations == []'
assert unbroken
radio $NAME status | jq -c '{rtpPackets, rtpLost}'
tone stop alice

step "a lost link, and the headset comes back"
radio $NAME power off
reach 30 not headset_connected $NAME
exits 1 mdrctl --json headset $NAME
assert answered '.error.code == "not-connected"'
radio $NAME power on
exits 0 mdrctl connect $NAME
exits 0 mdrctl headset $NAME

step "nothing that identifies the headset is in the log"
refute grep -q "$HEADSET" <(journalctl -u mdrctld.service)

step "bluetoothd starts anew: so does the channel"
systemctl restart bluetooth.service 2> /dev/null || { lab-stop bluetoothd && lab-start bluetoothd; }
reach 60 bluez_is_back
exits 0 mdrctl connect $NAME
exits 0 mdrctl headset $NAME
assert mdr '.violations == []'
