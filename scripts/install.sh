#!/usr/bin/env bash
# Installs what Thirdchair needs into .venv and node_modules:  scripts/install.sh runtime|dev
#
#   runtime  what `make run` needs. Without npm the pages fall back to the system's fonts.
#   dev      also what `make test` needs: linters, test runners, Node.js and a Chromium.
#
# As root on Debian or Ubuntu it installs missing system packages; otherwise it says which ones are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:?say runtime or dev}
python=${PYTHON:-python3}
lock=requirements.lock
[ "$mode" = runtime ] || lock=requirements-$mode.lock

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

updated=
system_packages() { # installs the packages named, or fails
    [ "$(id -u)" = 0 ] && has apt-get || return 1
    say "Installing $* ..."
    export DEBIAN_FRONTEND=noninteractive
    [ -n "$updated" ] || apt-get update -qq
    updated=yes
    apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
}

need() { # need COMMAND-THAT-MUST-WORK PACKAGE...
    local probe=$1
    shift
    eval "$probe" >/dev/null 2>&1 && return
    system_packages "$@" && eval "$probe" >/dev/null 2>&1 && return
    say "Something is missing. Please install it, then run make again:  sudo apt-get install $*"
    exit 1
}

# --- Python ---------------------------------------------------------------------------------------------------------
need "$python --version" python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Thirdchair needs Python 3.11 or later, and $python is $("$python" -V). Name another one: make run PYTHON=python3.12"
    exit 1
}
need "$python -c 'import ensurepip, venv'" python3-venv

.venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# --- the browser side -----------------------------------------------------------------------------------------------
if [ "$mode" = dev ]; then
    need "has npm && has node" nodejs npm
    need "has chromium || has chromium-browser || has google-chrome" chromium
    npm ci --no-fund --no-audit --loglevel=error
    scripts/fonts.sh
elif { has npm || system_packages nodejs npm; } && npm ci --omit=dev --no-fund --no-audit --loglevel=error; then
    scripts/fonts.sh
else
    say "npm is not there, so the pages use the system's fonts."
fi

rm -f .venv/.dev # a runtime install takes the development packages of node_modules away
touch ".venv/.$mode" .venv/.runtime
