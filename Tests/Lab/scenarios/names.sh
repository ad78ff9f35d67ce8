#!/bin/bash
# Headsets whose names are several words: each is found by its name, on the air and in every command.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
BUDS='LinkBuds S'
KITCHEN='MDR-1000X Kitchen'
lab-up --headset "$BUDS" --headset "$KITCHEN"
OTHER=94:DB:56:00:00:02

exits 0 mdrctl pair "$KITCHEN"
assert bonds_agree "$KITCHEN" $OTHER
refute headset_has_bond "$BUDS"

step "a part of the name, and the alias, name it too"
exits 0 mdrctl --json show Kitchen
assert answered ".device.address == \"$OTHER\" and .device.name == \"$KITCHEN\""
exits 0 mdrctl rename Kitchen 'Over the sink'
exits 0 mdrctl disconnect 'Over the sink'
reach 10 not headset_connected "$KITCHEN"

step "the other one, while the first is there"
exits 0 mdrctl pair "$BUDS"
assert bonds_agree "$BUDS" $HEADSET
assert told '[.devices[].alias] | sort == ["LinkBuds S", "Over the sink"]'
exits 0 mdrctl forget "$KITCHEN"
refute device_is $OTHER Bonded
assert bonds_agree "$BUDS" $HEADSET
