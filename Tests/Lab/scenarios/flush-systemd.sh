#!/bin/bash
# The privileged helper's units under systemd: its socket, its sandbox, and that it works inside.
# lab: boot systemd
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon --no-flush

helper() {
  setpriv --reuid mdrctl --clear-groups --no-new-privs /lab/guest/flush.py "$1" $HOST $HEADSET "${@:2}"
}
tells() { # LAYER BEFORE AFTER
  [[ $(answer ".layers[] | select(.layer == \"$1\") | .before + \" \" + .after") == "$2 $3" ]] || fail "not: $*"
}
instances() { systemctl list-units --plain --no-legend 'mdrctl-flush@*.service' | cut -d' ' -f1; }
no_instance() { [[ -z $(instances) ]]; }

step "the socket is the daemon's alone"
exits 0 systemctl enable --now mdrctl-flush.socket
[[ $(stat -c '%U %a' /run/mdrctl-flush.sock) == "mdrctl 600" ]] || fail "$(stat -c '%U %a' /run/mdrctl-flush.sock)"
assert no_instance

step "it does its work in its sandbox"
install -d -m 755 /run/systemd/system
exits 0 helper Inspect linkKey storedLinkKey bond cache
exits 0 scene scan=$HEADSET pair=$HEADSET
exits 0 helper Inspect bond cache
tells bond present present
tells cache present present
exits 1 helper Flush cache
assert grep -q '^DevicePresent ' "$ERRORS"
exits 0 scene disconnect=$HEADSET remove=$HEADSET
/lab/guest/plant.py controller $HEADSET
/lab/guest/plant.py kernel $HEADSET
mkdir -m 700 "$BONDS/$HEADSET"
printf '[General]\nName=x\n' > "$BONDS/$HEADSET/info"
exits 0 helper Flush linkKey storedLinkKey bond cache
for layer in linkKey storedLinkKey bond cache; do tells $layer present absent; done
assert test ! -e "$BONDS/$HEADSET" -a ! -e "$BONDS/cache/$HEADSET"
reach 10 no_instance

step "the sandbox is in force"
setpriv --reuid mdrctl --clear-groups --no-new-privs /lab/guest/flush.py Watch $HOST $HEADSET > /run/lab/watched &
watch=$!
reach 10 grep -q watching /run/lab/watched
unit=$(instances)
process=$(systemctl show --value --property MainPID "$unit")
[[ $(stat -c %U "/proc/$process") == root ]] || fail "runs as $(stat -c %U "/proc/$process")"
# CAP_NET_ADMIN and CAP_NET_RAW.
for set in CapPrm CapEff CapBnd; do assert grep -qE "^$set:\s0000000000003000$" "/proc/$process/status"; done
for set in CapInh CapAmb; do assert grep -qE "^$set:\s0+$" "/proc/$process/status"; done
assert grep -qE '^NoNewPrivs:\s1$' "/proc/$process/status"
assert grep -qE '^Seccomp:\s2$' "/proc/$process/status"
assert grep -qE '^Threads:\s1$' "/proc/$process/status"
assert grep -qE '^Max core file size +0 +0 ' "/proc/$process/limits"
# What it could write to: nothing but BlueZ's directory.
writable() { nsenter --target "$process" --mount test -w "$1"; }
assert writable /var/lib/bluetooth
for place in / /etc /usr /var /var/lib /home /root /run /run/systemd/system /sys /sys/kernel/uevent_helper \
  /proc/sys/kernel/core_pattern; do
  refute writable $place
done
for setting in ProtectSystem=strict ProtectHome=yes PrivateDevices=yes MemoryDenyWriteExecute=yes NoNewPrivileges=yes \
  'RestrictAddressFamilies=AF_BLUETOOTH AF_UNIX' 'CapabilityBoundingSet=cap_net_admin cap_net_raw' \
  ReadWritePaths=-/var/lib/bluetooth UMask=0077 LimitCORE=0 TasksMax=1 PrivateNetwork=no; do
  shown=$(systemctl show --property "${setting%%=*}" "$unit")
  [[ $shown == "$setting" || $shown == "${setting%%=*}=$(tr ' ' '\n' <<< "${setting#*=}" | sort -r | xargs)" ]] ||
    fail "$shown instead of $setting"
done
systemd-analyze security --no-pager "$unit" | tail -1

step "it ends with its caller, and nothing failed"
kill $watch
reach 10 no_instance
[[ -z $(systemctl list-units --failed --plain --no-legend 'mdrctl-flush*') ]] || fail "$(systemctl --failed)"

step "somebody else is turned away, root too"
status=0
/lab/guest/flush.py Inspect $HOST $HEADSET cache > "$OUTPUT" 2>&1 || status=$?
((status != 0)) || fail "root was answered"
reach 10 no_instance
assert systemctl is-active mdrctl-flush.socket
journalctl --boot --no-pager --output cat --identifier mdrctl-flush | sed 's/^/  | /'
refute grep -q "$HEADSET" <(journalctl --boot --no-pager --output cat --identifier mdrctl-flush)
