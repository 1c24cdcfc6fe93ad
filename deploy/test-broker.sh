#!/usr/bin/env bash
# The broker that the tests of the Kafka adapter run against.
#
# test-broker.sh install           installs it below the build folder, if it is not there, and prints its path
# test-broker.sh run PORT FOLDER   runs it on a loopback port until a line comes on standard input, or its end; at the
#                                  end, when whoever started it is gone, the folder with its data goes too
set -euo pipefail

readonly package=noida-db version=0.2.3

fail() {
    printf 'test-broker.sh: %s\n' "$*" >&2
    exit 2
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$PWD/.build/test-broker/$version
link=$folder/broker

install() {
    [[ ! -x $link ]] || return 0
    mkdir -p "${folder%/*}"
    # Tests that run side by side ask for it at the same time.
    (
        flock 9
        [[ -x $link ]] || download
    ) 9>"$folder.lock"
}

download() {
    command -v python3 >/dev/null || fail "python3 is needed: apt-get install python3 python3-venv"
    # A venv that an earlier run left half made is made again.
    rm -rf "$folder"
    mkdir -p "$folder"
    python3 -m venv "$folder/venv" >&2 || fail "python3 cannot make a venv: apt-get install python3-venv"
    "$folder/venv/bin/pip" install --quiet --no-deps "$package==$version" >&2 || fail "pip cannot install $package"
    local binary
    binary=$("$folder/venv/bin/python" -c 'import noida_db, os; print(os.path.dirname(noida_db.__file__))')/noida-db
    [[ -f $binary ]] || fail "$package holds no $binary"
    chmod +x "$binary"
    ln -s "$binary" "$link"
}

run() {
    local port=$1 data=$2 keeps_data=
    "$link" start --host 127.0.0.1 --only kafka --kafka-port "$port" --data-dir "$data" >/dev/null 2>&1 &
    local pid=$!
    if read -r _; then keeps_data=yes; fi
    # It writes its data down when it is asked to end, but not always in time.
    kill "$pid" 2>/dev/null || true
    for _ in {1..50}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    [[ $keeps_data ]] || rm -rf "$data"
}

case ${1:-} in
install) install && printf '%s\n' "$link" ;;
run) install && run "${2:?PORT}" "${3:?FOLDER}" ;;
*) fail "usage: test-broker.sh install | run PORT FOLDER" ;;
esac
