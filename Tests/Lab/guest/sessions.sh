# shellcheck shell=bash
# Login sessions of users, opened as a login opens them: through PAM, logind and the user's own service manager.
# Sourced by `lab-login`, `lab-logout`, `lab-switch` and scenario.sh; parts.sh comes first.
#
# What is open stands in SESSIONS/USER: the kind of session and, on the seat, its terminal.

SESSIONS=/run/lab/sessions
#: Below 7, logind starts a getty on every terminal that is switched to.
FIRST_TERMINAL=7

session_unit() { echo "lab-session-$1.service"; }
session_kind() { cut -d' ' -f1 "$SESSIONS/$1" 2> /dev/null; }
session_terminal() { cut -d' ' -f2 "$SESSIONS/$1"; }

# logind's session of USER; its user manager has one too, of another class.
session_of() {
  local id
  for id in $(loginctl show-user "$1" --value --property Sessions 2> /dev/null); do
    [[ $(loginctl show-session "$id" --value --property Class 2> /dev/null) =~ ^(user|greeter)$ ]] || continue
    echo "$id"
    return
  done
  return 1
}
session_is() { # USER STATE: active, online (open, and somebody else is in front) or closing
  [[ $(loginctl show-session "$(session_of "$1")" --value --property State 2> /dev/null) == "$2" ]]
}
user_is() { # USER STATE: active, online, lingering, closing
  [[ $(loginctl show-user "$1" --value --property State 2> /dev/null) == "$2" ]]
}
manager_of() { echo "user@$(id -u "$1").service"; }
manager_runs() { systemctl is-active --quiet "$(manager_of "$1")"; }
manager_gone() { [[ $(systemctl show --value --property ActiveState "$(manager_of "$1")") == inactive ]]; }
logged_out() { not session_of "$1"; }

make_user() { # USER GROUP
  id "$1" > /dev/null 2>&1 || useradd --create-home --shell /bin/bash --groups "$2" "$1"
}

# choose_sound USER pipewire|pulseaudio|none: which units the user's manager starts by itself. PipeWire's are enabled
# for everybody, as the packages do it; a user who wants something else masks them.
choose_sound() {
  local user=$1 units unit
  units=$(getent passwd "$user" | cut -d: -f6)/.config/systemd/user
  rm -rf "$units"
  [[ $2 != pipewire ]] || return 0
  mkdir -p "$units"
  for unit in pipewire.socket pipewire.service pipewire-pulse.socket pipewire-pulse.service wireplumber.service; do
    ln -s /dev/null "$units/$unit"
  done
  if [[ $2 == pulseaudio ]]; then
    mkdir "$units/default.target.wants" "$units/sockets.target.wants"
    ln -s /usr/lib/systemd/user/pulseaudio.service "$units/default.target.wants/"
    ln -s /usr/lib/systemd/user/pulseaudio.socket "$units/sockets.target.wants/"
  fi
  chown -R "$user:" "$(getent passwd "$user" | cut -d: -f6)/.config"
}

# open_gate USER: WirePlumber does not wait for a session on a seat. In 0.5's words, then in 0.4's.
open_gate() {
  local settings
  settings=$(getent passwd "$1" | cut -d: -f6)/.config/wireplumber
  mkdir -p "$settings"/{wireplumber.conf.d,bluetooth.lua.d}
  echo 'wireplumber.profiles = { main = { monitor.bluez.seat-monitoring = disabled } }' \
    > "$settings/wireplumber.conf.d/50-no-seat.conf"
  echo 'bluez_monitor.properties["with-logind"] = false' > "$settings/bluetooth.lua.d/51-no-seat.lua"
  chown -R "$1:" "$(getent passwd "$1" | cut -d: -f6)/.config"
}

next_terminal() {
  local terminal=$FIRST_TERMINAL
  while grep -qs " $terminal$" "$SESSIONS"/*; do terminal=$((terminal + 1)); done
  echo $terminal
}

# open_on_seat USER [CLASS]: a login at the terminal, in front: what getty and login do when somebody typed name and
# password there. A display manager opens its own as one of the class greeter.
open_on_seat() {
  local terminal
  terminal=$(next_terminal)
  echo "seat $terminal" > "$SESSIONS/$1"
  systemd-run --quiet --collect --unit "$(session_unit "$1")" --uid "$1" --property PAMName=login \
    --property "TTYPath=/dev/tty$terminal" --property StandardInput=tty-force --property StandardOutput=journal \
    --setenv "XDG_SESSION_CLASS=${2:-user}" --working-directory "$(getent passwd "$1" | cut -d: -f6)" \
    sleep infinity
  ready "the session of $1" 90 session_of "$1"
  bring_to_front "$1"
}

bring_to_front() {
  loginctl activate "$(session_of "$1")"
  ready "the session of $1" 90 session_is "$1" active
}

# A login from elsewhere, with a key, over the loopback interface.
open_by_ssh() {
  local home key=/run/lab/ssh-key
  home=$(getent passwd "$1" | cut -d: -f6)
  echo ssh > "$SESSIONS/$1"
  [[ -e $key ]] || ssh-keygen -q -t ed25519 -N '' -f $key
  install -d -o "$1" -g "$1" -m 700 "$home/.ssh"
  install -o "$1" -g "$1" -m 600 $key.pub "$home/.ssh/authorized_keys"
  [[ -e /etc/ssh/ssh_host_ed25519_key ]] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
  systemctl start ssh
  systemd-run --quiet --collect --unit "$(session_unit "$1")" ssh -tt -i $key -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$1@127.0.0.1" sleep infinity
  ready "the session of $1" 60 session_is "$1" active
}

linger() {
  echo linger > "$SESSIONS/$1"
  loginctl enable-linger "$1"
  ready "the manager of $1" 60 manager_runs "$1"
}

close_session() { # USER
  local kind
  kind=$(session_kind "$1") || return 0
  if [[ $kind == linger ]]; then
    loginctl disable-linger "$1"
  else
    systemctl stop "$(session_unit "$1")"
  fi
  ready "the end of the session of $1" 30 logged_out "$1"
  rm -f "$SESSIONS/$1"
}

# end_sessions: of everybody, at once, with all that the users have.
end_sessions() {
  local file user
  for file in "$SESSIONS"/*; do
    [[ -e $file ]] || continue
    user=${file##*/}
    loginctl disable-linger "$user" 2> /dev/null || true
    systemctl stop "$(session_unit "$user")" 2> /dev/null || true
    systemctl kill --signal KILL "$(manager_of "$user")" 2> /dev/null || true
    rm -f "$file"
  done
  for user in $(awk -F: '$3 >= 1000 && $3 < 60000 { print $1 }' /etc/passwd); do
    loginctl terminate-user "$user" 2> /dev/null || true
    systemctl stop "$(manager_of "$user")" 2> /dev/null || true
    pkill -KILL -u "$user" || true
    await 10 not pgrep -u "$user" || true
    userdel --remove --force "$user" 2> /dev/null || true
  done
}

# The environment of USER's session, to run something in it. root's is the one of the plain boot.
in_session() {
  local user=$1 runtime
  shift
  if [[ $user == root ]]; then
    "$@"
    return
  fi
  runtime=/run/user/$(id -u "$user")
  setpriv --reuid "$user" --regid "$user" --init-groups env -i -C / HOME="$(getent passwd "$user" | cut -d: -f6)" \
    USER="$user" LOGNAME="$user" SHELL=/bin/bash LC_ALL=C.UTF-8 TERM=dumb PATH=/usr/local/bin:/usr/bin:/bin \
    XDG_RUNTIME_DIR="$runtime" DBUS_SESSION_BUS_ADDRESS="unix:path=$runtime/bus" "$@"
}

# Does USER's sound server answer?
sound_ready() { in_session "$1" timeout 5 pactl info; }
