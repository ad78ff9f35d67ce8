# shellcheck shell=bash
# The parts of the neighbourhood and how to start, stop and kill each. Sourced by the lab-… commands.
#
# Every start returns when the part is ready, every stop and kill when its effect is complete.

LOGS=${LOGS:-/run/lab/logs}
STATE=/run/lab
BLUETOOTHD=/usr/libexec/bluetooth/bluetoothd
FLUSH_SOCKET=/run/mdrctl-flush.sock
AUDIO_SOURCE=0000110a-0000-1000-8000-00805f9b34fb

# The sound server runs as root on a session bus of its own.
export XDG_RUNTIME_DIR=/run/user/0
export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus

# await SECONDS COMMAND…: until the command succeeds; fails when the time is up.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    ((SECONDS <= deadline)) || return 1
    sleep 0.1
  done
}

with_systemd() { [[ $(< /proc/1/comm) == systemd ]]; }

# ready PART SECONDS COMMAND…: waits, and says which part did not come up, with the end of its log.
ready() {
  local part=$1 seconds=$2
  shift 2
  if ! await "$seconds" "$@"; then
    echo "lab: $part is not ready after $seconds s; waited for: $*" >&2
    tail -20 "$LOGS/$part.log" >&2 || true
    return 1
  fi
}

# launch PART COMMAND…: in the background, logged, its process id kept.
launch() {
  local part=$1
  shift
  setsid "$@" >> "$LOGS/$part.log" 2>&1 < /dev/null &
  echo $! > "$STATE/$part.pid"
}

# keep PART COMMAND…: launched, and launched again when it dies.
keep() {
  LOGS=$LOGS STATE=$STATE setsid /lab/guest/keeper "$@" > /dev/null 2>&1 < /dev/null &
  echo $! > "$STATE/$1-keeper.pid"
  ready "$1" 5 running "$1"
}

# What is ended now is not started again.
release() { # PART
  ! running "$1-keeper" || kill -KILL "$(cat "$STATE/$1-keeper.pid")"
}

running() { # PART
  local process stat
  process=$(cat "$STATE/$1.pid" 2> /dev/null) || return 1
  stat=$(cat "/proc/$process/stat" 2> /dev/null) || return 1
  [[ $stat != *") Z "* ]]
}

not() { ! "$@"; }

# pause PART and resume PART: SIGSTOP, so that it neither reads nor answers, and SIGCONT.
stopped() { [[ $(cat "/proc/$(cat "$STATE/$1.pid")/stat") == *") T "* ]]; }
pause() {
  kill -STOP "$(cat "$STATE/$1.pid")"
  ready "$1" 5 stopped "$1"
}
resume() { kill -CONT "$(cat "$STATE/$1.pid")"; }

# finish PART SIGNAL: sends it and waits for the end of the process. A part that is not there is no failure.
finish() {
  release "$1"
  running "$1" || return 0
  kill "-$2" "$(cat "$STATE/$1.pid")"
  ready "$1" 15 not running "$1"
}

# finish_group PART: ends a part and all that it started.
finish_group() {
  running "$1" || return 0
  kill -TERM -- "-$(cat "$STATE/$1.pid")"
  ready "$1" 15 not running "$1"
}

# What the kernel calls the first adapter: not always hci0 after it was pulled out and put in again.
adapter_name() {
  local names=(/sys/class/bluetooth/hci[0-9])
  [[ -e ${names[0]} ]] && echo "${names[0]##*/}" || echo hci0
}
adapter_property() { busctl --system get-property org.bluez "/org/bluez/$(adapter_name)" org.bluez.Adapter1 "$1"; }
adapter_powered() { [[ $(adapter_property Powered) == "b true" ]]; }
adapter_present() { [[ -e /sys/class/bluetooth/$(adapter_name) ]]; }
audio_offered() { [[ $(adapter_property UUIDs) == *$AUDIO_SOURCE* ]]; }
bluez_answers() { busctl --system call org.bluez / org.freedesktop.DBus.ObjectManager GetManagedObjects; }
bluez_gone() { ! busctl --system status org.bluez; }
daemon_answers() { mdrctl status; }

start_dbus() {
  with_systemd && return
  running dbus && return
  mkdir -p /run/dbus
  launch dbus dbus-daemon --system --nofork --nopidfile
  ready dbus 10 busctl --system status org.freedesktop.DBus
}

start_btmon() {
  [[ -e /job/keep-logs ]] || return 0
  launch btmon btmon --write "$LOGS/btmon.btsnoop"
}

start_radio() {
  local headset arguments=()
  modprobe -a bluetooth rfcomm bnep hidp hci_vhci uhid
  running btmon || start_btmon
  while read -r headset; do arguments+=(--headset "$headset"); done < "$STATE/headsets"
  rm -f /run/radio/socket
  ready radio 120 test -p /run/nursery
  jq --compact-output --null-input '$ARGS.positional' --args -- "$STATE/radio.pid" "$LOGS/radio.log" "${arguments[@]}" \
    > /run/nursery
  # It is there when everybody is on and the adapter is plugged in.
  ready radio 30 test -S /run/radio/socket
  ready radio 10 adapter_present
}

start_bluetoothd() {
  if with_systemd; then
    systemctl start bluetooth
  else
    launch bluetoothd "$BLUETOOTHD" -n -d
  fi
  ready bluetoothd 20 bluez_answers
  # Without a controller there is nothing more to wait for.
  ! adapter_present || ready bluetoothd 20 adapter_powered
}

start_sound() {
  mkdir -p "$XDG_RUNTIME_DIR" /etc/wireplumber/wireplumber.conf.d /etc/wireplumber/bluetooth.lua.d
  chmod 700 "$XDG_RUNTIME_DIR"
  # Nobody sits at this machine: WirePlumber must not wait for a session on a seat. 0.5, then 0.4.
  cat > /etc/wireplumber/wireplumber.conf.d/50-lab.conf << 'CONF'
wireplumber.profiles = {
  main = {
    monitor.bluez.seat-monitoring = disabled
    monitor.alsa = disabled
    monitor.libcamera = disabled
    monitor.v4l2 = disabled
  }
}
monitor.bluez.properties = { bluez5.hfphsp-backend = "native" }
CONF
  echo 'bluez_monitor.properties["with-logind"] = false' > /etc/wireplumber/bluetooth.lua.d/51-lab.lua
  if ! running session-bus; then
    rm -f "$XDG_RUNTIME_DIR/bus"
    launch session-bus dbus-daemon --session --nofork --nopidfile --address="$DBUS_SESSION_BUS_ADDRESS"
    ready session-bus 10 busctl --user status org.freedesktop.DBus
  fi
  keep pipewire pipewire
  ready pipewire 10 test -S "$XDG_RUNTIME_DIR/pipewire-0"
  WIREPLUMBER_DEBUG=3 keep wireplumber wireplumber
  keep pipewire-pulse pipewire-pulse
  ready pipewire-pulse 20 pactl info
  ! bluez_answers > /dev/null 2>&1 || ready wireplumber 20 audio_offered
}

# As the unit does: the user mdrctl, no capability, none to be had. No `watchdog` and no sandbox here.
start_daemon() {
  local command
  command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/mdrctld.service)
  install -d -o mdrctl -g mdrctl -m 755 /run/mdrctl
  install -d -o mdrctl -g mdrctl -m 700 /var/lib/mdrctl
  # shellcheck disable=SC2086 # the unit's command line is words
  MDRCTL_VERBOSE=${MDRCTL_VERBOSE-1} STATE_DIRECTORY=/var/lib/mdrctl launch daemon \
    setpriv --reuid mdrctl --regid mdrctl --init-groups --no-new-privs \
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all $command
  ready daemon 20 daemon_answers
}

# As its units do: a process of root for each connection, with the capabilities of the unit. No sandbox here.
start_flush() {
  if with_systemd; then
    systemctl start mdrctl-flush.socket
    return
  fi
  local unit=/usr/lib/systemd/system/mdrctl-flush@.service command capabilities
  command=$(sed -n 's/^ExecStart=//p' "$unit")
  capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' "$unit" | sed 's/CAP_/,+/g; s/ //g' | tr A-Z a-z)
  rm -f "$FLUSH_SOCKET"
  # shellcheck disable=SC2086 # the unit's command line is words
  # The bounds are set once, for whatever is started: one program less for each connection, as under systemd.
  launch flush setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set="-all$capabilities" \
    systemd-socket-activate --accept --listen="$FLUSH_SOCKET" $command
  ready flush 10 test -S "$FLUSH_SOCKET"
  chown mdrctl "$FLUSH_SOCKET"
  chmod 600 "$FLUSH_SOCKET"
}

# end PART SIGNAL
end() {
  case $1 in
    radio)
      finish radio "$2"
      rm -f /run/radio/socket
      ready radio 10 not adapter_present
      ;;
    bluetoothd)
      if with_systemd; then
        systemctl kill --signal "$2" bluetooth
      else
        finish bluetoothd "$2"
      fi
      ready bluetoothd 10 bluez_gone
      ;;
    sound)
      finish pipewire-pulse "$2"
      finish wireplumber "$2"
      finish pipewire "$2"
      ! bluez_answers > /dev/null 2>&1 || ready wireplumber 10 not audio_offered
      ;;
    daemon)
      finish daemon "$2"
      ;;
    flush)
      # A process that serves a connection ends with the connection.
      if with_systemd; then systemctl stop mdrctl-flush.socket; else finish flush "$2"; fi
      rm -f "$FLUSH_SOCKET"
      ;;
    *)
      echo "lab: no part $1; there are: radio, bluetoothd, sound, daemon, flush" >&2
      return 2
      ;;
  esac
}
