#!/bin/bash
# The installed units under systemd: socket activation, the sandbox, the watchdog, and who may do what.
# lab: boot systemd
source /lab/guest/scenario.sh
lab-up --no-daemon

useradd --create-home --groups bluetooth insider
useradd --create-home outsider
as() { local user=$1; shift; setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs env -C / "$@"; }
shown() { systemctl show --value --property "$1" mdrctld.service; }

exits 0 systemctl enable --now mdrctld.socket
assert test -S /run/mdrctl/mdrctl.sock
[[ $(shown ActiveState) == inactive ]] || fail "the daemon is $(shown ActiveState) before anybody asked"

step "the first question starts it"
exits 0 as outsider mdrctl status
[[ $(shown ActiveState) == active ]] || fail "not active"
[[ $(shown Type) == notify ]] || fail "not of type notify"

step "a user outside the group may look, and not touch"
exits 5 as outsider mdrctl pair $NAME --timeout 10
refute device_known $HEADSET
assert adapter_is Discovering false

step "a user of the group bluetooth pairs"
exits 0 as insider mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
exits 5 as outsider mdrctl forget $NAME
assert host_has_key $HEADSET

step "the sandbox is in force"
process=$(shown MainPID)
[[ $(stat -c %U "/proc/$process") == mdrctl ]] || fail "runs as $(stat -c %U "/proc/$process")"
assert grep -qE '^CapEff:\s0+$' "/proc/$process/status"
assert grep -qE '^CapBnd:\s0+$' "/proc/$process/status"
assert grep -qE '^NoNewPrivs:\s1$' "/proc/$process/status"
assert grep -qE '^Seccomp:\s2$' "/proc/$process/status"
assert grep -qE '^Threads:\s1$' "/proc/$process/status"
assert grep -qE '^Max processes +1 +1 ' "/proc/$process/limits"
for setting in ProtectSystem=strict ProtectHome=yes PrivateDevices=yes MemoryDenyWriteExecute=yes \
  NoNewPrivileges=yes MemoryMax=268435456 RestrictAddressFamilies=AF_UNIX CapabilityBoundingSet= WatchdogUSec=10min; do
  [[ $(systemctl show --property "${setting%%=*}" mdrctld.service) == "$setting" ]] ||
    fail "$(systemctl show --property "${setting%%=*}" mdrctld.service) instead of $setting"
done

group=/sys/fs/cgroup$(shown ControlGroup)
[[ ! -d $group ]] || [[ $(cat "$group/memory.max") == 268435456 ]] || fail "the memory's bound is not in force"

step "it comes back after a crash, and after a stop"
systemctl kill --signal KILL mdrctld.service
reach 20 mdrctl status
systemctl stop mdrctld.service
exits 0 mdrctl show $NAME

step "bluetoothd may not write the directory, which is another user's: the bond is not called proven"
exits 0 mdrctl forget $NAME
radio $NAME wipe
exits 0 systemctl start mdrctl-flush.socket
chown nobody: "$BONDS"
exits 0 mdrctl --json pair $NAME
assert device_is $HEADSET Bonded
assert answered '.proofs[] | select(.what == "bonded") | .proven | not'
refute host_has_key $HEADSET
exits 0 mdrctl forget $NAME
chown root: "$BONDS"
radio $NAME wipe
exits 0 mdrctl --json pair $NAME
assert answered '.proofs[] | select(.what == "bonded") | .proven'
