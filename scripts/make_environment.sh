#!/bin/sh
# Makes .venv, or says in one sentence what the machine lacks for it.
set -eu

for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done

if [ -z "${python:-}" ]; then
    echo "Python 3.11 or newer is missing; on Debian and Ubuntu this command brings it: apt-get install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Python's venv module is missing; on Debian and Ubuntu this command brings it: apt-get install python3-venv" >&2
    exit 1
fi

echo "Making the environment .venv with $("$python" --version)"
# A half-made environment of an earlier, interrupted run would be kept otherwise.
"$python" -m venv --clear .venv
