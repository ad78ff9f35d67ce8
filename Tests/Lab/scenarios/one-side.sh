#!/bin/bash
# A sound server that registered for stereo or for calls only, and a headset that has one of them: the missing side is
# named, and nobody says that there is no sound server.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
# For calls bookworm's has a setting of its own.
roles() { # ROLE…: what the sound server registers for, from its next start on
  local calls
  calls=$(printf '%s\n' "$@" | grep -E '^h[fs]p_' | xargs) || true
  mkdir -p /etc/wireplumber/wireplumber.conf.d /etc/wireplumber/bluetooth.lua.d
  echo "monitor.bluez.properties = { bluez5.roles = [ $* ] }" > /etc/wireplumber/wireplumber.conf.d/60-roles.conf
  cat > /etc/wireplumber/bluetooth.lua.d/52-roles.lua << END
bluez_monitor.properties["bluez5.roles"] = "[ $* ]"
bluez_monitor.properties["bluez5.headset-roles"] = "[ $calls ]"
END
}
offers() { [[ $(adapter_property UUIDs) == *"0000$1-"* ]]; }
blames_nobody() { ! grep -qiE 'no sound server|seat|no login session' "$OUTPUT" "$ERRORS"; }

step "stereo only: calls are what is missing"
roles a2dp_source
lab-up
refute offers 111f
exits 0 mdrctl --json pair $NAME
assert a2dp_up $HEADSET
exits 0 mdrctl status
assert grep -q "ready for stereo only" "$OUTPUT"
exits 1 mdrctl profile $NAME call --once
assert grep -q "registered for stereo only (A2DP), not for calls" "$ERRORS"
assert blames_nobody

step "and a headset that has only calls cannot be connected at all"
hang_up
radio $NAME services hfp
exits 0 mdrctl forget $NAME
exits 0 mdrctl --json pair $NAME
assert answered '[.proofs[] | select(.proven | not) | .reason] | all(test("offers HFP, and the sound server has registered A2DP"))'
reach 15 not headset_connected $NAME
exits 1 mdrctl connect $NAME
assert grep -q "offers HFP, and the sound server has registered A2DP" "$ERRORS"
assert blames_nobody
exits 0 mdrctl why $NAME
assert grep -q "offers HFP, and the sound server has registered A2DP" "$OUTPUT"
assert blames_nobody
