#!/bin/bash
# What a sound server remembers of a card over a reconnect: a call that was switched on once, and a card that was switched
# off by an index that does not exist. Each is undone once, with the next link; off as a policy stays.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up

says() { mdrctl --json why $HEADSET > "$OUTPUT" && answered ".audio.cause == \"$1\""; }
is_of() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio.card.kind == \"$1\""; }
# As wpctl counts.
card_number() {
  pactl -f json list cards | jq ".[] | select(.name == \"bluez_card.${HEADSET//:/_}\") | .properties[\"object.id\"] | tonumber"
}
again() {
  hang_up
  exits 0 mdrctl connect $NAME
}

exits 0 mdrctl pair $NAME
launch session /usr/libexec/mdrctl-session
reach 60 says stereo

step "a call by command is once, and over with its link"
exits 0 mdrctl profile $HEADSET call --once
reach 10 is_of call
again
reach 60 says stereo

step "an index that does not exist: where that switches the card off it is said, and left for this link"
wpctl set-profile "$(card_number)" 99
# WirePlumber 0.4 does nothing.
if await 10 is_of off; then
  exits 1 mdrctl why $HEADSET --check
  assert grep -q 'switched its card off' "$OUTPUT"
  refute await 8 is_of stereo

  step "with the next link it is undone, once and for all"
  again
  reach 60 says stereo
  again
  reach 60 says stereo
fi

step "off as a policy stays"
exits 0 mdrctl profile $HEADSET off
again
reach 20 is_of off
refute await 8 is_of stereo
exits 0 mdrctl profile $HEADSET auto
reach 20 says stereo
