#!/bin/bash
# Who may call what, method by method, on the daemon as it is installed; what the bus lets each of the two daemons do; and
# that a headset's link key stands nowhere but in bluetoothd's own file.
# lab: boot systemd
# lab: long bookworm trixie sid
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon --no-flush
exits 0 systemctl enable --now mdrctl-flush.socket
exits 0 systemctl start mdrctld.service

CONTROL=org.mdrctl.Control
# What everybody may: to look.
READING='Audio Configuration Doctor HeadsetExplain History List Monitor Show Status Wait'
rights() { /lab/guest/rights.py "$1"; }
# by UID GROUP COMMAND…: in no other group.
by() { setpriv --reuid "$1" --regid "$2" --clear-groups "${@:3}"; }
sorted() { tr ' ' '\n' <<< "$1" | sort; }

step "a stranger may look at everything, and nothing else"
by nobody nogroup /lab/guest/rights.py $CONTROL > "$STATE/stranger"
diff <(awk '$2 == "reached" {print $1}' "$STATE/stranger" | sort) <(sorted "$READING") || fail "others may be called"
(($(grep -c refused "$STATE/stranger") > 20)) || fail "too few methods"

step "root, the daemon's own user, and the group bluetooth"
rights $CONTROL > "$STATE/root"
refute grep refused "$STATE/root"
by mdrctl mdrctl /lab/guest/rights.py $CONTROL > "$STATE/own"
refute grep refused "$STATE/own"
setpriv --reuid nobody --regid nogroup --groups bluetooth /lab/guest/rights.py $CONTROL > "$STATE/group"
refute grep refused "$STATE/group"

step "whoever sits at the computer, while he does"
lab-login alice --sound none --stranger
as alice /lab/guest/rights.py $CONTROL > "$STATE/seat"
refute grep refused "$STATE/seat"
lab-login bob --sound none --stranger
as alice /lab/guest/rights.py $CONTROL > "$STATE/behind"
diff "$STATE/stranger" "$STATE/behind"
lab-switch alice

step "the helper is the daemon's alone"
for user in nobody alice; do
  exits 1 by $user nogroup /lab/guest/flush.py Inspect $HOST $HEADSET bond
  assert grep -q 'Permission denied' "$ERRORS"
done

step "the bus: the daemon calls BlueZ, nobody calls the daemon, and it cannot be BlueZ"
exits 0 by mdrctl mdrctl busctl --system get-property org.bluez "/org/bluez/$(adapter_name)" org.bluez.Adapter1 Powered
exits 1 by mdrctl mdrctl busctl --system call org.freedesktop.DBus / org.freedesktop.DBus RequestName su org.bluez 0
# So that there is an agent to be called.
as alice mdrctl pair Nobody --timeout 30 > "$STATE/pairing" 2>&1 &
process=$(systemctl show --value --property MainPID mdrctld.service)
name=$(busctl --system --no-legend --no-pager list | awk -v pid="$process" '$2 == pid {print $1; exit}')
[[ $name == :* ]] || fail "mdrctld is not on the bus"
for user in nobody alice; do
  exits 1 by $user nogroup busctl --system call "$name" /org/mdrctl/agent org.bluez.Agent1 Release
  assert grep -qi 'access denied\|rejected' "$ERRORS"
done
wait $! || true
assert grep -q 'was not found' "$STATE/pairing"

step "a link key stands in bluetoothd's file, and nowhere else"
exits 0 as alice mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
exits 0 as alice mdrctl disconnect $NAME
exits 1 as alice mdrctl connect $NAME
key=$(host_key $HEADSET)
[[ $key =~ ^[0-9a-f]{32}$ ]] || fail "no key"
as alice mdrctl report - > "$STATE/report"
as alice mdrctl --json history > "$STATE/answers"
as alice mdrctl --json status >> "$STATE/answers"
as alice mdrctl --json doctor >> "$STATE/answers" || true
as alice mdrctl --json show $NAME >> "$STATE/answers"
as alice mdrctl --json cache show $NAME >> "$STATE/answers"
journalctl --no-pager -u mdrctld -u 'mdrctl-flush@*' > "$STATE/told"
systemctl stop mdrctld.service
for place in /var/lib/mdrctl /run/mdrctl /etc/mdrctl "$STATE/answers" "$STATE/told" "$STATE/report"; do
  [[ -e $place ]] || continue
  # The key in hexadecimal, either way round, and as bytes.
  LINKKEY=$key python3 - "$place" <<'PYTHON' || fail "the link key stands in $place"
import os, pathlib, sys
key = bytes.fromhex(os.environ["LINKKEY"])
wanted = [key, key[::-1], key.hex().encode(), key[::-1].hex().encode()]
place = pathlib.Path(sys.argv[1])
files = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
sys.exit(any(text in each.read_bytes().lower() if text.isalnum() else text in each.read_bytes()
             for each in files for text in wanted))
PYTHON
done
