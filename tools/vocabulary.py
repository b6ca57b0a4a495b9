"""Refuses words that the glossary replaces: `python -m tools.vocabulary`, part of `make check`.

docs/vocabulary.toml lists the words, each with what to write instead. Documents, code, comments, strings and
names are checked alike: a word counts inside snake_case and CamelCase too.

A baseline (docs/vocabulary-baseline.txt) may allow a number of uses by package and word while older text is
rewritten. `--lower` writes the present counts where they are smaller; nothing raises them. Without that file,
no use is allowed.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

WORDS: Final = "docs/vocabulary.toml"
BASELINE: Final = "docs/vocabulary-baseline.txt"
DOCUMENTS: Final = "documents"
"""The part of all files outside FOLDERS: documents of the root and of docs."""
FOLDERS: Final = frozenset({"functions", "infra", "local", "tools", "benchmarks", "dashboard", "tests"})
PACKAGES: Final = {"functions": 3, "tests": 2}
"""Of these folders each package is a part of its own: by so many names of the path, adapters by one more."""
SUFFIXES: Final = frozenset({".css", ".html", ".md", ".mjs", ".py", ".toml", ".ts", ".tsx", ".yaml", ".yml"})

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""The words inside snake_case, CamelCase and prose."""

Counts = Mapping[str, Mapping[str, int]]
"""Uses by part of the repository and word."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`instead` maps each refused word or phrase to its replacement; `exempt` has glob patterns of paths."""

    instead: Mapping[str, str]
    exempt: Sequence[str] = ()

    @classmethod
    def parse(cls, text: str) -> "Vocabulary":
        tree = tomllib.loads(text)
        return cls(instead=tree["instead"], exempt=tuple(tree["exempt"]))

    def covers(self, path: PurePosixPath) -> bool:
        return path.suffix in SUFFIXES and not any(path.match(pattern) for pattern in self.exempt)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a refused word. `line` counts from 1."""

    path: PurePosixPath
    line: int
    word: str

    @property
    def part(self) -> str:
        """The folder or package, or DOCUMENTS."""
        folders = self.path.parts[:-1]
        if not folders or folders[0] not in FOLDERS:
            return DOCUMENTS
        depth = PACKAGES.get(folders[0], 1)
        return "/".join(folders[: depth + (folders[depth - 1 : depth] == ("adapters",))])


def uses_in(text: str, path: PurePosixPath, vocabulary: Vocabulary) -> Iterator[Use]:
    """Yields every use of a refused word, line by line. A phrase counts if one line holds all its words."""
    phrases = [(word, word.split()) for word in vocabulary.instead]
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.lower() for part in _PARTS.findall(line)]
        for word, phrase in phrases:
            for at in range(len(parts) - len(phrase) + 1):
                if parts[at : at + len(phrase)] == phrase:
                    yield Use(path, number, word)


def count(uses: Iterable[Use]) -> dict[str, dict[str, int]]:
    """Returns the uses by part and word, both sorted."""
    counts = Counter((use.part, use.word) for use in uses)
    parts: dict[str, dict[str, int]] = {}
    for (part, word), number in sorted(counts.items()):
        parts.setdefault(part, {})[word] = number
    return parts


def excess(uses: Sequence[Use], baseline: Counts) -> list[Use]:
    """Returns all uses of each word that its part uses more often than the baseline allows."""
    counts = count(uses)
    return [use for use in uses if counts[use.part][use.word] > baseline.get(use.part, {}).get(use.word, 0)]


def lower(baseline: Counts, counts: Counts) -> dict[str, dict[str, int]]:
    """Returns the baseline with each number lowered to the present count, without words that reached 0."""
    present = {part: Counter(words) for part, words in counts.items()}
    return {
        part: {
            word: least
            for word, number in words.items()
            if (least := min(number, present.get(part, Counter())[word]))
        }
        for part, words in baseline.items()
    }


def parse_baseline(text: str) -> dict[str, dict[str, int]]:
    """Reads a line "# PART" before the lines "NUMBER WORD" of each part."""
    baseline: dict[str, dict[str, int]] = {}
    words: dict[str, int] = {}
    for line in text.splitlines():
        first, _, rest = line.partition(" ")
        if first == "#":
            words = baseline.setdefault(rest, {})
        else:
            words[rest] = int(first)
    return baseline


def format_baseline(baseline: Counts) -> str:
    """Writes parts even without words: changes of two parts then never touch, and merge."""
    lines = [
        line
        for part, words in sorted(baseline.items())
        for line in (f"# {part}", *(f"{number} {word}" for word, number in sorted(words.items())))
    ]
    return "".join(f"{line}\n" for line in lines)


def uses_below(root: Path, vocabulary: Vocabulary) -> list[Use]:
    """Returns the uses in all files that git knows or would add."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = [PurePosixPath(name) for name in sorted(names) if name and (root / name).is_file()]
    return [
        use
        for path in paths
        if vocabulary.covers(path)
        for use in uses_in((root / path).read_text(encoding="utf-8"), path, vocabulary)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.vocabulary", description="Check the words of the project")
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--lower", action="store_true", help="lower the baseline to the present counts")
    options = parser.parse_args(arguments)
    vocabulary = Vocabulary.parse((options.root / WORDS).read_text(encoding="utf-8"))
    kept = options.root / BASELINE
    baseline = parse_baseline(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    uses = uses_below(options.root, vocabulary)
    if options.lower:
        kept.write_text(format_baseline(lower(baseline, count(uses))), encoding="utf-8")
        return 0
    refused = excess(uses, baseline)
    for use in refused:
        print(f'{use.path}:{use.line}: "{use.word}": {vocabulary.instead[use.word]}', file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
