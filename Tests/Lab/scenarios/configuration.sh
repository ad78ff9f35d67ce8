#!/bin/bash
# The daemon's configuration under systemd: a reload waits for its outcome and fails for a mistake, nothing of which is
# taken; who may control is as it says, at once; and a start with a mistake lets nobody control but root.
# lab: boot systemd
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon

groupadd listeners
useradd --create-home --groups bluetooth insider
useradd --create-home --groups listeners listener
useradd --create-home guest
as() { local user=$1; shift; setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs env -C / "$@"; }
shown() { systemctl show --value --property "$1" mdrctld.service; }
is_set() { mdrctl --json config > "$OUTPUT" && answered "[.settings[] | select(.key == \"$1\") | .value] == [\"$2\"]"; }
configure() { install -D -m644 /dev/stdin "/etc/mdrctl/$1"; }

rm -rf /etc/mdrctl
exits 0 systemctl start mdrctld.service
process=$(shown MainPID)

step "without a file everything is as by default, and a reload changes nothing"
assert is_set Groups bluetooth
exits 0 systemctl reload mdrctld.service
assert is_set Groups bluetooth
exits 0 as insider mdrctl adapter power on
exits 5 as listener mdrctl adapter power on

step "a reload puts into force who may control, and all else"
configure mdrctl.conf <<< $'[Control]\nGroups=listeners\nUsers=guest\n[Timeouts]\nScan=20'
configure mdrctl.conf.d/50-quick.conf <<< $'[Timeouts]\nScan=3'
exits 0 systemctl reload mdrctld.service
assert is_set Groups listeners
assert is_set Scan 3
exits 0 as listener mdrctl adapter power on
exits 0 as guest mdrctl adapter power on
exits 5 as insider mdrctl adapter power on
exits 0 as insider mdrctl config

step "a mistake makes the reload fail, with file and line, and nothing of it is taken"
configure mdrctl.conf <<< $'[Control]\nGroups=bluetooth\n[Timeouts]\nScan=soon'
exits 1 systemctl reload mdrctld.service
[[ $(shown ActiveState) == active ]] || fail "not active"
[[ $(shown MainPID) == "$process" ]] || fail "another process"
[[ $(shown StatusText) == *"/etc/mdrctl/mdrctl.conf:4"* ]] || fail "the status is: $(shown StatusText)"
assert grep -q '/etc/mdrctl/mdrctl.conf:4: Scan must be ' <(journalctl -u mdrctld.service --no-pager)
assert is_set Groups listeners
assert answered '.faults[] | select(.line == 4)'
exits 0 as listener mdrctl adapter power on
exits 5 as insider mdrctl adapter power on

step "what only root can read is no configuration for the daemon"
configure mdrctl.conf <<< $'[Control]\nGroups=bluetooth'
chmod 600 /etc/mdrctl/mdrctl.conf
exits 1 systemctl reload mdrctld.service
assert is_set Groups listeners

step "SIGHUP does the same without telling"
chmod 644 /etc/mdrctl/mdrctl.conf
systemctl kill --signal HUP mdrctld.service
reach 20 is_set Groups bluetooth
[[ $(shown StatusText) == Serving ]] || fail "the status is: $(shown StatusText)"
exits 0 as insider mdrctl adapter power on

step "a start with a mistake lets nobody control but root, until it is corrected"
configure mdrctl.conf <<< $'[Control]\nGroups=listeners\nnonsense'
exits 0 systemctl restart mdrctld.service
exits 0 as insider mdrctl status
exits 5 as insider mdrctl adapter power on
exits 5 as listener mdrctl adapter power on
exits 0 mdrctl adapter power on
assert is_set Groups ""
configure mdrctl.conf <<< $'[Control]\nGroups=listeners'
exits 0 systemctl reload mdrctld.service
exits 0 as listener mdrctl adapter power on
exits 5 as insider mdrctl adapter power on
