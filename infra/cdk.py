"""The pinned CDK command line, run on the Node that came with the project's Python packages."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from infra.bundle import ROOT
from infra.failure import CommandFailure, tail

NODE = Path(os.environ["JSII_NODE"])  # noqa: TID251 - set by this package for jsii
NPM = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
MODULES = ROOT / "node_modules"
CLI = MODULES / "aws-cdk" / "bin" / "cdk"


def install() -> None:
    """Install the locked Node packages where the lock has changed since."""
    lock = (ROOT / "package-lock.json").read_bytes()
    stamp = MODULES / ".lock.sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    log = ROOT / ".local" / "npm.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        done = run_quietly([str(NODE), str(NPM), "ci", "--ignore-scripts"], output)
    if done:
        raise CommandFailure(
            f"could not install the CDK command line:\n{tail(log)}",
            "check that this machine reaches its npm registry, then run the command again",
        )
    stamp.write_text(wanted)


def command(*arguments: str) -> list[str]:
    """The command line, for an app that runs on this very interpreter."""
    return [str(NODE), str(CLI), *arguments, "--app", f"{sys.executable} app.py"]


def environ(**more: str) -> dict[str, str]:
    """The caller's environment with our Node first on the PATH, as npm's children ask for it by name."""
    inherited = dict(os.environ)  # noqa: TID251 - the CDK needs the caller's credentials
    inherited["PATH"] = f"{NODE.parent}{os.pathsep}{inherited.get('PATH', os.defpath)}"
    return inherited | more


def run_quietly(command: list[str], output: IO[bytes], environment: Mapping[str, str] | None = None) -> int:
    """Run in the project's folder with everything that it says going to `output`; gives its exit status."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environ(**(environment or {})),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        check=False,
    ).returncode
