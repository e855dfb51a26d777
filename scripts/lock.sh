#!/usr/bin/env bash
# Resolves pyproject.toml into the three lock files: hashes, but no download addresses.
# With --upgrade newer versions are taken; without, what stands stays.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool"
"$tool/bin/pip" install --quiet uv==0.13.9

resolve() {
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml "$@"
}
resolve "${@}" --group build --output-file requirements.lock
resolve "${@}" --group build --extra cluster --constraint requirements.lock --output-file requirements-cluster.lock
resolve "${@}" --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
