#!/bin/bash
# Why it is mono, and what mdrctl does about it: a headset that connects HFP only, one that refuses A2DP, one whose
# endpoint another headset has, no codec in common, a profile that the sound server remembers, one that changes again and
# again, and an application with the microphone open.
# lab: long bookworm
source /lab/guest/scenario.sh
OTHER=WF-1000XM5 OTHER_ADDRESS=94:DB:56:00:00:02
lab-up --headset "$NAME,$HEADSET" --headset "$OTHER,$OTHER_ADDRESS"

# says CAUSE [ADDRESS], of the sound of a headset; is_of KIND, of its card. Conditions.
says() { mdrctl --json why "${2:-$HEADSET}" > "$OUTPUT" && answered ".audio.cause == \"$1\""; }
is_of() { mdrctl --json profile $HEADSET > "$OUTPUT" && answered ".audio.card.kind == \"$1\""; }

step "without the session's part, stereo is BlueZ's matter"
radio $NAME pairing on
exits 0 mdrctl pair $HEADSET
reach 20 a2dp_up $HEADSET
reach 10 says noSession
exits 9 mdrctl profile $HEADSET call --once

step "with it, both layers are seen"
launch session /usr/libexec/mdrctl-session
reach 60 says stereo
exits 0 mdrctl profile
exits 0 mdrctl --json codec
assert answered '[.codecs[] | select(.active)] | length == 1'

# PipeWire 0.3 does not bring the voice of the lab's headset up in this session of root's; it does in logins.
if ! pactl info | grep -q 'PipeWire 0[.]3'; then
  step "an application has the microphone open: it is named, and stereo does without it"
  # By command: of WirePlumbers, 0.5 switches for every application, 0.4 for few.
  exits 0 mdrctl profile $HEADSET call --once
  record start root Recorder
  reach 60 says application
  assert answered '.audio.message | contains("Recorder")'
  exits 0 mdrctl profile $HEADSET stereo
  reach 30 says stereo
  record stop root Recorder
  exits 0 mdrctl profile $HEADSET auto

  step "a headset profile that the sound server remembers is put right"
  CARD="bluez_card.${HEADSET//:/_}"
  pactl set-card-profile "$CARD" headset-head-unit
  hang_up $NAME
  exits 0 mdrctl connect $HEADSET
  reach 60 says stereo

  step "a profile that changes again and again is told of, and left alone"
  for _ in 1 2 3; do
    pactl set-card-profile "$CARD" headset-head-unit
    reach 10 is_of call
    pactl set-card-profile "$CARD" a2dp-sink
    reach 10 is_of stereo
  done
  pactl set-card-profile "$CARD" headset-head-unit
  reach 10 says flapping
  assert answered '.audio.evidence | contains("times within 30 s")'
  # Longer than it otherwise takes to put it right.
  refute await 8 is_of stereo
  exits 0 mdrctl profile $HEADSET stereo
  reach 10 says stereo
  exits 0 mdrctl profile $HEADSET auto
fi

# PipeWire 0.3 has two variants of SBC, which are two endpoints; BlueZ 5.87 serves more than one headset with each.
serves_both() {
  pactl info | grep 'PipeWire 0[.]3' || printf '%s\n' 5.87 "$("$BLUETOOTHD" --version)" | sort --version-sort --check
}

radio $OTHER pairing on
exits 0 mdrctl pair $OTHER_ADDRESS
if serves_both > /dev/null 2>&1; then
  step "a second headset is in stereo, too"
  reach 60 says stereo $OTHER_ADDRESS
  hang_up $NAME
else
  step "a second headset gets no stereo while the first has it: said so"
  reach 60 says endpointTaken $OTHER_ADDRESS
  exits 1 mdrctl profile $OTHER_ADDRESS stereo
  reach 10 a2dp_up $HEADSET
  hang_up $NAME
  exits 0 mdrctl profile $OTHER_ADDRESS stereo
  reach 20 a2dp_up $OTHER_ADDRESS
fi
hang_up $OTHER

step "a headset that refuses A2DP is connected once anew, and then told of; once it lets it up, a command is enough"
radio $NAME a2dp refuse
exits 0 mdrctl connect $HEADSET
reach 90 says a2dpFailed
exits 0 mdrctl why $HEADSET
radio $NAME a2dp accept
exits 0 mdrctl profile $HEADSET stereo
reach 30 says stereo
hang_up $NAME

step "a headset that shares no codec with the sound server"
STRANGE=WI-SP500 STRANGE_ADDRESS=94:DB:56:00:00:04
radio add "$STRANGE,$STRANGE_ADDRESS"
radio $STRANGE codecs aac
radio $STRANGE pairing on
exits 0 mdrctl pair $STRANGE_ADDRESS
reach 60 says noSharedCodec $STRANGE_ADDRESS
hang_up $STRANGE

step "a headset without A2DP"
BARE=WH-CH510 BARE_ADDRESS=94:DB:56:00:00:03
radio add "$BARE,$BARE_ADDRESS"
radio $BARE services hfp
radio $BARE pairing on
exits 0 mdrctl pair $BARE_ADDRESS
reach 30 says noStereoOffered $BARE_ADDRESS
