#!/bin/bash
# Why sound breaks off: a program that keeps a search on takes the radio from it, and is named with its unit and process,
# also one that nobody knows; of two neither is blamed; nobody is where nobody searches, nor for a search of our own. A
# weak link is told by what the controller says. Once the program has stopped no packet is lost.
# lab: boot systemd
# lab: long bookworm trixie sid
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon
systemctl --global enable mdrctl-session.service
exits 0 systemctl start mdrctld.service

# search_is FILTER, link_is FILTER: what `why stutter` says of it. Conditions.
finds() { as alice mdrctl --json why stutter $HEADSET > "$OUTPUT" && answered ".checks[] | select(.name == \"$1\") | $2"; }
search_is() { finds discovery "$1"; }
link_is() { finds link "$1"; }
# Without the bus, on which a question would be one more program.
somebody_searches() { told '.adapters[0].discovering'; }
nobody_searches() { told '.adapters[0].discovering | not'; }
process_of() { systemctl show --value --property MainPID "$1.service"; }
# broken_off MILLISECONDS: the longest silence between two packets since it was counted anew.
broken_off() { headset_status $NAME ".rtpLargestGapMs >= $1"; }
hears() { headset_status $NAME ".rtpPackets > $1"; }
# undisturbed [lost]: a while without a silence as an inquiry makes, and without a packet lost. Conditions.
undisturbed() {
  radio $NAME listen
  await 30 hears 80 || return 1
  radio $NAME status | jq -c '{rtpPackets, rtpLost, rtpLargestGapMs}' >> "$STATE/heard"
  ! broken_off "$HOLD" && headset_status $NAME ".rtpLost == 0 or $((!CALM)) == 1"
}
HOLD=2000
# Whether the machine is calm enough to lose no packet by itself.
CALM=1
is_calm() { await 60 undisturbed || CALM=0; }

exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME
lab-login alice
reach 120 headset_connected $NAME
tone start alice
reach 60 plays $NAME

step "nobody searches, and the link is strong"
reach 20 search_is '.verdict == "ok"'
assert link_is '.verdict == "ok"'
is_calm
((CALM)) || echo "  too busy a machine to count lost packets"
reach 60 undisturbed

step "a search of our own is not blamed on anybody"
start mdrctl scan --timeout 30
reach 20 somebody_searches
reach 20 search_is '.verdict == "note" and (.message | contains("mdrctl searches"))'
finishes 0
reach 20 nobody_searches

step "a program that is known to search, in a unit of its own"
radio set inquiry_hold_ms $HOLD
radio $NAME listen
systemd-run --quiet --unit=rival-known bluetoothctl --timeout 600 scan on
reach 40 somebody_searches
reach 60 broken_off $((HOLD - 200))
assert search_is ".verdict == \"warning\" and (.message | contains(\"bluetoothctl (process $(process_of rival-known), rival-known.service)\"))"
exits 1 as alice mdrctl why stutter $HEADSET --check
exits 0 as alice mdrctl why stutter $HEADSET
grep . "$OUTPUT"
exits 0 systemctl stop rival-known.service
reach 20 nobody_searches
reach 120 undisturbed
assert search_is '.verdict == "ok"'

step "a program that nobody knows: whoever had come to the bus last when it began"
systemd-run --quiet --unit=rival-unknown sh -c 'sleep 600 | exec python3 /lab/guest/bluez.py --hold discover=Nobody'
reach 40 somebody_searches
assert search_is '.verdict == "warning" and (.message | contains("rival-unknown.service) keeps"))'
exits 0 systemctl stop rival-unknown.service
reach 20 nobody_searches

step "and one that began before mdrctld: bluetoothd waits for the end of whoever searches, and of few others"
exits 0 systemctl stop mdrctld.socket mdrctld.service
systemd-run --quiet --unit=rival-unknown sh -c 'sleep 600 | exec python3 /lab/guest/bluez.py --hold discover=Nobody'
bluez_searches() { busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Discovering | grep -q true; }
reach 40 bluez_searches
# It has an agent, and is known to search, but does not.
systemd-run --quiet --unit=bystander sh -c 'sleep 600 | exec bluetoothctl'
has_bystander() { [[ $(process_of bystander) != 0 ]] && busctl list --no-legend | grep -q " bluetoothctl "; }
reach 20 has_bystander
exits 0 systemctl start mdrctld.service
reach 40 search_is '.message | startswith("One of these keeps")'
assert search_is '.evidence | contains("rival-unknown.service") and contains("bystander.service")'
exits 0 systemctl stop bystander.service
reach 20 search_is '.message | contains("rival-unknown.service) keeps")'
assert search_is '.evidence | contains("waits for the end of nobody else")'
exits 0 systemctl stop rival-unknown.service
reach 20 nobody_searches

step "two that are known to search: neither is blamed, both are named"
systemd-run --quiet --unit=rival-one bluetoothctl --timeout 600 scan on
reach 40 somebody_searches
systemd-run --quiet --unit=rival-two bluetoothctl --timeout 600 scan on
reach 40 search_is '.evidence | contains("rival-one.service")'
exits 0 systemctl stop rival-one.service
reach 20 somebody_searches
assert search_is '.evidence | contains("rival-one.service") | not'
exits 0 systemctl stop rival-two.service
reach 20 nobody_searches
radio set inquiry_hold_ms 0
reach 120 undisturbed
tail -n 3 "$STATE/heard"

step "a weak link"
radio set rssi -9
assert link_is '.verdict == "warning" and (.evidence | contains("9 dB below"))'
radio set rssi 0
assert link_is '.verdict == "ok"'
