# shellcheck shell=bash
# The built guests and their cache. Sourced by `run`.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mdrctl-lab

#: Days after which a guest that nobody used is removed.
KEPT_DAYS=14

# Prints the folder of the KIND (kernel or userland) of a SUITE, after building it where this recipe's is not there. Each
# recipe has its own, so that two working trees do not take the guest from each other.
image() {
  local kind=$1 suite=$2 here recipe folder
  here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
  recipe=$(cd "$here" && case $kind in
    kernel) cat build-kernel mirrors.sh extract-vmlinux initramfs-init ;;
    userland) cat build-userland mirrors.sh ;;
  esac | sha256sum | cut -d' ' -f1)
  folder=$CACHE/$suite/$kind-${recipe:0:12}
  mkdir -p "$CACHE/$suite"
  (
    # Two runs that start at once must not build the same thing twice.
    flock 9
    as_root=()
    ((EUID == 0)) || as_root=(sudo)
    if [[ ! -e $folder ]]; then
      echo "lab: building the $kind of $suite, once" >&2
      log=$CACHE/$suite/$kind.log
      "${as_root[@]}" rm -rf "$folder.new"
      if ! "${as_root[@]}" "$here/build-$kind" "$suite" "$folder.new" > "$log" 2>&1; then
        echo "lab: building the $kind of $suite failed; the end of $log:" >&2
        tail -20 "$log" >&2
        exit 1
      fi
      "${as_root[@]}" chown -R "$(id -u):$(id -g)" "$folder.new"
      mv "$folder.new" "$folder"
    fi
    touch "$folder"
    find "$CACHE/$suite" -mindepth 1 -maxdepth 1 -type d -name "$kind*" -mtime "+$KEPT_DAYS" -exec "${as_root[@]}" rm -rf {} +
  ) 9> "$CACHE/$suite/$kind.lock" || return 1
  echo "$folder"
}
