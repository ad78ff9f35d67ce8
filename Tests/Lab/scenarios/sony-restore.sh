#!/bin/bash
# A Sony headset's settings over its factory settings: saved before a repair, erased at the headset, and put back over a new
# bond, on real BlueZ.
# lab: boot systemd
# lab: long bookworm
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon
systemctl --global enable mdrctl-session.service
systemctl enable --now mdrctld.service

session=/job/sessions/wh-1000xm4-v1-vendor-app.json
mdr() { headset_status $NAME ".mdr | $1"; }
stereo() { mdrctl --json why $HEADSET > "$OUTPUT" && answered '.audio.cause == "stereo"'; }
says() { mdrctl --json headset $NAME --verbose > "$OUTPUT" && answered ".headset | $1"; }
kept() { mdrctl --json backup --list > "$OUTPUT" && answered ".backups | $1"; }

radio $NAME mdr $session
step "paired, and set as its owner wants it"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME
lab-login alice
reach 120 stereo
radio $NAME listen
exits 0 mdrctl noise $NAME ambient 7 --voice
exits 0 mdrctl eq $NAME clear-bass=5 1k=-3
exits 0 mdrctl settings $NAME dsee=on auto-off=never
assert says '.noise.mode == "ambient" and .noise.level == 7'

step "the battery has its source: the headset's own word while the channel is open, and its age then"
exits 0 mdrctl --json show $NAME
assert answered '.device | .battery == 80 and .batteries[0].source == "headset" and .batteries[0].current'
exits 0 mdrctl headset release $NAME
reach 10 mdr '.open | not'
exits 0 mdrctl --json show $NAME
assert answered '[.device.batteries[] | select(.source == "headset") | .current] == [false]'

step "the guide to its factory settings saves them first"
exits 0 mdrctl guide initialize $NAME
assert grep -q "settings are saved" "$ERRORS"
assert kept 'length == 1 and .[0].occasion == "guide"'

step "set back at the headset: its settings and its bond are gone"
radio $NAME wipe
radio $NAME drop
radio $NAME mdr $session
reach 30 not headset_connected $NAME
exits 0 mdrctl guide initialize $NAME
assert grep -q "settings are not saved: It is not connected" "$ERRORS"

step "repaired, with what became of its settings, which are kept"
radio $NAME pairing on
exits 0 mdrctl --json repair $NAME --yes
assert answered '.notSaved | startswith("It is not connected.") and endswith("What was saved earlier is kept.")'
assert kept 'length == 1'
exits 0 mdrctl connect $NAME
assert says '.noise.level != 7 and .equalizer.preset == "user2"'

step "put back as they were, and nothing else is sent"
exits 0 mdrctl --json restore $NAME --yes
assert answered '[.steps[] | select(.state == "done") | .item] | sort == ["autoOff", "dsee", "equalizer", "noise"]'
assert says '.noise.mode == "ambient" and .noise.level == 7 and .noise.voice'
assert says '[.equalizer.bands[] | select(.frequency == 1000 or .frequency == null) | .value] == [5, -3]'
assert says '[.settings[] | select(.name == "autoOff" or .name == "dsee") | .value] | sort == ["never", "on"]'
exits 0 mdrctl --json restore $NAME --yes
assert answered '.steps | all(.state == "same")'
assert mdr '.violations == []'

step "forgotten on both sides: a model that cannot be told is left as it is"
exits 1 mdrctl --json forget $NAME --both-sides --yes
assert answered '.error.code == "not-offered"'
assert headset_connected $NAME

step "and one that can be told forgets this computer first"
radio $NAME wipe
radio $NAME drop
exits 0 mdrctl --json forget $NAME --yes
radio $NAME mdr /job/sessions/wh-1000xm6-v2-fw315-state.json
radio $NAME pairing on
exits 0 mdrctl --json pair $NAME
radio $NAME mdr hosts $HOST AA:BB:CC:DD:EE:01
exits 0 mdrctl --json hosts $NAME
assert answered '[.hosts[] | .own] == [true, false]'
exits 0 mdrctl --json forget $NAME --both-sides --yes
assert answered '.headsetSide == "removed"'
assert mdr '.hosts == ["AA:BB:CC:DD:EE:01"] and .violations == []'
refute device_known $HEADSET
reach 5 not headset_has_bond $NAME
refute grep -q AA:BB:CC:DD:EE:01 <(journalctl -u mdrctld.service)

step "nothing that identifies the headset is in the log"
refute grep -q "$HEADSET" <(journalctl -u mdrctld.service)
