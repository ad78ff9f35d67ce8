#!/bin/bash
# Debian's package on a computer that has nothing of mdrctl: installed, it is of use to whoever sits there at once; an
# upgrade in the middle of a repair loses nothing; removed, only the state is left; purged, nothing is.
# lab: boot systemd
# lab: long bookworm trixie sid
source /lab/guest/scenario.sh
mkdir -p "$STATE/packages"
mount -t 9p -o trans=virtio,version=9p2000.L,ro packages "$STATE/packages" || fail "there is no package; run: make deb"
package=$(echo "$STATE"/packages/mdrctl_*.deb)
assert test -f "$package"
# The guest's own dpkg leaves pages and documents out.
install_it() { exits 0 dpkg --path-include='/usr/share/*mdrctl*' -i "$1"; }

# What there is of it anywhere. What dpkg knows of packages is dpkg's.
remnants() {
  find / /run -xdev \( -path "$STATE" -o -path /var/lib/dpkg -o -path /proc -o -path /sys \) -prune -o -iname '*mdrctl*' -print
}
left_is() { # PATTERN: only what it fits
  local others
  others=$(remnants | grep -vE "$1") || true
  [[ -z $others ]] || fail "there is still: $others"
}
active() { systemctl is-active --quiet "$1"; }
users() { as alice systemctl --user "$@"; }
process_of_session() { users show --value --property MainPID mdrctl-session.service; }

# The guest has what `make install` installs; the scenarios after this one need it again.
put_back() {
  umount "$STATE/packages" 2> /dev/null
  dpkg --purge mdrctl
  cp -r --preserve=mode,links /stage/. /
  systemd-sysusers
  systemd-tmpfiles --create
  systemctl daemon-reload
} > /dev/null 2>&1
trap put_back EXIT
(cd /stage && find . ! -type d -print0) | (cd / && xargs -0 rm -f)
userdel mdrctl
rm -rf /run/mdrctl /var/lib/mdrctl /etc/mdrctl /usr/share/doc/mdrctl
systemctl daemon-reload
left_is '^$'
lab-up --no-sound --no-daemon --no-flush
lab-login alice --stranger
reach 60 sound_ready alice

step "installed: everything is enabled, and runs"
begun=$(date +%s%N)
install_it "$package"
exits 0 as alice mdrctl status
echo "from dpkg to the first status: $((($(date +%s%N) - begun) / 1000000)) ms"
for unit in mdrctld.service mdrctld.socket mdrctl-flush.socket; do
  [[ $(systemctl is-enabled $unit) == enabled ]] || fail "$unit is not enabled"
  assert active $unit
done
assert systemctl --global is-enabled mdrctl-session.service
reach 20 users is-active --quiet mdrctl-session.service
assert dpkg --verify mdrctl
[[ -z $(dpkg --verify mdrctl) ]] || fail "a file is not as in the package: $(dpkg --verify mdrctl)"
for page in man1/mdrctl.1 man1/mdrctl-repair.1 man5/mdrctl.conf.5 man8/mdrctld.8; do
  assert test -e /usr/share/man/$page.gz
done

step "whoever sits at the computer uses it at once, in no group"
exits 0 as alice mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
exits 0 as alice mdrctl profile $NAME stereo
exits 0 as alice mdrctl cache show $NAME
exits 0 mdrctl rename $NAME "Annas ears"

step "upgraded in the middle of a repair: the repair is remembered, the state kept, and the new programs run"
dpkg-deb --raw-extract "$package" "$STATE/newer"
sed -i 's/^Version: .*/&+1/' "$STATE/newer/DEBIAN/control"
dpkg-deb --root-owner-group --build "$STATE/newer" "$STATE/newer.deb" > /dev/null
hang_up
radio $NAME wipe
radio $NAME pairing off
searching() { journal_says pairing && adapter_is Discovering true; }
start mdrctl repair $NAME --yes --timeout 120
reach 30 searching
daemon=$(systemctl show --value --property MainPID mdrctld.service)
session=$(process_of_session)
install_it "$STATE/newer.deb"
finishes 1 8
[[ $(dpkg-query --show --showformat '${Version}' mdrctl) == *+1 ]] || fail "not upgraded"
for unit in mdrctld.service mdrctld.socket mdrctl-flush.socket; do assert active $unit; done
[[ $(systemctl show --value --property MainPID mdrctld.service) != "$daemon" ]] || fail "the old daemon runs on"
session_is_new() { [[ $(process_of_session) != "$session" && $(process_of_session) != 0 ]]; }
reach 20 session_is_new
reach 20 bluez_is_back
reach 10 adapter_is Discovering false
assert told ".unfinished[0] | .operation == \"repair\" and .address == \"$HEADSET\" and .alias == \"Annas ears\""
radio $NAME pairing on
exits 0 as alice mdrctl repair "Annas ears" --yes
assert bonds_agree $NAME $HEADSET
[[ $(property $HEADSET Alias) == "\"Annas ears\"" ]] || fail "its name is $(property $HEADSET Alias)"
assert journal_empty
exits 0 as alice mdrctl --json profile $NAME
assert answered '.audio.policy == "stereo"'

step "removed: only the state is left, and BlueZ keeps the headset"
key=$(host_key $HEADSET)
exits 0 dpkg -r mdrctl
# That a unit was enabled is Debian's to keep until it is purged.
left_is '^/var/lib/mdrctl|^/var/lib/systemd/deb-systemd-(user-)?helper|^/etc/systemd/(system|user)/[a-z.]*\.wants/'
refute pgrep -f mdrctl
refute systemctl is-enabled mdrctld.service
[[ $(host_key $HEADSET) == "$key" ]] || fail "the bond is another one"
assert device_is $HEADSET Bonded

step "purged: nothing is left"
install -D -m644 /dev/stdin /etc/mdrctl/mdrctl.conf <<< $'[Timeouts]\nScan=20'
exits 0 dpkg --purge mdrctl
left_is '^$'
refute pgrep -f mdrctl
[[ $(host_key $HEADSET) == "$key" ]] || fail "the bond is another one"
