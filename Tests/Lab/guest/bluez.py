#!/usr/bin/python3
"""bluez.py STEP…: drives BlueZ over D-Bus without mdrctl, to set a scene and to prove the lab itself.

Steps: discover=PATTERN (of names, until the end; `--hold` waits for the end of standard input) scan=ADDRESS pair=ADDRESS trust=ADDRESS connect=ADDRESS acquire=ADDRESS (its
stereo stream, until the end; with `--hold`) disconnect=ADDRESS remove=ADDRESS touch=ADDRESS (its NFC tag: what neard tells bluetoothd). They run
in order; the first that fails ends the program with status 1 and BlueZ's error on stderr. `--agent CAPABILITY`
chooses the agent's IO capability (NoInputNoOutput unless given), `--answer TEXT` what it answers when asked
for a PIN or passkey; every question is printed, so that a scenario can compare.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

AGENT = dbus.ObjectPath("/lab/agent")
# Not always hci0 after the controller was pulled out and put in again.
ADAPTER = "/org/bluez/" + next((path.name for path in sorted(Path("/sys/class/bluetooth").glob("hci[0-9]"))), "hci0")
DEVICE = "org.bluez.Device1"
CALL_SECONDS = 90


class Agent(dbus.service.Object):
    """Says yes to everything and prints what it was asked."""

    def __init__(self, bus: dbus.Bus, answer: str) -> None:
        super().__init__(bus, AGENT)
        self.answer = answer

    def asked(self, *words: object) -> None:
        print("agent:", *words, flush=True)

    @dbus.service.method("org.bluez.Agent1", in_signature="", out_signature="")
    def Release(self) -> None:
        pass

    @dbus.service.method("org.bluez.Agent1", in_signature="", out_signature="")
    def Cancel(self) -> None:
        self.asked("Cancel")

    @dbus.service.method("org.bluez.Agent1", in_signature="ou", out_signature="")
    def RequestConfirmation(self, _: str, passkey: int) -> None:
        self.asked("RequestConfirmation", f"{int(passkey):06}")

    @dbus.service.method("org.bluez.Agent1", in_signature="o", out_signature="")
    def RequestAuthorization(self, _: str) -> None:
        self.asked("RequestAuthorization")

    @dbus.service.method("org.bluez.Agent1", in_signature="os", out_signature="")
    def AuthorizeService(self, _: str, service: str) -> None:
        self.asked("AuthorizeService", service)

    @dbus.service.method("org.bluez.Agent1", in_signature="o", out_signature="s")
    def RequestPinCode(self, _: str) -> str:
        self.asked("RequestPinCode")
        return self.answer

    @dbus.service.method("org.bluez.Agent1", in_signature="o", out_signature="u")
    def RequestPasskey(self, _: str) -> dbus.UInt32:
        self.asked("RequestPasskey")
        return dbus.UInt32(int(self.answer))

    @dbus.service.method("org.bluez.Agent1", in_signature="ouq", out_signature="")
    def DisplayPasskey(self, _: str, passkey: int, entered: int) -> None:
        self.asked("DisplayPasskey", f"{int(passkey):06}", int(entered))

    @dbus.service.method("org.bluez.Agent1", in_signature="os", out_signature="")
    def DisplayPinCode(self, _: str, pin: str) -> None:
        self.asked("DisplayPinCode", pin)


class Neard(dbus.service.Object):
    """neard's end of what bluetoothd's plugin for it does (BlueZ, plugins/neard.c)."""

    def __init__(self, bus: dbus.Bus, loop: GLib.MainLoop) -> None:
        self.name = dbus.service.BusName("org.neard", bus)
        super().__init__(bus, "/")
        self.loop = loop
        self.agent = ""

    @dbus.service.method("org.neard.Manager", in_signature="os", out_signature="")
    def RegisterHandoverAgent(self, path: str, carrier: str) -> None:
        self.agent = path
        self.loop.quit()

    @dbus.service.method("org.neard.Manager", in_signature="os", out_signature="")
    def UnregisterHandoverAgent(self, path: str, carrier: str) -> None:
        self.agent = ""


class Host:
    def __init__(self, bus: dbus.Bus, scan_seconds: int) -> None:
        self.bus = bus
        self.scan_seconds = scan_seconds
        self.stream = -1

    def interface(self, path: str, name: str) -> dbus.Interface:
        return dbus.Interface(self.bus.get_object("org.bluez", path, introspect=False), name)

    def path(self, address: str) -> str:
        return f"{ADAPTER}/dev_{address.replace(':', '_')}"

    def call(self, method: Callable[..., None], *arguments: object) -> None:
        """Calls without blocking, because the agent has to answer meanwhile."""
        loop = GLib.MainLoop()
        failure: list[Exception] = []

        def failed(error: Exception) -> None:
            failure.append(error)
            loop.quit()

        method(*arguments, reply_handler=lambda *_: loop.quit(), error_handler=failed, timeout=CALL_SECONDS)
        loop.run()
        if failure:
            raise failure[0]

    def discover(self, pattern: str) -> None:
        adapter = self.interface(ADAPTER, "org.bluez.Adapter1")
        adapter.SetDiscoveryFilter(dbus.Dictionary({"Pattern": dbus.String(pattern, variant_level=1)}, "sv"))
        self.call(adapter.StartDiscovery)
        print("discovers", flush=True)

    def touch(self, address: str) -> None:
        loop = GLib.MainLoop()
        neard = Neard(self.bus, loop)
        if not neard.agent:
            GLib.timeout_add_seconds(self.scan_seconds, loop.quit)
            loop.run()
        if not neard.agent:
            raise TimeoutError("bluetoothd has not registered with neard")
        # Out-of-band data as a tag has it: its length, the address with the lowest byte first, and a name.
        name = b"WH-1000XM4"
        data = bytes(reversed(bytes.fromhex(address.replace(":", "")))) + bytes([len(name) + 1, 0x09]) + name
        eir = (len(data) + 2).to_bytes(2, "little") + data
        tag = dbus.Dictionary({"EIR": dbus.Array(eir, signature="y", variant_level=1)}, signature="sv")
        self.call(self.interface(neard.agent, "org.neard.HandoverAgent").PushOOB, tag)
        print("touched", flush=True)

    def scan(self, address: str) -> None:
        adapter = self.interface(ADAPTER, "org.bluez.Adapter1")
        adapter.SetDiscoveryFilter(dbus.Dictionary({"Transport": dbus.String("bredr", variant_level=1)}, "sv"))
        loop = GLib.MainLoop()
        found: list[str] = []

        def look(path: str, present: object) -> None:
            if path == self.path(address):
                found.append(path)
                loop.quit()

        self.bus.add_signal_receiver(
            lambda path, interfaces: look(path, interfaces), "InterfacesAdded",
            "org.freedesktop.DBus.ObjectManager", "org.bluez")
        self.bus.add_signal_receiver(
            lambda _, changed, __, path: "RSSI" in changed and look(path, changed), "PropertiesChanged",
            "org.freedesktop.DBus.Properties", "org.bluez", path_keyword="path")
        self.call(adapter.StartDiscovery)
        GLib.timeout_add_seconds(self.scan_seconds, loop.quit)
        loop.run()
        self.call(adapter.StopDiscovery)
        if not found:
            sys.exit(f"bluez.py: {address} not found")

    def pair(self, address: str) -> None:
        self.call(self.interface(self.path(address), DEVICE).Pair)

    def connect(self, address: str) -> None:
        self.call(self.interface(self.path(address), DEVICE).Connect)

    def acquire(self, address: str) -> None:
        objects = self.interface("/", "org.freedesktop.DBus.ObjectManager").GetManagedObjects()
        for path, interfaces in objects.items():
            transport = interfaces.get("org.bluez.MediaTransport1")
            if transport and path.startswith(self.path(address)) and transport["UUID"].lower().startswith("0000110a"):
                self.stream = self.interface(path, "org.bluez.MediaTransport1").Acquire()[0].take()
                print("holds", flush=True)
                return
        sys.exit(f"bluez.py: {address} has no stereo stream")

    def disconnect(self, address: str) -> None:
        self.call(self.interface(self.path(address), DEVICE).Disconnect)

    def trust(self, address: str) -> None:
        properties = self.interface(self.path(address), "org.freedesktop.DBus.Properties")
        properties.Set(DEVICE, "Trusted", dbus.Boolean(True, variant_level=1))

    def remove(self, address: str) -> None:
        self.call(self.interface(ADAPTER, "org.bluez.Adapter1").RemoveDevice, dbus.ObjectPath(self.path(address)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--agent", default="NoInputNoOutput")
    parser.add_argument("--answer", default="0000")
    parser.add_argument("--seconds", type=int, default=20, help="how long a scan looks")
    parser.add_argument("--hold", action="store_true", help="stay until standard input ends; without an agent")
    parser.add_argument("steps", nargs="+")
    options = parser.parse_args()

    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SystemBus()
    host = Host(bus, options.seconds)
    agent = Agent(bus, options.answer)
    manager = host.interface("/org/bluez", "org.bluez.AgentManager1")
    if not options.hold:
        manager.RegisterAgent(AGENT, options.agent)
        # The default agent makes the adapter pairable: without it nothing would be bonded.
        manager.RequestDefaultAgent(AGENT)
    for step in options.steps:
        name, _, address = step.partition("=")
        try:
            getattr(host, name)(address)
        except dbus.DBusException as error:
            agent.remove_from_connection()
            sys.exit(f"{name}: {error.get_dbus_name()}: {error.get_dbus_message()}")
    if options.hold:
        sys.stdin.read()


if __name__ == "__main__":
    main()
