"""Refuses words that the glossary replaces: `python -m tools.vocabulary`, part of `make check`.

docs/vocabulary.toml lists the words, each with what to write instead. Documents, code, comments, strings and
names are checked alike: a word counts inside snake_case and CamelCase too.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

WORDS: Final = "docs/vocabulary.toml"
SUFFIXES: Final = frozenset({".css", ".html", ".md", ".mjs", ".py", ".toml", ".ts", ".tsx", ".yaml", ".yml"})

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""The words inside snake_case, CamelCase and prose."""


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


def uses_in(text: str, path: PurePosixPath, vocabulary: Vocabulary) -> Iterator[Use]:
    """Yields every use of a refused word, line by line. A phrase counts if one line holds all its words."""
    phrases = [(word, word.split()) for word in vocabulary.instead]
    for number, line in enumerate(text.splitlines(), start=1):
        parts = [part.lower() for part in _PARTS.findall(line)]
        for word, phrase in phrases:
            for at in range(len(parts) - len(phrase) + 1):
                if parts[at : at + len(phrase)] == phrase:
                    yield Use(path, number, word)


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
    options = parser.parse_args(arguments)
    vocabulary = Vocabulary.parse((options.root / WORDS).read_text(encoding="utf-8"))
    refused = uses_below(options.root, vocabulary)
    for use in refused:
        print(f'{use.path}:{use.line}: "{use.word}": {vocabulary.instead[use.word]}', file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
