#!/usr/bin/env bash
# Installs, builds and runs every test; arguments go to `swift test`, such as `--filter TidyTests`.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/install.sh
swift build --build-tests
exec swift test --skip-build --disable-xctest "$@"
