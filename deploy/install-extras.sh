#!/usr/bin/env bash
# Installs what goes with the command: completion for shells, the manual page, and the schema for editors.
#
# install-extras.sh PREFIX [RAMPART]   below PREFIX, such as /usr/local or ~/.local; RAMPART is the command, if it is not
#                                      the one of this repository's release build
set -euo pipefail

fail() {
    printf 'install-extras.sh: %s\n' "$*" >&2
    exit 2
}

[[ $# -eq 1 || $# -eq 2 ]] || fail "usage: install-extras.sh PREFIX [RAMPART]"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$1
rampart=${2:-$here/../.build/release/rampart}
[[ -x $rampart ]] || fail "there is no $rampart: swift build -c release --product rampart"
command -v python3 >/dev/null || fail "python3 is needed: apt-get install python3"

# Writes standard input to a file below the prefix, whole or not at all.
put() {
    local file=$prefix/$1
    mkdir -p "${file%/*}"
    cat >"$file.partial"
    mv "$file.partial" "$file"
    printf '%s\n' "$file"
}

"$rampart" --generate-completion-script bash | put share/bash-completion/completions/rampart
"$rampart" --generate-completion-script zsh | put share/zsh/site-functions/_rampart
"$rampart" --generate-completion-script fish | put share/fish/vendor_completions.d/rampart.fish
"$rampart" --experimental-dump-help | "$here/extras/manual.py" | put share/man/man1/rampart.1
"$rampart" schema | put share/rampart/pipeline.schema.json
