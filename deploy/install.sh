#!/usr/bin/env bash
# Installs what the build and the tests need beyond Swift and git, and says so if Swift itself is missing or too old.
set -euo pipefail

readonly swift_major=6
readonly swift_minor=2
readonly packages=(zlib1g-dev libzstd-dev librdkafka-dev pkg-config python3 python3-venv kcat groff-base)

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 2
}

check_swift() {
    local advice="Install it as https://www.swift.org/install/linux/ says, and put its folder on PATH."
    command -v swift >/dev/null ||
        fail "Swift $swift_major.$swift_minor or newer is needed, and there is no 'swift' on PATH. $advice"
    local found major minor
    found=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p')
    read -r major minor <<<"$found"
    [[ -n ${major:-} && -n ${minor:-} ]] || fail "'swift --version' does not say which Swift this is. $advice"
    ((major > swift_major || (major == swift_major && minor >= swift_minor))) ||
        fail "Swift $swift_major.$swift_minor or newer is needed; this is $major.$minor. $advice"
}

is_installed() {
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_packages() {
    local missing=() package
    if ! command -v apt-get >/dev/null; then
        [[ -e /usr/include/zlib.h && -e /usr/include/zstd.h ]] ||
            fail "there is no apt-get here; install zlib and zstd with their headers by other means."
        return
    fi
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "run 'apt-get install ${missing[*]}' as root first; there is no sudo here."
        as_root=(sudo)
    fi
    printf 'Installing %s.\n' "${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

check_swift
install_packages
