#!/bin/sh
# Version: python-dbusmock 0.38.1 (PyPI), its bluez5 template
# Guess:   AddDevice with a headset's name makes a device as BlueZ shows one before anything is known: no icon, no
#          class, no services; and the properties that are there have the types of BlueZ's interface.
# Seen:    Every device is an Android phone: icon "phone", a phone's class and Modalias; Pair adds a phone's services
#          (audio source, no audio sink). ManufacturerData is an array of dictionaries (aa{qv}; BlueZ: a{qv}),
#          AdvertisingFlags an array of byte arrays (aay; BlueZ: ay), AdvertisingData and ServiceData likewise. RSSI is
#          there, -79, for good.
# Matters: What picks headphones by icon, class or services finds none; a client that asks ManufacturerData for its keys
#          fails on the mock and not on BlueZ; and one that takes "has an RSSI" for "in sight" sees everything in sight
#          for ever.
set -eu
tmp=$(mktemp -d)
mock=
bus=
finish() {
    [ -z "$mock" ] || kill "$mock" 2> /dev/null || :
    [ -z "$bus" ] || kill "$bus" 2> /dev/null || :
    rm -rf "$tmp"
}
trap finish EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download python3-dbus python3-gi libgirepository-1.0-1 gir1.2-glib-2.0 \
    libglib2.0-0 libdbus-1-3 dbus-daemon dbus-bin || exit 2
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv v && v/bin/pip -q download --no-deps --no-binary :all: -d . python-dbusmock==0.38.1 || exit 2
tar -xzf python_dbusmock-0.38.1.tar.gz

lib=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$lib" GI_TYPELIB_PATH="$lib/girepository-1.0" PATH="$tmp/root/usr/bin:$PATH"
export PYTHONPATH="$tmp/python_dbusmock-0.38.1:$tmp/root/usr/lib/python3/dist-packages"
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$tmp/bus"
cat > bus.conf << C
<busconfig><type>system</type><listen>unix:path=$tmp/bus</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
C
bus=$(dbus-daemon --config-file=bus.conf --fork --print-pid)
/usr/bin/python3 -m dbusmock --system --template bluez5 > mock.log 2>&1 &
mock=$!

call() { dbus-send --system --print-reply=literal --reply-timeout=3000 --dest=org.bluez "$@" 2>&1 | sed 's/^ *//'; }
tries=0
until call /org/bluez org.bluez.Mock.AddAdapter string:hci0 string:laptop | grep -q '^/org/bluez/hci0'; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat mock.log; exit 2; }
    sleep 0.1
done
call /org/bluez org.bluez.Mock.AddDevice string:hci0 string:94:DB:56:00:00:01 string:WH-1000XM4 > /dev/null

cat > look.py << 'PY'
import sys
import dbus

bus = dbus.SystemBus()
device = bus.get_object("org.bluez", "/org/bluez/hci0/dev_94_DB_56_00_00_01")
read = lambda: dbus.Interface(device, "org.freedesktop.DBus.Properties").GetAll("org.bluez.Device1")


def signature(value):
    return ("a{%s}" if isinstance(value, dbus.Dictionary) else "a%s") % value.signature


fresh = read()
device.Pair(dbus_interface="org.bluez.Device1")
services = [str(uuid)[4:8] for uuid in read()["UUIDs"]]
types = {key: signature(fresh[key]) for key in ("ManufacturerData", "ServiceData", "AdvertisingData", "AdvertisingFlags")}
print("icon, class, RSSI of a fresh device:", str(fresh["Icon"]), hex(fresh["Class"]), int(fresh["RSSI"]))
print("services after Pair:", *services)
print("types:", types)
same = (str(fresh["Icon"]), int(fresh["Class"]), int(fresh["RSSI"])) == ("phone", 0x5A020C, -79)
same = same and "110a" in services and "110b" not in services
expected = {"ManufacturerData": "aa{qv}", "ServiceData": "aa{sv}", "AdvertisingData": "aa{yv}", "AdvertisingFlags": "aay"}
sys.exit(0 if same and types == expected else 1)
PY
/usr/bin/python3 look.py
