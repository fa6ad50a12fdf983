#!/usr/bin/env bash
# Fetches axe-core (MPL-2.0), with which a test looks for what keeps people from using the live view, into build/.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/axe-core
cd build/axe-core
npm pack --silent axe-core@4.14.1 >/dev/null
tar xzf axe-core-4.14.1.tgz package/axe.min.js
