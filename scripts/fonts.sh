#!/usr/bin/env bash
# Copies the cuts that the pages use, with their licence, from node_modules to web/static/fonts.
set -euo pipefail
cd "$(dirname "$0")/.."

fonts=node_modules/@fontsource-variable
target=web/static/fonts
mkdir -p "$target"
for family in source-sans-3 source-serif-4; do
    cp "$fonts/$family"/files/"$family"-latin{,-ext}-wght-{normal,italic}.woff2 "$target/"
    cp "$fonts/$family/LICENSE" "$target/$family-LICENSE.txt"
done
