#!/usr/bin/env bash
# Puts all that sportcoach needs into .venv and models/ on a Debian or Ubuntu machine without ROS.
# Each step leaves a stamp with the hash of what it was made from, and runs again only when that has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

ROOT=$PWD
VENV=$ROOT/.venv
STATE=$VENV/.setup
KEY=$ROOT # of the last step; carried along, so that a step that runs makes those after it run

# A ROS installation that happens to be sourced must not leak into the virtualenv.
unset PYTHONPATH AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

# step NAME COMMAND FILE...: run COMMAND if one of FILEs, or a step before this one, has changed since it last succeeded.
step() {
    local name=$1 command=$2
    shift 2
    KEY=$(echo "$KEY" "$(sha256sum -- "$@")" | sha256sum)
    [ "$(cat "$STATE/$name" 2>/dev/null)" = "$KEY" ] && return
    "$command"
    mkdir -p "$STATE"
    echo "$KEY" >"$STATE/$name"
}

# logged NAME COMMAND...: run COMMAND with its output in a log; when it fails, end with one line that says where.
logged() {
    local log=$ROOT/build/$1.log
    shift
    "$@" >"$log" 2>&1 || fail "'$(basename "$1") ${2:-}' failed: $(grep -v '^ *$' "$log" | tail -n 1) (all of it in $log)"
}

suitable() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.12 python3.11}; do
        if suitable "$candidate"; then echo "$candidate"; return; fi
    done
    return 1
}

# Debian packages that are missing, and that sportcoach cannot do without.
missing_packages() {
    local python
    if python=$(find_python); then
        local version="import sys; print('python%d.%d' % sys.version_info[:2])"
        "$python" -c 'import ensurepip' 2>/dev/null || echo "$("$python" -c "$version")-venv"
        "$python" -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' 2>/dev/null ||
            echo "$("$python" -c "$version")-dev"
    else
        echo python3 python3-venv python3-dev
    fi
    command -v g++ >/dev/null || echo g++
    command -v make >/dev/null || echo make
    command -v npm >/dev/null || [ -f models/pose_landmarker_full.task ] || echo npm
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
    as_root apt-get update -qq || true # an unreachable repository that nothing is needed from is no reason to stop
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
}

system_packages() {
    local missing
    missing=$(missing_packages | xargs)
    if [ -n "$missing" ]; then
        say "installing the Debian packages $missing"
        # shellcheck disable=SC2086 # one word per package
        apt_install $missing >/dev/null 2>&1 || fail "needs the Debian packages $missing: run 'sudo apt-get install $missing'"
    fi
    if ! command -v espeak-ng >/dev/null; then
        say "installing the Debian package espeak-ng for the voice"
        apt_install espeak-ng >/dev/null 2>&1 ||
            say "espeak-ng could not be installed: no voice until you run 'sudo apt-get install espeak-ng'"
    fi
    if ! ldconfig -p | grep -q libEGL && ! ldconfig -p | grep -q libOSMesa; then
        say "installing the Debian packages libegl1 and libgl1-mesa-dri, which draw the simulated athlete"
        apt_install libegl1 libgl1-mesa-dri >/dev/null 2>&1 ||
            say "they could not be installed: no simulated athlete until you run 'sudo apt-get install libegl1 libgl1-mesa-dri'"
    fi
    find_python >/dev/null || fail "needs Python 3.11 or 3.12; name one with 'make setup PYTHON=/path/to/python3.11'"
}

# A virtualenv cannot be moved: its scripts name the folder that it was made in.
usable_venv() { suitable "$VENV/bin/python" && head -n 2 "$VENV/bin/pip" 2>/dev/null | grep -qF "$VENV/bin/"; }

machine() {
    system_packages
    usable_venv || logged venv "$(find_python)" -m venv --clear "$VENV"
}

python_packages() {
    say "installing Python packages into .venv (about 2 GB, some minutes)"
    logged pip "$VENV/bin/pip" install --disable-pip-version-check --no-input \
        -r requirements.txt -r requirements-dev.txt -c constraints.txt
    logged cmake "$VENV/bin/python" tools/repair_cmake.py
}

# Built into the virtualenv itself, where the ROS wheels look for libraries: nothing has to be sourced.
workspace() {
    say "building sportcoach_msgs and sportcoach with colcon"
    logged colcon env PATH="$VENV/bin:$PATH" AMENT_PREFIX_PATH="$VENV" CMAKE_PREFIX_PATH="$VENV" \
        COLCON_DEFAULTS_FILE=colcon_defaults.yaml \
        colcon --log-base build/log build --merge-install --install-base "$VENV" --symlink-install \
        --cmake-clean-cache --cmake-args -DPython3_EXECUTABLE="$VENV/bin/python" -DBUILD_TESTING=OFF
    local packages
    packages=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$ROOT/build/sportcoach" \
        'import os, sys; os.environ.setdefault("AMENT_PREFIX_PATH", sys.prefix)' >"$packages/sportcoach.pth"
    ln -sf ../lib/sportcoach/sportcoach "$VENV/bin/sportcoach"
}

installed_files() { find config launch -type f -not -name '*.pyc' | LC_ALL=C sort; }

exec 9<. && flock 9 # one set-up of this folder at a time
mkdir -p build && installed_files >build/installed_files
step machine machine tools/setup.sh
step python python_packages requirements*.txt constraints.txt tools/repair_cmake.py
step workspace workspace colcon_defaults.yaml package.xml setup.py setup.cfg build/installed_files \
    sportcoach_msgs/package.xml sportcoach_msgs/CMakeLists.txt sportcoach_msgs/msg/*.msg
"$VENV/bin/python" -m sportcoach_perception.pose_model
