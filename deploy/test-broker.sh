#!/usr/bin/env bash
# Installs the broker that the tests of the Kafka adapter run against, below the build folder, and prints its path.
set -euo pipefail

readonly package=noida-db version=0.2.3

fail() {
    printf 'test-broker.sh: %s\n' "$*" >&2
    exit 2
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$PWD/.build/test-broker/$version
link=$folder/broker

if [[ ! -x $link ]]; then
    command -v python3 >/dev/null || fail "python3 is needed: apt-get install python3 python3-venv"
    # A venv that an earlier run left half made is made again.
    rm -rf "$folder"
    mkdir -p "$folder"
    python3 -m venv "$folder/venv" >&2 || fail "python3 cannot make a venv: apt-get install python3-venv"
    "$folder/venv/bin/pip" install --quiet --no-deps "$package==$version" >&2 || fail "pip cannot install $package"
    binary=$("$folder/venv/bin/python" -c 'import noida_db, os; print(os.path.dirname(noida_db.__file__))')/noida-db
    [[ -f $binary ]] || fail "$package holds no $binary"
    chmod +x "$binary"
    ln -s "$binary" "$link"
fi
printf '%s\n' "$link"
