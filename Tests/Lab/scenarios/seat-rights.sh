#!/bin/bash
# Whoever sits at the computer controls, in no group; who is logged in by ssh, sits behind another user, is a display
# manager's greeter or has logged out does not, and nobody does for the seat where the configuration says so.
# lab: boot systemd
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon
exits 0 systemctl start mdrctld.service

# may USER, may_not USER: change something; and what `status` says of it.
may() {
  exits 0 as "$1" mdrctl rename $NAME "$1's"
  exits 0 as "$1" mdrctl --json status
  assert answered '.access.control and .access.by == "seat"'
}
may_not() {
  exits 5 as "$1" mdrctl rename $NAME "$1's"
  exits 0 as "$1" mdrctl --json status
  assert answered '(.access.control | not) and .access.by == "nobody" and (.access.hint | length > 0)'
}

step "a user at the seat, in no group: from pairing on"
lab-login alice --sound none --stranger
exits 0 as alice mdrctl pair $NAME
assert bonds_agree $NAME $HEADSET
may alice
exits 0 as alice mdrctl status
assert grep -q 'You may control while you sit at this computer' "$OUTPUT"

step "one who is logged in by ssh, at the same time"
lab-login mallory --ssh --sound none --stranger
may_not mallory
exits 5 as mallory mdrctl forget $NAME
assert bonds_agree $NAME $HEADSET

step "another user comes to the front, and the right goes with the seat"
lab-login bob --sound none --stranger
may bob
may_not alice
lab-switch alice
may alice
may_not bob

step "a greeter comes to the front"
lab-login greeter --greeter --sound none --stranger
may_not greeter
may_not alice
lab-switch alice
may alice

step "the configuration leaves it to the group"
install -D -m644 /dev/stdin /etc/mdrctl/mdrctl.conf <<< $'[Control]\nSeat=false'
exits 0 systemctl reload mdrctld.service
may_not alice
exits 0 as alice mdrctl status
assert grep -q 'You may look, but not control' "$OUTPUT"
rm /etc/mdrctl/mdrctl.conf
exits 0 systemctl reload mdrctld.service
may alice

step "who comes into the group while he is logged in is told to log in again, and then has the right"
lab-login carol --ssh --sound none --stranger
# What a session has begun keeps the groups that it began with; `as` would take those of now.
BEGAN_WITH=$(id -G carol | tr ' ' ,)
exits 0 usermod -aG bluetooth carol
exits 5 setpriv --reuid carol --regid carol --groups "$BEGAN_WITH" env -C / mdrctl rename $NAME "carol's"
assert grep -q 'your session began before you were in the group bluetooth' "$ERRORS"
assert grep -q 'Log out and in again' "$ERRORS"
lab-logout carol
reach 60 manager_gone carol
lab-login carol --ssh --sound none
exits 0 as carol mdrctl rename $NAME "carol's"
lab-logout carol

step "logged out, with a program that goes on"
lab-logout alice
assert logged_out alice
exits 5 setpriv --reuid alice --regid alice --init-groups env -C / mdrctl rename $NAME Mine
