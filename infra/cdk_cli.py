"""The pinned CDK command line, run on the Node that came with the project's Python packages."""

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.bundle import ROOT
from infra.cli_errors import CommandFailure, tail
from infra.file_lock import locked

NODE = Path(os.environ["JSII_NODE"])  # noqa: TID251 - set by this package for jsii
NPM = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
MODULES = ROOT / "node_modules"
COMMAND = (str(NODE), str(MODULES / "aws-cdk" / "bin" / "cdk"))
APP = f"{shlex.quote(sys.executable)} app.py"
"""Run on this very interpreter, from the project's folder."""


def install() -> None:
    """Install the locked Node packages where the lock has changed since."""
    with locked(ROOT / "build" / ".node_modules.lock"):
        _install()


def _install() -> None:
    lock = (ROOT / "package-lock.json").read_bytes()
    stamp = MODULES / ".lock.sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    log = ROOT / ".local" / "npm.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        npm = (str(NODE), str(NPM), "ci", "--ignore-scripts")
        done = subprocess.run(
            npm, cwd=ROOT, env=environ(), stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise CommandFailure(
            f"could not install the CDK command line:\n{tail(log)}",
            "check that this machine reaches its npm registry, then run the command again",
        )
    stamp.write_text(wanted)


def environ(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment, or `base`, with our Node first on the PATH: children ask for `node`."""
    inherited = dict(os.environ if base is None else base)  # noqa: TID251 - the CDK needs its credentials
    inherited["PATH"] = f"{NODE.parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"
    return inherited
