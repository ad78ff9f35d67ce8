"""A BR/EDR radio neighbourhood in one process.

One emulated controller is plugged into the kernel through /dev/vhci and becomes the machine's adapter;
every headset is a bumble host stack on an emulated controller of its own.
"""
