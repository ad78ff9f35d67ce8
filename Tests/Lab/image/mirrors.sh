# shellcheck shell=bash
# Where Debian comes from: whatever this machine's own apt is configured with. Sourced by the builders.

# The first address in apt's sources whose path ends in $1 (`debian` or `debian-security`).
apt_source() {
  awk -v path="/$1/?$" '
    $1 == "URIs:" { for (i = 2; i <= NF; i++) if ($i ~ path) { print $i; exit } }
    $1 == "deb"   { for (i = 2; i <= NF; i++) if ($i ~ path) { print $i; exit } }
  ' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null || true
}

# One `deb` line per source that the suite $1 has. sid has no security suite.
sources_of() {
  local suite=$1 mirror security
  mirror=$(apt_source debian)
  security=$(apt_source debian-security)
  mirror=${mirror%/}
  security=${security%/}
  if [[ -z $mirror ]]; then
    echo "apt's sources name no Debian mirror" >&2
    return 1
  fi
  echo "deb $mirror $suite main"
  if [[ $suite != sid ]]; then
    echo "deb ${security:-$mirror-security} $suite-security main"
  fi
}

# mmdebstrap with what both builders want: no recommends, no translations, and a mirror that may lag.
bootstrap() {
  mmdebstrap --quiet --mode=root \
    --aptopt='Acquire::Languages "none"' \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='APT::Install-Recommends "false"' \
    "$@"
}
