#!/bin/sh
# Makes sure there is a Chromium for the browser tests, or says in one sentence how to get it.
# Debian's headless shell opens windows at a sixth of the whole browser's cost, so it is brought where it may be.
set -eu

if command -v "${CHROMIUM:-chromium-headless-shell}" >/dev/null 2>&1; then
    exit 0
fi

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    fi
fi

if [ -n "${as_root:-}" ]; then
    echo "Installing Chromium for the browser tests"
    log=$(mktemp)
    if $as_root DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell' >"$log" 2>&1 &&
        command -v chromium-headless-shell >/dev/null 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi

for candidate in chromium chromium-browser google-chrome; do
    if command -v "$candidate" >/dev/null 2>&1; then
        exit 0
    fi
done

echo "Chromium is missing, which the browser tests drive; on Debian this command brings it: apt-get install chromium-headless-shell" >&2
exit 1
