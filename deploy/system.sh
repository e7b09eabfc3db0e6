#!/bin/sh
# Chromium and a Postgres server for the tests, from the system's packages. Does nothing where both are there.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need$missing: install them with your system's package manager, then run make test again." >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "The tests need$missing: run sudo apt-get install$missing, then make test again." >&2; exit 1; }
    as_root="sudo"
fi
echo "Installing$missing"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
