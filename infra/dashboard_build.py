"""`make dashboard`: builds the dashboard and checks it, where what it is made of has changed since."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.bundle import ROOT
from infra.cdk_cli import NODE, NPM, environ
from infra.cli_errors import CommandFailure, failures_end_the_command, tail
from infra.file_lock import locked

SOURCE: Final = ROOT / "dashboard"
BUILT: Final = ROOT / "build" / "dashboard"
CONTRACT: Final = ROOT / "docs" / "openapi.json"
"""What its API client is generated from."""
_STAMP: Final = ".made-of"


def build() -> Path:
    """The folder with the built dashboard. CommandFailure says what npm said."""
    with locked(BUILT.parent / ".dashboard.lock"):
        install()
        wanted = digest()
        stamp = BUILT.parent / f"dashboard{_STAMP}"
        if not (BUILT / "index.html").exists() or not stamp.exists() or stamp.read_text() != wanted:
            run("run", "generate")
            run("run", "build")
            stamp.write_text(wanted)
    return BUILT


def check() -> None:
    """Types against the API's contract, lint, tests, and what a first visit loads; CommandFailure shows what
    was found."""
    build()
    for step in ("check", "test", "size"):
        run("run", step)


def install() -> None:
    """Its locked packages, where the lock has changed since."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    stamp = SOURCE / "node_modules" / ".lock.sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        run("ci", "--ignore-scripts")
        stamp.write_text(wanted)


def digest() -> str:
    """Of everything that the built dashboard is made of."""
    content = hashlib.sha256()
    for path in _inputs():
        content.update(str(path.relative_to(ROOT)).encode())
        content.update(path.read_bytes())
    return content.hexdigest()


def run(*arguments: str) -> None:
    """An npm command in the dashboard's folder, on our Node."""
    log = ROOT / ".local" / "dashboard.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as output:
        command = (str(NODE), str(NPM), *arguments)
        done = subprocess.run(
            command, cwd=SOURCE, env=environ(), stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise CommandFailure(
            f"npm {' '.join(arguments)} failed for the dashboard:\n{tail(log)}", f"the whole log is {log}"
        )


def _inputs() -> Iterator[Path]:
    yield CONTRACT
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file() and not {"node_modules", "schema.d.ts"} & set(path.parts):
            yield path


if __name__ == "__main__":
    with failures_end_the_command():
        check()
        print("The dashboard is built, and passes its checks")
