#!/usr/bin/env python3
"""Drives a running mdrctld with the Varlink package from PyPI: a client that shares no code with ours.

The socket's path comes from MDRCTL_SOCKET. Every check prints one line; the exit status is 0 if all have passed.
"""

import os
import sys

import varlink

INTERFACE = "org.mdrctl.Control"
failures = 0


def check(what, passed, seen=None):
    global failures
    failures += not passed
    print(f"{'ok' if passed else 'FAILED'}: {what}" + ("" if passed else f", seen: {seen!r}"), flush=True)


def error_of(call):
    """The name and parameters of the error that a call ends with."""
    try:
        seen = call()
    except varlink.VarlinkError as error:
        return error.error(), error.parameters()
    return None, seen


def check_service(client):
    client.get_interfaces()
    info = client.info
    check("GetInfo names the product", info["product"] == "mdrctld", info)
    check("GetInfo lists both interfaces", {INTERFACE, "org.varlink.service"} <= set(info["interfaces"]), info)
    interface = client.get_interface(INTERFACE)
    check("the description can be parsed", {"List", "Scan", "Pair"} <= set(interface.members), interface.members)
    with client.open("org.varlink.service") as service:
        seen = error_of(lambda: service.GetInterfaceDescription("org.example.none"))
        check("an unknown interface is an error", seen[0] == "org.varlink.service.InterfaceNotFound", seen)


def check_control(control):
    status = control.Status()
    check("Status tells the version", bool(status["version"]), status)
    devices = control.List(all=True)["devices"]
    check("List has devices with an address", all(len(device["address"]) == 17 for device in devices), devices)
    name, parameters = error_of(lambda: control.Show(device="no such headset"))
    check("an unknown device is an error", name == f"{INTERFACE}.DeviceNotFound", name)
    check("an error says what happened", bool(parameters and parameters.get("message")), parameters)
    seen = error_of(lambda: control.Scan(timeout=1))
    check("Scan without more is an error", seen[0] == "org.varlink.service.ExpectedMore", seen)


def check_scan(control):
    events = [reply["event"] for reply in control.Scan(timeout=1000, _more=True)]
    check("Scan ends by itself", bool(events) and events[-1] == "finished", events)
    check("Scan begins with what is there", events[0] in ("started", "found"), events)


def main():
    with varlink.Client(f"unix:{os.environ['MDRCTL_SOCKET']}") as client:
        check_service(client)
        with client.open(INTERFACE) as control:
            check_control(control)
        with client.open(INTERFACE) as control:
            check_scan(control)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
