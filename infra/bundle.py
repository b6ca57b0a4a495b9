"""The folder that becomes every function's code: the package and its locked dependencies, without Docker."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from infra import import_closure
from infra.file_lock import locked

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "functions"
LOCK = ROOT / "requirements-runtime.lock"
"""Without boto3, botocore and s3transfer (32 of 48 MB), all three: the Lambda runtime brings them, and one
of ours alone would shadow the runtime's and meet strangers of another version."""
GENERATED = "datadog_api_client"
"""9,830 modules of 25 MB, generated, of which the bundle holds those that our imports reach."""
CATALOG = Path("cloudops", "catalog.json")
"""Where the code looks for the catalog that it was deployed with."""
ROUTING = Path("cloudops", "slack_routing.json")
"""Where the code looks for the routing of notifications."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that equal content gives an equal archive."""
FILE_MODE = 0o100644 << 16
"""As an archive's external attributes: a regular file that everyone may read."""
KEPT = 24 * 3600.0
"""Seconds that an unused bundle stays on this machine."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the code will run. `python` is a version as uv writes it, `platform` is None for this machine;
    `compiler` is an interpreter of that very version, or None if there is none."""

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
    """A built folder, the archive of its content, and the digest of everything that went into it."""

    folder: Path
    archive: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a bundle is built from besides the sources; `catalog` and `routing` are JSON, or empty."""

    target: Target
    catalog: str = ""
    routing: str = ""


def build(recipe: Recipe, into: Path = ROOT / "build" / "lambda") -> Bundle:
    """Build the folder and its archive, or find them built from the same recipe and sources."""
    digest = fingerprint(recipe)

    def fill(folder: Path) -> None:
        code = folder / "code"
        shutil.copytree(dependencies(recipe.target, into), code, copy_function=_link)
        ours = folder / "ours"
        shutil.copytree(SOURCES, ours, ignore=shutil.ignore_patterns("__pycache__"))
        if recipe.catalog:
            (ours / CATALOG).write_text(recipe.catalog)
        if recipe.routing:
            (ours / ROUTING).write_text(recipe.routing)
        _compile(recipe.target, ours)
        shutil.copytree(ours, code, dirs_exist_ok=True, copy_function=_link)
        shutil.rmtree(ours)
        pack(code, folder / "code.zip", compress=recipe.target.platform is not None)

    folder = _built(into / digest, fill)
    return Bundle(folder / "code", folder / "code.zip", digest)


def dependencies(target: Target, into: Path = ROOT / "build" / "lambda") -> Path:
    """The folder with the locked packages, compiled: every bundle for the target shares it."""
    reached = import_closure.imports_of(SOURCES, GENERATED)
    content = hashlib.sha256(_recipe_parts(target) + repr(sorted(reached)).encode())

    def fill(folder: Path) -> None:
        _install(target, folder)
        import_closure.prune(folder, GENERATED, reached)
        _compile(target, folder)

    return _built(into / f"dependencies-{content.hexdigest()[:32]}", fill)


def pack(folder: Path, archive: Path, *, compress: bool) -> None:
    """Equal content gives an equal archive, on whatever machine and at whatever time."""
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(archive, "w", method) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = FILE_MODE
            entry.compress_type = method
            packed.writestr(entry, path.read_bytes())


def _built(folder: Path, fill: Callable[[Path], None]) -> Path:
    """The folder, filled once: other processes wait for the one that fills it."""
    with locked(folder.with_name(f".{folder.name}.lock")):
        if folder.exists():
            os.utime(folder)
            return folder
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            fill(Path(scratch, "folder"))
            Path(scratch, "folder").rename(folder)
    _forget_old(folder.parent)
    return folder


def _forget_old(into: Path) -> None:
    for path in into.iterdir():
        with suppress(FileNotFoundError):  # another process tidies up as well
            if time.time() - path.stat().st_mtime <= KEPT:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _link(source: str, destination: str) -> None:
    """A hard link, which costs neither time nor space; built folders are never written to again."""
    os.link(source, destination)


def _install(target: Target, folder: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    command = [
        *(uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--python-version", target.python, "--target", str(folder), "--requirement", str(LOCK)),
    ]
    if target.platform:
        command += ["--python-platform", target.platform]
    subprocess.run(command, check=True, cwd=ROOT)
    shutil.rmtree(folder / "bin", ignore_errors=True)


def _compile(target: Target, folder: Path) -> None:
    """Unchecked, because the zip's times are not the sources' and the deployed folder cannot be written.
    Nothing is compiled where there is no interpreter of the target's version."""
    if target.compiler is None:
        return
    command = (*(str(target.compiler), "-m", "compileall", "-q"), *("-j", "0"))
    mode = ("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task")
    subprocess.run((*command, *mode, str(folder)), check=True)


def _interpreter(version: str) -> Path | None:
    """A working interpreter of the version: a version manager's shim may be found and still not run."""
    found = shutil.which(f"python{version}")
    if not found:
        return None
    probe = subprocess.run([found, "-c", ""], capture_output=True, check=False)
    return None if probe.returncode else Path(found)


def fingerprint(recipe: Recipe) -> str:
    """Of everything that a bundle is built from, and of how."""
    content = hashlib.sha256(_recipe_parts(recipe.target))
    content.update(repr((recipe.catalog, recipe.routing)).encode())
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content.update(os.fsencode(path.relative_to(SOURCES)) + b"\0" + path.read_bytes())
    return content.hexdigest()[:32]


def _recipe_parts(target: Target) -> bytes:
    how = (target.python, target.platform, bool(target.compiler))
    parts = (Path(__file__), Path(import_closure.__file__), LOCK)
    return repr(how).encode() + b"".join(path.read_bytes() for path in parts)
