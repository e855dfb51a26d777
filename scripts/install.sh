#!/usr/bin/env bash
# Installs what Thirdchair needs into .venv and node_modules:  scripts/install.sh runtime|dev
#
#   runtime  what `make run` needs. Without npm the pages fall back to the system's fonts.
#   dev      also what `make test` needs: linters, test runners, Node.js, a Chromium and a Firefox.
#
# As root on Debian or Ubuntu it installs missing system packages; otherwise it names those that are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:?say runtime or dev}
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# --- system packages ------------------------------------------------------------------------------------------------
can_install() { [ "$(id -u)" = 0 ] && has apt-get; }
missing_packages() {
    has "$python" || echo python3
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    # Fonts are no reason to refuse to run, but where npm can be installed the pages should have theirs.
    if [ "$mode" = dev ] || can_install; then
        has node && has npm || echo nodejs npm
    fi
    if [ "$mode" = dev ]; then
        has chromium || has chromium-browser || has google-chrome || echo chromium
        has firefox-esr || has firefox || echo firefox-esr
    fi
}

missing=$(missing_packages | xargs)
if [ -n "$missing" ] && can_install; then
    say "Installing $missing ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of words
    apt-get install -qq --yes --no-install-recommends $missing >/dev/null
    missing=$(missing_packages | xargs)
fi
if [ -n "$missing" ]; then
    say "Something is missing. Please install it, then run make again:  sudo apt-get install $missing"
    exit 1
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Thirdchair needs Python 3.11 or later, and $python is $("$python" -V). Name another: make run PYTHON=python3.12"
    exit 1
}

# --- Python ---------------------------------------------------------------------------------------------------------
lock=requirements.lock
[ "$mode" = runtime ] || lock=requirements-dev.lock
say "Installing Python packages into .venv ..."
.venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# --- the browser's side ---------------------------------------------------------------------------------------------
npm_install() { npm ci --no-fund --no-audit --loglevel=error "$@" >&2; }
if [ "$mode" = dev ]; then
    npm_install
    scripts/fonts.sh
elif has npm && npm_install --omit=dev; then
    scripts/fonts.sh
else
    say "There is no npm, so the pages use the system's fonts."
fi

rm -f .venv/.dev # a runtime install takes the development packages of node_modules away
touch ".venv/.$mode" .venv/.runtime
