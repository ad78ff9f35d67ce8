#!/bin/bash
# The doctor on real BlueZ, with the installed units and their sandbox: each trouble is told with its evidence, and is
# over when it is over; a rival is told by name and unit; whatever hangs, the doctor ends. In the end it is told which
# checks were seen both ways.
# lab: boot systemd
# lab: long bookworm trixie sid
source /lab/guest/scenario.sh
lab-up --no-sound --no-daemon
systemctl --global enable mdrctl-session.service
exits 0 systemctl start mdrctld.socket mdrctld.service mdrctl-flush.socket

SEEN=/run/lab/doctor-seen
: > $SEEN
# What the doctor says; its status is 0, or 1 where something is broken.
examine() {
  local status=0
  mdrctl --json doctor > "$OUTPUT" 2> "$ERRORS" || status=$?
  ((status <= 1)) || return 1
  answer '.checks[] | "\(.name) \(.verdict)"' >> $SEEN
}
found() { answered "any(.checks[]; .name == \"$1\" and .verdict == \"$2\")"; }
says() { examine && found "$1" "$2"; }
# Part of what a check says.
tells() { answered "any(.checks[]; .name == \"$1\" and ((.message + \" \" + .evidence + \" \" + .hint) | contains(\"$2\")))"; }
power() { busctl --system set-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered b "$1"; }
wireplumber() { as alice systemctl --user "$1" wireplumber; }
process_of() { systemctl show --value --property MainPID "$1"; }

step "nobody is logged in"
exits 1 mdrctl doctor
assert says sound-server broken
assert found session-part warning
assert found bluetoothd ok
assert found adapter-power ok
assert tells bluez-version "$(dpkg-query --show --showformat '${Version}' bluez), by dpkg"
assert tells system-bus dbus.service
assert found kernel ok
assert found helper ok
assert found enabled note

step "a login with stereo: nothing is broken"
exits 0 scene scan=$HEADSET pair=$HEADSET trust=$HEADSET
reach 30 not headset_connected $NAME
lab-login alice
reach 120 says stereo ok
exits 0 mdrctl doctor --verbose
for name in sound-server sound-roles session-part session-manager seat one-sound-server bond twin one-bond trust blocked \
  discovery state-directory session-unit configuration daemon socket version access; do
  says $name ok || fail "$name: $(answer ".checks[] | select(.name == \"$name\")")"
done

step "the session's manager is stopped"
exits 0 wireplumber stop
reach 60 says session-manager broken
reach 60 says sound-server broken
exits 0 wireplumber start
reach 60 says session-manager ok
reach 120 says stereo ok

step "another program searches: it is told by its name and unit, through the sandbox"
systemd-run --unit=rival --quiet bluetoothctl --timeout 900 scan on
reach 20 adapter_is Discovering true
reach 10 says discovery warning
assert tells discovery "bluetoothctl (process $(process_of rival), rival.service)"
assert found controllers note
systemd-run --unit=rival-too --quiet bluetoothctl --timeout 900 scan on
reach 10 says agents note
exits 0 systemctl stop rival rival-too
reach 20 says discovery ok
reach 20 says controllers ok

step "the headset is not trusted, and is blocked"
exits 0 mdrctl untrust $NAME
assert says trust warning
exits 0 mdrctl trust $NAME
exits 0 mdrctl block $NAME
assert says blocked warning
exits 0 mdrctl unblock $NAME
assert says blocked ok
exits 0 mdrctl connect $NAME

step "the headset has lost its key"
hang_up
radio $NAME wipe
exits 10 mdrctl connect $NAME
assert says bond broken
assert tells bond "mdrctl repair $HEADSET"
exits 0 mdrctl repair $NAME --yes
assert says bond ok

step "the adapter is off, and gone"
power false
reach 10 says adapter-power broken
assert found sound-server unknown
power true
reach 20 says adapter-power ok
radio unplug
reach 10 says adapter-present broken
radio plug
reach 30 says adapter-present ok
reach 60 says sound-server ok

step "bluetoothd hangs, and is gone"
kill -STOP "$(process_of bluetooth)"
assert says bluetoothd broken
assert tells bluetoothd "does not answer"
kill -CONT "$(process_of bluetooth)"
reach 20 says bluetoothd ok
# A program that calls it meanwhile has the bus start it again, and systemd gives the stop up for that.
reach 60 systemctl stop bluetooth
reach 20 says bluetoothd broken
assert found adapter-present unknown

step "main.conf has a line that nobody can read, and settings that are in the way"
cp /etc/bluetooth/main.conf /run/lab/main.conf
printf '[General]\nno line\n' > /etc/bluetooth/main.conf
assert says main-conf broken
assert tells main-conf "/etc/bluetooth/main.conf:2"
cat > /etc/bluetooth/main.conf << 'END'
[General]
JustWorksRepairing = always
ControllerMode=le
Privacy=device
Experimental=true
FastConnectable=maybe
TemporaryTimeout=5
[Policy]
AutoEnable=false
ReconnectUUIDs=00001124-0000-1000-8000-00805f9b34fb
END
assert says JustWorksRepairing warning
assert tells JustWorksRepairing "/etc/bluetooth/main.conf:2"
for name in AutoEnable FastConnectable TemporaryTimeout ReconnectUUIDs; do assert found $name warning; done
assert found ControllerMode broken
assert found Privacy note
assert found Experimental note
cp /run/lab/main.conf /etc/bluetooth/main.conf
assert says AutoEnable ok
systemctl start bluetooth
reach 30 says bluetoothd ok

step "mdrctl's own parts"
systemctl stop mdrctl-flush.socket
assert says helper note
systemctl start mdrctl-flush.socket
assert says helper ok
chmod 500 /var/lib/mdrctl
assert says state-directory warning
chmod 700 /var/lib/mdrctl
assert says state-directory ok
systemctl enable --quiet mdrctld.service
assert says enabled ok
chmod 600 /run/mdrctl/mdrctl.sock
assert says socket warning
chmod 666 /run/mdrctl/mdrctl.sock
useradd outsider
setpriv --reuid outsider --regid outsider --init-groups env -C / mdrctl --json doctor > "$OUTPUT" || (($? == 1))
assert found access note
answer '.checks[] | "\(.name) \(.verdict)"' >> $SEEN
echo 'no line' > /etc/mdrctl/mdrctl.conf
systemctl reload mdrctld.service || true
assert says configuration warning
rm /etc/mdrctl/mdrctl.conf
exits 0 systemctl reload mdrctld.service
assert says configuration ok
mv /usr/lib/systemd/user/mdrctl-session.service /run/lab/
assert says session-unit note
mv /run/lab/mdrctl-session.service /usr/lib/systemd/user/
assert says session-unit ok
install -d /etc/mdrctl/known.d
version=$(dpkg-query --show --showformat '${Version}' bluez)
cat > /etc/mdrctl/known.d/own.json << END
{"schema": 1, "defects": [{"name": "own", "component": "bluez", "from": "${version%%-*}", "symptom": "It is slow.",
 "sign": "It takes long.", "cure": "Wait.", "sources": [{"url": "https://example.org", "says": "so"}]}]}
END
assert says known-faults warning
assert tells known-faults "The package bluez $version (dpkg)"
echo '{}' > /etc/mdrctl/known.d/own.json
assert says knowledge-files warning
rm -r /etc/mdrctl/known.d
assert says knowledge-files ok
systemctl stop mdrctld.socket mdrctld.service
exits 1 mdrctl doctor
assert grep -q "systemctl start mdrctld.socket" "$OUTPUT"
assert says daemon broken
systemctl start mdrctld.socket mdrctld.service
reach 20 says daemon ok

step "how long it takes, and what was seen"
reach 30 told .bluez
for _ in 1 2 3 4 5 6 7; do
  begin=$(date +%s%N)
  mdrctl --json doctor > "$OUTPUT" || true
  echo "doctor took $((($(date +%s%N) - begin) / 1000000)) ms"
done
sort -u $SEEN > $SEEN.sorted
cut -d' ' -f1 $SEEN.sorted | sort -u | while read -r name; do
  good=$(grep -c "^$name ok$" $SEEN.sorted || true)
  bad=$(grep -cE "^$name (note|warning|broken)$" $SEEN.sorted || true)
  echo "check $name: passing $((good > 0)), failing $((bad > 0))"
done
lab-logout alice
