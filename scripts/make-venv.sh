#!/bin/sh
# Create .venv with the newest Python from 3.11 on; leave one that works alone.
# Debian splits venv from its Python: as root the package is installed, others are told what to run.
set -eu
venv=.venv

if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

recent_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 && recent_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "setup: no Python 3.11 or newer found; install one, or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "setup: $python cannot create virtual environments. Run this once, then repeat:" >&2
        echo "    sudo apt-get install $package" >&2
        exit 1
    fi
    echo "setup: installing $package"
    scripts/apt-install.sh "$package"
fi

echo "setup: creating $venv with $("$python" --version)"
"$python" -m venv --clear "$venv"
