"""Builds what a release publishes, in dist/: wheel, Lambda bundle, SBOM, checksums and notes.

    python -m tools.release v0.1.0

The tag is `v` and the version in pyproject.toml, and CHANGELOG.md has a section of that version, which
becomes the notes. The SBOM (CycloneDX) lists the locked packages of the Lambda bundle. Without a tag, the
notes are the section Unreleased: a rehearsal.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.bundle import LOCK, Recipe, Target, build

ROOT: Final = Path(__file__).resolve().parents[1]
TOOLS: Final = ROOT / "build" / "venvs" / "release" / "bin"
UNRELEASED: Final = "Unreleased"


class ReleaseError(Exception):
    """The release cannot be built; the message says why."""


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def check_tag(tag: str, current: str) -> None:
    if tag != f"v{current}":
        raise ReleaseError(f"the tag is {tag}, and pyproject.toml has version {current}: expected v{current}")


def notes(changelog: str, section: str) -> str:
    """Returns the text of one version's section, without its heading."""
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        if re.match(rf"\[?{re.escape(section)}\]?(\s|$)", heading):
            if not text.strip():
                raise ReleaseError(f"the section {section} of CHANGELOG.md is empty")
            return text.strip() + "\n"
    raise ReleaseError(f"CHANGELOG.md has no section {section}")


def checksums(files: Sequence[Path]) -> str:
    """Returns the lines that `sha256sum --check` reads."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def build_wheel(into: Path) -> Path:
    command = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", into)
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    (wheel,) = into.glob("*.whl")
    return wheel


def build_lambda(into: Path, current: str) -> Path:
    archive = build(Recipe(Target.lambda_arm64())).archive
    return Path(shutil.copyfile(archive, into / f"cloudops_agent-{current}-lambda-arm64.zip"))


def build_sbom(into: Path, current: str) -> Path:
    sbom = into / f"cloudops_agent-{current}.cdx.json"
    command = (TOOLS / "cyclonedx-py", "requirements", LOCK, "--pyproject", ROOT / "pyproject.toml")
    options = ("--output-reproducible", "--spec-version", "1.6", "--output-file", sbom)
    subprocess.run((*command, *options), check=True, cwd=ROOT)
    return sbom


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.release", description=__doc__.splitlines()[0])
    parser.add_argument("tag", nargs="?", help="such as v0.1.0")
    options = parser.parse_args(arguments)
    current = version()
    try:
        if options.tag:
            check_tag(options.tag, current)
        text = notes((ROOT / "CHANGELOG.md").read_text(), current if options.tag else UNRELEASED)
    except ReleaseError as error:
        print(f"tools.release: {error}", file=sys.stderr)
        return 1
    into = ROOT / "dist"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    files = [build_wheel(into), build_lambda(into, current), build_sbom(into, current)]
    (into / "SHA256SUMS").write_text(checksums(files))
    (into / "NOTES.md").write_text(text)
    for file in sorted(into.iterdir()):
        print(f"{file.stat().st_size:12,} {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
