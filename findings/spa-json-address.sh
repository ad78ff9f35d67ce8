#!/bin/sh
# Version: pipewire 0.3.65 (Debian 12: pipewire-bin, any 0.3.65-3), its reader of PipeWire's and WirePlumber 0.5's
#          settings
# Guess:   A Bluetooth address or a name with a space needs no quotes in these files, as nothing else there does
#          (bluez_card.*, a2dp-sink); or, where it does, the file is refused.
# Seen:    The colons separate keys from values here and the spaces pairs: `device.address = 94:DB:56:00:00:01` is
#          device.address = 94, DB = 56, 00 = 00, and a key 01 which takes the next line's key for its value. From there
#          on keys and values have changed places. The exit status is 0, nothing is said, and what is printed is no
#          JSON.
# Matters: A rule for one headset that was pasted without quotes never matches, and switches off the settings below it.
#          Quote addresses and names ("94:DB:56:00:00:01", "LinkBuds S"); where a rule seems dead, dump the file.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download pipewire-bin libpipewire-0.3-0 || exit 2
ls pipewire-bin_0.3.65-3* > /dev/null || exit 2
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH

seen() {
    printf '%s\n' "$@" > rule.conf
    root/usr/bin/spa-json-dump rule.conf > rule.out 2> rule.err && status=0 || status=$?
    valid=$(python3 -c 'import json; json.load(open("rule.out"))' 2> /dev/null && echo JSON || echo 'no JSON')
    echo "exit $status, $valid: $(tr -s '\n ' ' ' < rule.out)$(cat rule.err)"
}
address=$(seen 'device.address = 94:DB:56:00:00:01' 'bluez5.auto-connect = [ a2dp_sink ]' 'priority = 7')
name=$(seen 'device.alias = LinkBuds S' 'priority = 7')
quoted=$(seen 'device.address = "94:DB:56:00:00:01"' 'device.alias = "LinkBuds S"' 'priority = 7')
echo "an address: $address"
echo "a name:     $name"
echo "in quotes:  $quoted"
case "$address" in 'exit 0, no JSON: { "device.address": 94, "DB": 56, "00": 00, "01": "bluez5.auto-connect",'*) ;; *) exit 1 ;; esac
case "$name" in 'exit 0, no JSON: { "device.alias": "LinkBuds", "S": "priority", '*) ;; *) exit 1 ;; esac
case "$quoted" in 'exit 0, JSON: { "device.address": "94:DB:56:00:00:01", "device.alias": "LinkBuds S", "priority": 7 }'*) ;; *) exit 1 ;; esac
