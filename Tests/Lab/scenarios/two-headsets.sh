#!/bin/bash
# Two headsets: forgetting one leaves the other's stream alone, the adapter is not switched off under the other, and
# two ghosts are repaired by one command.
# lab: long bookworm trixie
# lab: dies wireplumber
source /lab/guest/scenario.sh
OTHER=LinkBuds
SECOND=94:DB:56:00:00:02
lab-up --headset $NAME,$HEADSET --headset $OTHER,$SECOND
exits 0 mdrctl pair $OTHER
hang_up $OTHER
exits 0 mdrctl pair $NAME
assert a2dp_up $HEADSET

# The first one connected has the host's only SBC endpoint: the other is bonded, and no more.
bond_other() {
  exits 0 scene scan=$SECOND pair=$SECOND trust=$SECOND disconnect=$SECOND
  reach 10 not headset_connected $OTHER
  assert bonds_agree $OTHER $SECOND
}

# And connected, as far as it comes.
connect_other() {
  bond_other
  exits 0 scene connect=$SECOND
  assert device_is $SECOND Connected
}
#: How the other is brought back when it has to be forgotten once more.
AGAIN=bond_other

hears() { headset_status $NAME ".rtpPackets > $1"; }
audio_events() { radio $NAME events | jq '[.[] | select(startswith("A2DP") or startswith("link"))] | length'; }
lost_none() {
  local heard
  heard=$(radio $NAME status | jq -c '{rtpPackets, rtpLost, rtpLargestGapMs}')
  printf '  %s\n' "$heard"
  [[ $heard == *'"rtpLost":0,'* ]]
}
# The sound server shows it some seconds after BlueZ has the stream.
has_sink() { pactl list short sinks | cut -f2 | grep "${HEADSET//:/_}" > "$STATE/sink"; }
play() {
  reach 30 has_sink
  pacat --device="$(< "$STATE/sink")" --rate=44100 --channels=2 --format=s16le < /dev/urandom &
  MUSIC=$!
  radio $NAME listen
  reach 20 hears 20
  EVENTS=$(audio_events)
}
deaths() { grep -c ' died: ' /run/lab/deaths 2> /dev/null || true; }
# A WirePlumber that dies takes every headset's stream along, whoever touched which.
#: How many deaths there were when the music was last begun.
DEATHS=$(deaths)
play_again() {
  kill "$MUSIC" || true
  DEATHS=$(deaths)
  sound_is_back
  reach 60 mdrctl connect $NAME
  reach 20 a2dp_up $HEADSET
  play
}
# undisturbed COMMAND…: while it runs the stream neither stops nor begins anew, and no packet is missing. A machine
# that is too busy loses packets by itself: the command is guilty when it loses some right after a while that lost none.
undisturbed() {
  local guilty=0 is_quiet _
  for _ in 1 2 3 4; do
    radio $NAME listen
    reach 30 hears 40
    is_quiet=1
    lost_none || is_quiet=0
    radio $NAME listen
    "$@"
    reach 30 hears 20
    if [[ $(audio_events) != "$EVENTS" ]]; then
      [[ $(deaths) -gt $DEATHS ]] || fail "its stream was touched: $(radio $NAME events | jq -c .)"
      echo "  WirePlumber died: once more"
      play_again
      device_known $SECOND > /dev/null 2>&1 || "$AGAIN"
      continue
    fi
    ! lost_none || return 0
    guilty=$((guilty + is_quiet))
    device_known $SECOND > /dev/null 2>&1 || "$AGAIN"
  done
  ((guilty < 2)) || fail "packets were lost: $*"
  echo "  not judged: too busy a machine to count lost packets, or WirePlumber died each time"
  ! device_known $SECOND > /dev/null 2>&1 || "$@"
}
snapshot() { (cd /var/lib/bluetooth && find . -type f -exec sha256sum {} + | sort -k 2) }

step "a plan changes nothing, and the caches can be looked at"
snapshot > /run/lab/before
exits 0 mdrctl --json forget $OTHER --reset-cache --power-cycle --force --dry-run
assert answered '(.plan | length > 0) and ([.layers[] | .done] | index("removed") == null)'
exits 0 mdrctl --json repair $OTHER --dry-run
assert answered '.plan | length > 0'
exits 0 mdrctl --json cache show $OTHER
assert answered '[.layers[] | select(.before == "present") | .layer] | contains(["bluez", "bond", "cache"])'
refute grep -qi "$(host_key $SECOND)" "$OUTPUT"
snapshot > /run/lab/after
assert cmp /run/lab/before /run/lab/after
assert bonds_agree $OTHER $SECOND

step "one plays, the other is forgotten: no packet is lost"
play
undisturbed exits 0 mdrctl forget $OTHER
refute device_known $SECOND

step "and while the other is connected, too"
AGAIN=connect_other
connect_other
undisturbed exits 0 mdrctl forget $OTHER
refute device_known $SECOND
reach 5 not headset_connected $OTHER
AGAIN=bond_other

step "and with its caches"
bond_other
undisturbed exits 0 mdrctl forget $OTHER --reset-cache
refute device_known $SECOND
assert test ! -e "$BONDS/cache/$SECOND"

step "the adapter is not switched off while another headset is connected: refused before anything is done"
bond_other
undisturbed exits 1 mdrctl --json forget $OTHER --power-cycle
assert grep -q devices-connected "$OUTPUT" "$ERRORS"
assert bonds_agree $OTHER $SECOND
assert device_is $HEADSET Connected
assert adapter_powered
kill "$MUSIC"

step "unless it is told to, or nobody else is connected"
exits 0 mdrctl forget $OTHER --power-cycle --force
refute device_known $SECOND
assert adapter_powered
reach 20 not headset_connected $NAME
assert bonds_agree $NAME $HEADSET
exits 0 mdrctl pair $OTHER
hang_up
exits 0 mdrctl forget $OTHER --power-cycle
refute device_known $SECOND
sound_is_back
exits 0 mdrctl pair $OTHER
assert bonds_agree $OTHER $SECOND

step "both were reset, and one command repairs both"
for headset in $NAME $OTHER; do
  hang_up $headset
  radio $headset wipe
  exits 10 mdrctl connect $headset
  reach 15 not headset_connected $headset
done
exits 0 mdrctl repair --all-stale --yes
assert bonds_agree $NAME $HEADSET
assert bonds_agree $OTHER $SECOND
assert told '[.devices[].verdict] | all(. == null)'
