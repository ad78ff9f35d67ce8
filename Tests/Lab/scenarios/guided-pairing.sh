#!/bin/bash
# A headset that enters pairing mode only after its wearer was told how: pair and repair say so, and go on by themselves.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

# is_guided: what runs has said how the headset gets into pairing mode. A condition.
is_guided() { grep -q "To put a $NAME into pairing mode" "$ERRORS"; }

step "pair says it once, in one line, and pairs as soon as the headset is there"
radio $NAME pairing off
start mdrctl pair $NAME
reach 30 is_guided
refute headset_has_bond $NAME
radio $NAME pairing on
finishes 0
assert bonds_agree $NAME $HEADSET
assert a2dp_up $HEADSET
(($(grep -c 'into pairing mode' "$ERRORS") == 1)) || fail "it was said more than once"
assert grep -q 's left)$' "$ERRORS"
assert adapter_is Discovering false

step "one that is in pairing mode already is paired without a word"
exits 0 mdrctl forget $NAME
radio $NAME wipe
radio $NAME pairing on
exits 0 mdrctl pair $NAME
refute is_guided

step "a twin in sight tells that the headset is on, and not in pairing mode"
exits 0 mdrctl forget $NAME
radio $NAME pairing off
radio add "LE_$NAME,94:DB:56:00:00:09"
radio "LE_$NAME" pairing on
start mdrctl pair $NAME
reach 30 grep -q 'is switched on, but not in pairing mode' "$ERRORS"
radio $NAME wipe
radio $NAME pairing on
finishes 0
assert bonds_agree $NAME $HEADSET
refute headset_has_bond "LE_$NAME"
radio "LE_$NAME" power off

step "repair says it of a headset that BlueZ has forgotten, and gives the time that is left"
hang_up
radio $NAME wipe
radio $NAME pairing off
start mdrctl --json repair $NAME --yes --verbose
reach 30 grep -q '"awaited"' "$OUTPUT"
assert jq -es 'map(select(.guidance)) | first | .guidance.model == "WH-1000XM4" and .progress.awaited.remaining > 0' "$OUTPUT"
radio $NAME pairing on
finishes 0
assert bonds_agree $NAME $HEADSET
assert journal_empty

step "nobody comes: the same error as ever, and nothing is left"
exits 0 mdrctl forget $NAME
radio $NAME pairing off
exits 3 mdrctl pair $NAME --timeout 5
assert is_guided
refute device_known $HEADSET
assert adapter_is Discovering false
