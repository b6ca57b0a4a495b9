"""Mutation tests of the modules that decide what the agent does, with a floor for each module's score.

python -m tools.mutants [MODULE ...]     # such as remediation/guardrails; all without an argument

mutmut changes one place of a module at a time and runs the tests that reach it. A mutant that no test notices
survives; a module's score is the share of its mutants that the tests kill. Exits 1 if a score is below its
floor in pyproject.toml.

mutmut names a module by its path and strips only `src/`, while the package lies in `functions/`. It also
writes beside what it mutates. So it works on a copy in build/mutation, where the package is in `src/`.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
WORK: Final = ROOT / "build" / "mutation"
MUTMUT: Final = ROOT / "build" / "venvs" / "mutation" / "bin" / "mutmut"
KILLED: Final = frozenset({"killed", "timeout", "segfault", "caught by type check"})
SURVIVED: Final = frozenset({"survived", "no tests"})
_PYTHONPATH: Final = 'pythonpath = ["functions", "."]'
_RESULT: Final = re.compile(r"\s*(?P<mutant>cloudops\.[\w.]+\.x\S+__mutmut_\d+): (?P<status>.+)")


class Settings(NamedTuple):
    """The least score of each module in percent, and the tests that are run against its mutants."""

    floors: Mapping[str, float]
    tests: Sequence[str]


class Score(NamedTuple):
    killed: int
    survived: int
    other: int
    """Mutants without a verdict, for example because mutmut was interrupted."""

    @property
    def percent(self) -> float:
        return 100 * self.killed / max(self.killed + self.survived, 1)


def settings() -> Settings:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["cloudops"]["mutants"]
    return Settings(read["floors"], read["tests"])


def stage(modules: Iterable[str], tests: Iterable[str]) -> None:
    """Writes the copy that mutmut works on, with its configuration."""
    shutil.rmtree(WORK, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "e2e", "pictures")
    shutil.copytree(ROOT / "functions" / "cloudops", WORK / "src" / "cloudops", ignore=ignored)
    for folder in ("tests", "local", "infra"):
        shutil.copytree(ROOT / folder, WORK / folder, ignore=ignored)
    project = (ROOT / "pyproject.toml").read_text()
    if _PYTHONPATH not in project:
        raise SystemExit(f"pyproject.toml no longer has {_PYTHONPATH}: change tools/mutants.py with it")
    (WORK / "pyproject.toml").write_text(
        project.replace(_PYTHONPATH, 'pythonpath = ["src", "."]')
        + "\n[tool.mutmut]\n"
        + 'source_paths = ["src/cloudops"]\n'
        + f"only_mutate = {[f'src/cloudops/{module}.py' for module in modules]}\n"
        + f"pytest_add_cli_args_test_selection = {list(tests)}\n"
        + 'pytest_add_cli_args = ["-p", "no:cacheprovider"]\n'
        + 'also_copy = ["local", "infra"]\n'
        + "use_git_change_detection = false\ntrack_dependencies = false\n"
    )


def scores(results: str) -> dict[str, Score]:
    """Returns the score of each module in the output of `mutmut results --all true`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for line in results.splitlines():
        if match := _RESULT.fullmatch(line):
            module = match["mutant"].rpartition(".")[0].removeprefix("cloudops.").replace(".", "/")
            found[module][match["status"]] += 1
    return {
        module: Score(
            killed=sum(counts[status] for status in KILLED),
            survived=sum(counts[status] for status in SURVIVED),
            other=sum(number for status, number in counts.items() if status not in KILLED | SURVIVED),
        )
        for module, counts in found.items()
    }


def report(found: Mapping[str, Score], floors: Mapping[str, float]) -> list[str]:
    """Prints a line a module, and returns what is wrong: a score below its floor, or no whole verdict."""
    print(f"{'module':34} {'mutants':>8} {'killed':>7} {'survived':>9} {'score':>7} {'floor':>6}")
    wrong = []
    for module, floor in floors.items():
        score = found.get(module, Score(0, 0, 0))
        total = score.killed + score.survived
        print(
            f"{module:34} {total:8} {score.killed:7} {score.survived:9} {score.percent:6.1f}% {floor:5.0f}%"
        )
        if not total or score.other:
            wrong.append(f"{module}: {total} mutants have a verdict and {score.other} have none")
        elif score.percent < floor:
            wrong.append(f"{module}: {score.percent:.1f} % killed, the floor is {floor:.0f} %")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("module", nargs="*", help="only these, such as remediation/guardrails")
    parser.add_argument("--processes", default="2")
    options = parser.parse_args(arguments)
    floors, tests = settings()
    if unknown := sorted(set(options.module) - floors.keys()):
        parser.error(f"no floor in pyproject.toml for {', '.join(unknown)}")
    asked = {module: floor for module, floor in floors.items() if module in (options.module or floors)}
    stage(asked, tests)
    with (WORK / "run.log").open("w") as log:
        command = (MUTMUT, "run", "--max-children", options.processes)
        ran = subprocess.run(command, cwd=WORK, stdout=log, stderr=subprocess.STDOUT, check=False)
    if ran.returncode:
        print(f"mutmut failed, see {WORK / 'run.log'}", file=sys.stderr)
        return 1
    listed = subprocess.run(
        (MUTMUT, "results", "--all", "true"), cwd=WORK, check=True, capture_output=True, text=True
    ).stdout
    (WORK / "results.txt").write_text(listed)
    wrong = report(scores(listed), asked)
    for problem in wrong:
        print(problem, file=sys.stderr)
    print(f"Survivors are in {WORK / 'results.txt'}; `mutmut show NAME` in that folder prints the change.")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
