#!/bin/sh
# The environment: a venv with exactly what requirements.lock names, every file checked against its hash.
set -eu
python=${PYTHON:-python3}

"$python" - <<'CHECK' || exit 1
import importlib.util, sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}: make setup PYTHON=python3.11")
if importlib.util.find_spec("ensurepip") is None:
    sys.exit("the module venv is incomplete: apt install python3-venv")
CHECK

[ -x .venv/bin/python ] || "$python" -m venv .venv
if ! .venv/bin/uv --version 2>/dev/null | grep -q " ${UV_VERSION} \| ${UV_VERSION}\$"; then
  echo "setup: installing uv ${UV_VERSION}"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==${UV_VERSION}"
fi
echo "setup: installing the locked packages into .venv (about 1.2 GB the first time)"
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
