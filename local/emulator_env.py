"""The emulator's own Python environment, apart from the project's because it pins its own botocore."""

import hashlib
import subprocess
import sys
from pathlib import Path

from infra.cli_errors import CommandFailure, tail
from infra.file_lock import locked
from local.ports import ROOT

LOCK = ROOT / "requirements-local.lock"
ENVIRONMENT = ROOT / ".local" / "ministack"


def install() -> Path:
    """The environment's interpreter; it is built again if the lock or this interpreter has changed."""
    with locked(ENVIRONMENT.with_name(".ministack.lock")):
        return _install()


def _install() -> Path:
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    uv = str(Path(sys.executable).with_name("uv"))
    _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
    _run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK))
    stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    log = ENVIRONMENT.parent / "install.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise CommandFailure(
            f"could not install the AWS emulator:\n{tail(log)}",
            "check that this machine reaches its Python package index, then run the command again",
        )
