#!/bin/bash
# The ways to lose a bond, each told by its cause. BlueZ keeps its bond and fails to connect; mdrctl exits with 10,
# says what is wrong, keeps its hands off the bond, and `repair` cures it. With the privileged helper, which reads the
# kernel's own events, the verdict is certain; without it, it is at least probable.
# lab: long bookworm trixie
source /lab/guest/scenario.sh
lab-up
exits 0 mdrctl pair $NAME

verdict_is() { # CAUSES CERTAINTIES STALE, each a pattern
  assert shown ".device.verdict | (.cause | test(\"^($1)\$\")) and (.certainty | test(\"^($2)\$\")) and .stale == $3
    and .message != \"\" and .evidence != \"\" and .hint != \"\" and .since > 0"
}
no_verdict() { assert shown '.device.verdict == null'; }
# The headset lost its bond in some way: without the helper, with it, and cured.
ghost() { # CAUSE WITHOUT-HELPER
  lab-stop flush
  exits 10 mdrctl connect $NAME
  verdict_is "headsetLostKey|headsetOtherKey" "$2" true
  reach 15 not headset_connected $NAME
  lab-start flush
  exits 10 mdrctl connect $NAME
  verdict_is "$1" certain true
  # The answer came before the link fell; whoever asks for it now finds it as if it had never been called.
  exits 0 mdrctl status
  exits 1 mdrctl pair $NAME
  exits 10 mdrctl connect $NAME
  verdict_is "$1" certain true
  assert device_is $HEADSET Bonded
  assert host_has_key $HEADSET
  exits 0 mdrctl repair $NAME --yes
  assert bonds_agree $NAME $HEADSET
  assert a2dp_up $HEADSET
  no_verdict
}

step "wiped while off"
hang_up
radio $NAME wipe
ghost headsetLostKey "probable|certain"

step "wiped while connected"
radio $NAME wipe
radio $NAME drop
reach 10 not device_is $HEADSET Connected
ghost headsetLostKey "probable|certain"

step "wiped, and hangs up by itself"
hang_up
radio $NAME wipe
radio set missing_key_drop 19
ghost headsetLostKey "probable|certain"
radio set missing_key_drop 0

step "it has another key"
hang_up
radio $NAME corrupt
ghost headsetOtherKey "probable|certain"

step "it is switched off: that is not its bond's fault"
hang_up
radio $NAME power off
exits 3 mdrctl connect $NAME
verdict_is unreachable ".*" false
radio $NAME power on
exits 0 mdrctl connect $NAME
no_verdict

step "it calls and hangs up at once, with a good bond"
hang_up
radio $NAME visit
exits 0 mdrctl connect $NAME
assert bonds_agree $NAME $HEADSET
no_verdict
