#!/bin/sh
# Version: upower 0.99.20-2 (Debian 12)
# Guess:   A headset whose battery BlueZ reports (org.bluez.Battery1) as 4 percent is "low" or "critical" in UPower, and
#          a desktop that listens to UPower warns. A headset that is renamed shows its new name.
# Seen:    The warning level stays "none" at 15, 4 and 1 percent: BlueZ tells no state, UPower says "unknown", and gives
#          no level then. The icon is "battery-missing". The name is the one at the first sight.
# Matters: On such a desktop nobody warns of an empty headset, though the percentage is right there: who wants a warning
#          must compare the number himself, and ask BlueZ for the name.
set -eu
tmp=$(mktemp -d)
bus=
fake=
power=
finish() {
    for process in $power $fake $bus; do kill "$process" 2> /dev/null || :; done
    rm -rf "$tmp"
}
trap finish EXIT
cd "$tmp"
apt-get -qq -o APT::Sandbox::User=root download upower=0.99.20-2 libupower-glib3=0.99.20-2 libgudev-1.0-0 libimobiledevice6 \
    libplist3 libusbmuxd6 python3-dbus python3-gi libgirepository-1.0-1 gir1.2-glib-2.0 libglib2.0-0 libdbus-1-3 \
    dbus-daemon || exit 2
for package in *.deb; do dpkg-deb -x "$package" root; done
lib=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$lib" GI_TYPELIB_PATH="$lib/girepository-1.0" PATH="$tmp/root/usr/bin:$PATH"
export PYTHONPATH="$tmp/root/usr/lib/python3/dist-packages" UPOWER_HISTORY_DIR="$tmp"
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$tmp/bus"
cat > bus.conf << C
<busconfig><type>system</type><listen>unix:path=$tmp/bus</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
C
bus=$(dbus-daemon --config-file=bus.conf --fork --print-pid)

cat > bluez.py << 'PY'
import dbus, dbus.mainloop.glib, dbus.service
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()
name = dbus.service.BusName("org.bluez", bus)
path = "/org/bluez/hci0/dev_94_DB_56_00_00_01"
adapter = dbus.ObjectPath("/org/bluez/hci0")
device = {"Address": "94:DB:56:00:00:01", "Name": "WH-1000XM4", "Alias": "Desk", "Icon": "audio-headset", "Adapter": adapter}
device |= {"Class": dbus.UInt32(0x240404), "Appearance": dbus.UInt16(0), "Connected": True, "Paired": True}
interfaces = {"org.bluez.Device1": device, "org.bluez.Battery1": {"Percentage": dbus.Byte(15)}}


class Root(dbus.service.Object):
    @dbus.service.method("org.freedesktop.DBus.ObjectManager", "", "a{oa{sa{sv}}}")
    def GetManagedObjects(self):
        return {dbus.ObjectPath(path): {key: dbus.Dictionary(value, "sv") for key, value in interfaces.items()}}


class Device(dbus.service.Object):
    @dbus.service.method("org.freedesktop.DBus.Properties", "s", "a{sv}")
    def GetAll(self, interface):
        return interfaces[interface]

    @dbus.service.method("org.freedesktop.DBus.Properties", "ss", "v")
    def Get(self, interface, key):
        return interfaces[interface][key]

    @dbus.service.method("org.freedesktop.DBus.Properties", "ssv", "")
    def Set(self, interface, key, value):
        interfaces[interface][key] = value
        self.PropertiesChanged(interface, {key: value}, [])

    @dbus.service.signal("org.freedesktop.DBus.Properties", "sa{sv}as")
    def PropertiesChanged(self, interface, changed, invalidated):
        pass


root, headset = Root(bus, "/"), Device(bus, path)
GLib.MainLoop().run()
PY

cat > look.py << 'PY'
import sys, time
import dbus

bus = dbus.SystemBus()
properties = "org.freedesktop.DBus.Properties"
names = ("none is 1", "WarningLevel", "State", "Percentage", "Model", "IconName")


def wait(condition):
    end = time.monotonic() + 20
    while not (value := condition()):
        if time.monotonic() > end:
            sys.exit("waited too long")
        time.sleep(0.05)
    return value


def shown():
    try:
        power = bus.get_object("org.freedesktop.UPower", "/org/freedesktop/UPower")
        for path in power.EnumerateDevices(dbus_interface="org.freedesktop.UPower"):
            if "headset" in path:
                device = bus.get_object("org.freedesktop.UPower", path)
                return device.GetAll("org.freedesktop.UPower.Device", dbus_interface=properties)
    except dbus.DBusException:
        pass


wait(lambda: bus.name_has_owner("org.bluez"))
if sys.argv[1] == "bluez":
    sys.exit(0)
headset = bus.get_object("org.bluez", "/org/bluez/hci0/dev_94_DB_56_00_00_01")
headset.Set("org.bluez.Device1", "Alias", "Kitchen", dbus_interface=properties)
same = True
for level in (15, 4, 1):
    headset.Set("org.bluez.Battery1", "Percentage", dbus.Byte(level), dbus_interface=properties)
    now = wait(lambda: (device := shown()) and device["Percentage"] == level and device)
    print(f"{level:2} %: warning level {now['WarningLevel']} (1 is none), state {now['State']} (0 is unknown),", end=" ")
    print(f"name {str(now['Model'])!r}, icon {str(now['IconName'])!r}")
    same = same and (now["WarningLevel"], now["State"], now["Model"]) == (1, 0, "Desk")
    same = same and str(now["IconName"]).startswith("battery-missing")
sys.exit(0 if same else 1)
PY
/usr/bin/python3 bluez.py > bluez.log 2>&1 &
fake=$!
/usr/bin/python3 look.py bluez || { cat bluez.log; exit 2; }
root/usr/libexec/upowerd > power.log 2>&1 &
power=$!
# the first sight, then what follows
timeout 20 sh -c 'until upower -e 2> /dev/null | grep -q headset; do sleep 0.1; done' || { cat power.log; exit 2; }
/usr/bin/python3 look.py power
