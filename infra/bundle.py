"""The folder that becomes every function's code: the package and its locked dependencies, without Docker."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "functions"
LOCK = ROOT / "requirements-runtime.lock"
"""Without boto3, botocore and s3transfer (32 of 48 MB), all three: the Lambda runtime brings them, and one
of ours alone would shadow the runtime's and meet strangers of another version."""
PULL_LOCK = ROOT / "requirements-pull.lock"
"""The same and datadog-api-client, which is larger than all the rest together."""
CATALOG = Path("cloudops", "catalog.json")
"""Where the code looks for the catalog that it was deployed with."""
ROUTING = Path("cloudops", "slack_routing.json")
"""Where it looks for the routing of what it tells people."""

KEPT = 24 * 3600.0
"""Seconds that a bundle which nobody asks for stays on this machine."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the code will run. `python` is a version as uv writes it, `platform` is None for this machine;
    `compiler` is an interpreter of that very version, or None where none is at hand."""

    LAMBDA_PYTHON: ClassVar = "3.13"

    python: str
    platform: str | None
    compiler: Path | None

    @classmethod
    def lambda_arm64(cls) -> "Target":
        """AWS Lambda. google-re2 has no wheel older than manylinux_2_28; Amazon Linux 2023 is newer."""
        return cls(cls.LAMBDA_PYTHON, "aarch64-manylinux_2_28", _interpreter(cls.LAMBDA_PYTHON))

    @classmethod
    def this_machine(cls) -> "Target":
        """For the emulator, which runs functions on the interpreter that runs it."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(version, None, Path(sys.executable))


@dataclass(frozen=True, slots=True)
class Bundle:
    """A built folder and the digest of everything that went into it."""

    folder: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a bundle is built from besides the sources; `catalog` and `routing` are JSON, or empty."""

    target: Target
    lock: Path = LOCK
    catalog: str = ""
    routing: str = ""


def build(recipe: Recipe, into: Path = ROOT / "build" / "lambda") -> Bundle:
    """Build the folder, or find it built from the same recipe and sources."""
    digest = fingerprint(recipe)
    bundle = Bundle(into / digest, digest)
    if bundle.folder.exists():
        os.utime(bundle.folder)
        return bundle
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into) as scratch:
        folder = Path(scratch) / "bundle"
        _install_dependencies(recipe, folder)
        shutil.copytree(SOURCES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        if recipe.catalog:
            (folder / CATALOG).write_text(recipe.catalog)
        if recipe.routing:
            (folder / ROUTING).write_text(recipe.routing)
        if recipe.target.compiler:
            _compile(recipe.target.compiler, folder)
        _publish(folder, bundle.folder)
    _forget_old(into)
    return bundle


def _publish(folder: Path, final: Path) -> None:
    """Rename it into place; another process that built the same one first has done so already."""
    try:
        folder.rename(final)
    except OSError:
        if not final.exists():
            raise


def _forget_old(into: Path) -> None:
    for folder in into.iterdir():
        with suppress(FileNotFoundError):  # another process tidies up as well
            if time.time() - folder.stat().st_mtime > KEPT:
                shutil.rmtree(folder, ignore_errors=True)


def _install_dependencies(recipe: Recipe, folder: Path) -> None:
    target = recipe.target
    uv = str(Path(sys.executable).with_name("uv"))
    command = [
        *(uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--python-version", target.python, "--target", str(folder), "--requirement", str(recipe.lock)),
    ]
    if target.platform:
        command += ["--python-platform", target.platform]
    subprocess.run(command, check=True, cwd=ROOT)
    shutil.rmtree(folder / "bin", ignore_errors=True)


def _compile(interpreter: Path, folder: Path) -> None:
    """Unchecked, because the zip's times are not the sources' and the deployed folder cannot be written."""
    command = (str(interpreter), "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash")
    subprocess.run((*command, "-s", str(folder), "-p", "/var/task", str(folder)), check=True)


def _interpreter(version: str) -> Path | None:
    """A working interpreter of the version: a version manager's shim may be found and still not run."""
    found = shutil.which(f"python{version}")
    if not found:
        return None
    probe = subprocess.run([found, "-c", ""], capture_output=True, check=False)
    return None if probe.returncode else Path(found)


def fingerprint(recipe: Recipe) -> str:
    """Of everything that a bundle is built from, and of how."""
    target = recipe.target
    how = (target.python, target.platform, bool(target.compiler), recipe.catalog, recipe.routing)
    content = hashlib.sha256(repr(how).encode())
    content.update(Path(__file__).read_bytes())
    content.update(recipe.lock.read_bytes())
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content.update(os.fsencode(path.relative_to(SOURCES)) + b"\0" + path.read_bytes())
    return content.hexdigest()[:32]
