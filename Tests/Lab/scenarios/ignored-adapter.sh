#!/bin/bash
# An adapter that the kernel has and bluetoothd leaves alone, by its ControllerMode; and a wait that begins before
# bluetoothd. The installed units: their sandbox must not hide what the kernel has.
# lab: long bookworm
# lab: boot systemd
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME
hang_up

step "a wait begins before bluetoothd"
lab-stop bluetoothd
start mdrctl wait $NAME --for connected --timeout 60
lab-start bluetoothd
reach 20 audio_offered
exits 0 mdrctl connect $NAME
finishes 0

step "bluetoothd is told to take up low-energy adapters only"
lab-stop bluetoothd
sed -i '/^#*ControllerMode/d; s/^\[General\]/[General]\nControllerMode = le/' /etc/bluetooth/main.conf
systemctl start bluetooth
reach 20 told .bluez
assert told '.trouble.message == "bluetoothd leaves the adapter hci0 alone."'
exits 9 mdrctl pair $NAME
assert grep -q "ControllerMode = dual" "$ERRORS"

step "no adapter at all"
radio unplug
reach 10 not adapter_present
assert told '.trouble.message == "This computer has no Bluetooth adapter."'
sed -i '/^ControllerMode/d' /etc/bluetooth/main.conf
systemctl restart bluetooth
radio plug
reach 20 told '.trouble == null'
