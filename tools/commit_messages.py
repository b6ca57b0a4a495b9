"""Checks commit messages: the subject is `area: what` in at most 72 characters, and a blank line follows it.

python -m tools.commit_messages --file .git/COMMIT_EDITMSG   # the commit-msg hook
python -m tools.commit_messages origin/main..HEAD            # what a pull request adds
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
MAX_SUBJECT: Final = 72
"""Characters that `git log --oneline` shows in a terminal of 80 columns."""
OTHER_AREAS: Final = frozenset({"dashboard", "infra", "docs", "tests", "build", "local"})
"""Areas beside the packages of functions/cloudops."""
_SUBJECT: Final = re.compile(r"(?P<area>[a-z_]+): (?P<what>\S.*)")
_WRITTEN_BY_GIT: Final = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")
_SCISSORS: Final = "# ------------------------ >8 ------------------------"


def areas() -> frozenset[str]:
    packages = (ROOT / "functions" / "cloudops").iterdir()
    return OTHER_AREAS | {one.name for one in packages if (one / "__init__.py").exists()}


def problems(message: str, known: frozenset[str]) -> list[str]:
    """Returns what is wrong with a commit message; empty if nothing is."""
    subject, _, rest = message.partition("\n")
    if subject.startswith(_WRITTEN_BY_GIT):
        return []
    found = []
    if len(subject) > MAX_SUBJECT:
        found.append(f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed")
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        found.append("the subject is not `area: what`")
    else:
        if match["area"] not in known:
            found.append(f"{match['area']!r} is no area; the areas are {', '.join(sorted(known))}")
        if match["what"].endswith("."):
            found.append("the subject ends with a period")
    if rest.strip() and not rest.startswith("\n"):
        found.append("a blank line is missing after the subject")
    return found


def without_comments(text: str) -> str:
    """Returns what git keeps of an edited message file."""
    text = text.partition(_SCISSORS)[0]
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()


def messages(commits: str) -> list[str]:
    """Returns the messages of a range of commits, without merges, oldest first."""
    command = ("git", "log", "--reverse", "--no-merges", "--format=%B%x00", commits)
    listed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return [one.strip() for one in listed.split("\0") if one.strip()]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.commit_messages", description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", type=Path, help="a message that git is about to commit")
    which.add_argument("commits", nargs="?", help="a range, such as origin/main..HEAD")
    options = parser.parse_args(arguments)
    found = [without_comments(options.file.read_text())] if options.file else messages(options.commits)
    known, failed = areas(), 0
    for message in found:
        for problem in problems(message, known):
            print(f"{message.splitlines()[0] if message else '(empty)'}: {problem}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
