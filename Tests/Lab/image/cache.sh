# shellcheck shell=bash
# The built guests and their cache. Sourced by `run`.

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mdrctl-lab

# Prints the folder of the KIND (kernel or userland) of a SUITE, after building it if the recipe changed.
image() {
  local kind=$1 suite=$2 here recipe folder
  here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
  folder=$CACHE/$suite/$kind
  recipe=$(cd "$here" && case $kind in
    kernel) cat build-kernel mirrors.sh extract-vmlinux initramfs-init ;;
    userland) cat build-userland mirrors.sh ;;
  esac | sha256sum | cut -d' ' -f1)
  mkdir -p "$CACHE/$suite"
  (
    # Two runs that start at once must not build the same thing twice.
    flock 9
    if [[ $(cat "$folder/recipe" 2> /dev/null) != "$recipe" ]]; then
      echo "lab: building the $kind of $suite, once" >&2
      log=$CACHE/$suite/$kind.log
      as_root=()
      ((EUID == 0)) || as_root=(sudo)
      "${as_root[@]}" rm -rf "$folder" "$folder.new"
      if ! "${as_root[@]}" "$here/build-$kind" "$suite" "$folder.new" > "$log" 2>&1; then
        echo "lab: building the $kind of $suite failed; the end of $log:" >&2
        tail -20 "$log" >&2
        exit 1
      fi
      "${as_root[@]}" chown -R "$(id -u):$(id -g)" "$folder.new"
      echo "$recipe" > "$folder.new/recipe"
      mv "$folder.new" "$folder"
    fi
  ) 9> "$CACHE/$suite/$kind.lock" || return 1
  echo "$folder"
}
