# shellcheck shell=bash
# What scenarios use: `source /lab/guest/scenario.sh` first.
#
# A scenario fails at its first failed command or assertion. Facts are asked of BlueZ over D-Bus, of its
# files and of the headset, not of mdrctl.
set -euo pipefail
source /lab/guest/parts.sh
source /lab/guest/sessions.sh

# The headset of a plain `lab-up`, and the host's adapter.
NAME=WH-1000XM4
HEADSET=94:DB:56:00:00:01
HOST=00:1A:7D:DA:71:13
BONDS=/var/lib/bluetooth/$HOST

#: The last command run by `exits`: its standard output and standard error.
OUTPUT=/run/lab/output
ERRORS=/run/lab/errors

step() { printf -- '--- %s\n' "$*"; }

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  # What was answered last, where that is not shown yet.
  [[ $* != *shown* && $* != *told* ]] || sed 's/^/  | /' "$OUTPUT" >&2
  exit 1
}

# exits CODE COMMAND…: runs the command, shows what it prints and wants this exit status.
exits() {
  local wanted=$1 status=0
  shift
  "$@" > "$OUTPUT" 2> "$ERRORS" < /dev/null || status=$?
  sed 's/^/  | /' "$OUTPUT" "$ERRORS"
  ((status == wanted)) || fail "exit status $status instead of $wanted: $*"
}

# start COMMAND…: runs it in the background; `finishes CODE` waits for it. One at a time.
start() {
  "$@" > "$OUTPUT" 2> "$ERRORS" < /dev/null &
  STARTED=$!
}

finishes() { # CODE…: any of them will do
  local status=0 wanted
  wait "$STARTED" || status=$?
  sed 's/^/  | /' "$OUTPUT" "$ERRORS"
  for wanted in "$@"; do
    ((status != wanted)) || return 0
  done
  fail "the command in the background ended with $status instead of $*"
}

# assert CONDITION… and refute CONDITION…: now. `await SECONDS CONDITION…`: within that time.
assert() { "$@" > /dev/null 2>&1 || fail "not true: $*"; }
refute() { if "$@" > /dev/null 2>&1; then fail "true, but should not be: $*"; fi; }
reach() { await "$@" || fail "not true within $1 s: ${*:2}"; }

# The last answer in JSON: answer FILTER, and answered FILTER as a condition (of jq).
answer() { jq -r "$1" "$OUTPUT"; }
answered() { jq -e "$1" "$OUTPUT"; }

# told FILTER: of what `mdrctl status` says now; shown FILTER: of what it shows of the headset. Conditions.
told() { mdrctl --json status > "$OUTPUT" && answered "$1"; }
shown() { mdrctl --json show "$NAME" > "$OUTPUT" && answered "$1"; }
bluez_is_back() { told .bluez; }

# What the daemon has begun to remove and not completed.
JOURNAL=/var/lib/mdrctl/journal
journal_empty() { [[ -z $(ls -A $JOURNAL 2> /dev/null) ]]; }
journal_says() { grep -rqs "$1" $JOURNAL; }

# What the daemon logs goes to the journal where there is one; only that of this scenario's counts.
called_at_login() { journalctl --no-pager "_PID=$(cat "$STATE/daemon.pid")" | grep 'It was connected at login'; }

# hang_up [NAME]: mdrctl disconnects the headset.
hang_up() {
  exits 0 mdrctl disconnect "${1:-$NAME}"
  reach 10 not headset_connected "${1:-$NAME}"
}

# After the adapter was away.
sound_is_back() {
  reach 20 adapter_powered
  reach 40 audio_offered
}

# BlueZ's view. A device's object path, one property, and conditions on them.

path_of() { echo "/org/bluez/$(adapter_name)/dev_${1//:/_}"; }
property() { busctl --system get-property org.bluez "$(path_of "$1")" org.bluez.Device1 "$2" | cut -d' ' -f2-; }
device_is() { [[ $(property "$1" "$2") == true ]]; }
device_known() { busctl --system get-property org.bluez "$(path_of "$1")" org.bluez.Device1 Address; }
devices() { busctl --system --list tree org.bluez | grep -cE '/dev_[0-9A-F_]{17}$' || true; }
adapter_is() { [[ $(adapter_property "$1" | cut -d' ' -f2-) == "$2" ]]; }

# The audio link: a MediaTransport1 below the device whose endpoint is A2DP's.
a2dp_up() {
  local path
  while read -r path; do
    [[ $path =~ ^$(path_of "$1")/(sep[0-9]+/)?fd[0-9]+$ ]] || continue
    [[ $(busctl --system get-property org.bluez "$path" org.bluez.MediaTransport1 UUID) == *0000110[abAB]-* ]] && return
  done < <(busctl --system --list tree org.bluez)
  return 1
}

# BlueZ's files and the headset's memory.

host_has_key() { grep -q '^\[LinkKey\]' "$BONDS/$1/info"; }
host_key() { sed -n '/^\[LinkKey\]/,/^\[/s/^Key=//p' "$BONDS/$1/info" | tr A-F a-f; }
headset_has_bond() { [[ $(radio "$1" bonds) == *"$HOST"* ]]; }
headset_key() { radio "$1" bonds | jq -r --arg host "$HOST" '.[$host]'; }
# The same key on both sides. No key is ever printed.
bonds_agree() { # NAME ADDRESS
  host_has_key "$2" && [[ -n $(host_key "$2") && $(host_key "$2") == "$(headset_key "$1")" ]]
}
headset_status() { radio "$1" status | jq -e "$2"; }
headset_connected() { headset_status "$1" '.connections | length > 0'; }
headset_asks() { headset_status "$1" ".question == \"$2\""; }

# What the headset hears. plays NAME [PACKETS]: they keep arriving now; silent NAME [SECONDS]: none for that long. Voice
# is a synchronous link of the hands-free profile.

rtp_packets() { radio "$1" status | jq .rtpPackets; }
rtp_beyond() { (($(rtp_packets "$1") > $2)); }
plays() { await 3 rtp_beyond "$1" $(($(rtp_packets "$1") + ${2:-25})); }
silent() { ! await "${2:-2}" rtp_beyond "$1" "$(rtp_packets "$1")"; }
voice() { headset_status "$1" .voice; }

# Drives BlueZ without mdrctl, to set a scene.
scene() { python3 /lab/guest/bluez.py "$@"; }

trap 'echo "FAILED: line $LINENO: $BASH_COMMAND" >&2' ERR
