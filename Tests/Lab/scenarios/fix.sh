#!/bin/bash
# The ladder, from each of what goes wrong with a headset to sound, or to the right last sentence.
# lab: long bookworm
# lab: dies wireplumber
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME

# climbed RUNG…: the last answer says that these were tried, the last of them with success. A condition.
climbed() {
  local wanted
  wanted=$(jq -cn '$ARGS.positional' --args "$@")
  answered "[.ladder[].rung] == $wanted"
}

step "nothing is wrong"
exits 0 mdrctl --json fix $NAME
assert climbed observe

step "not connected: it is connected, to sound"
hang_up
exits 0 mdrctl --json fix $NAME
assert climbed observe device
assert a2dp_up $HEADSET

step "HFP alone: the profile"
hang_up
radio $NAME a2dp refuse
exits 0 mdrctl connect $NAME
refute a2dp_up $HEADSET
radio $NAME a2dp accept
exits 0 mdrctl --json fix $NAME
assert climbed observe profile
assert a2dp_up $HEADSET

step "the plan for that touches nothing"
hang_up
radio $NAME a2dp refuse
exits 0 mdrctl connect $NAME
exits 0 mdrctl fix $NAME --dry-run
assert headset_connected $NAME
assert host_has_key $HEADSET
radio $NAME a2dp accept
hang_up

step "switched off: it waits, and calls the headset when it is back"
radio $NAME power off
start mdrctl --json fix $NAME --verbose
reach 60 grep -q '"restart"' "$OUTPUT"
radio $NAME power on
finishes 0
assert a2dp_up $HEADSET
assert host_has_key $HEADSET
assert jq -es 'last | [.ladder[].rung] == ["observe", "device", "restart"]' "$OUTPUT"

step "it stays off: not fixable from this computer, and the bond stays"
hang_up
radio $NAME power off
exits 1 mdrctl --json fix $NAME --yes --timeout 10
assert answered '.error.code == "not-fixable"'
assert answered '.error.hint | contains("Charge it")'
assert host_has_key $HEADSET
radio $NAME power on

step "wiped: without consent nothing is deleted"
radio $NAME wipe
radio $NAME pairing off
exits 4 mdrctl --json fix $NAME
assert answered '.error.code == "needs-consent"'
assert host_has_key $HEADSET
reach 20 not headset_connected $NAME

step "wiped: with consent it is paired anew as soon as it is in pairing mode"
old=$(host_key $HEADSET)
start mdrctl --json fix $NAME --yes --verbose
reach 90 grep -q '"awaited"' "$OUTPUT"
radio $NAME pairing on
finishes 0
assert bonds_agree $NAME $HEADSET
[[ $(host_key $HEADSET) != "$old" ]] || fail "the key is the old one"
assert a2dp_up $HEADSET
assert journal_empty
assert jq -es 'last | .ladder[-1] | .rung == "repair" and .state == "fixed"' "$OUTPUT"

step "another key: the same"
hang_up
radio $NAME corrupt
exits 0 mdrctl --json fix $NAME --yes
assert answered '.ladder[-1].rung == "repair"'
assert bonds_agree $NAME $HEADSET

step "no sound server: that is the last sentence, and nothing is deleted"
hang_up
lab-stop sound
exits 1 mdrctl --json fix $NAME --yes
assert answered '.error.code == "no-sound-server"'
assert host_has_key $HEADSET
lab-start sound
reach 20 audio_offered

step "the adapter is off: so is that"
exits 0 mdrctl adapter power off
exits 9 mdrctl --json fix $NAME --yes
assert answered '.error.code == "adapter-off"'
exits 0 mdrctl adapter power on
sound_is_back
assert host_has_key $HEADSET
exits 0 mdrctl --json fix $NAME
assert a2dp_up $HEADSET
