#!/bin/sh
# Install what the tests against real services need and this machine lacks. Only root on a Debian
# does so; elsewhere pytest says at its end what could not be run.
set -eu

missing=
lacks() { missing="$missing $*"; }

if [ -z "${WENZHENG_TEST_DATABASE_URL:-}" ]; then
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || lacks postgresql
fi
if [ -z "${WENZHENG_TEST_REDIS_URL:-}" ]; then
    command -v redis-server >/dev/null 2>&1 || lacks redis-server
fi
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || lacks chromium
fc-list :lang=zh-cn 2>/dev/null | grep -q . || lacks fonts-noto-cjk

[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test: installing$missing"
    # shellcheck disable=SC2086  # a list of package names
    "$(dirname "$0")/apt-install.sh" $missing
else
    echo "test: not installed:$missing" >&2
fi
