"""Removes the modules of a generated package that no import reaches."""

import ast
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path


def prune(site: Path, package: str, roots: Iterable[str]) -> None:
    """Remove the modules of `package` that `roots` do not reach, and its list of installed files.

    `site` is a folder on the import path, and `roots` are dotted names of modules and of what they define. An
    import counts wherever it stands: at the top of a module, inside a function, or under a condition.
    """
    root = site / package
    kept = set(_closure(site, package, roots))
    for path in root.rglob("*.py"):
        if path not in kept:
            path.unlink()
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    for record in site.glob(f"{package}-*.dist-info/RECORD"):
        record.unlink()


def imports_of(sources: Path, package: str) -> frozenset[str]:
    """The dotted names that the modules below `sources` import of the package."""
    texts = (path.read_text() for path in sources.rglob("*.py"))
    names = (name for text in texts if package in text for name in _imports(text, ""))
    return frozenset(name for name in names if name.partition(".")[0] == package)


def _closure(site: Path, package: str, roots: Iterable[str]) -> Iterator[Path]:
    """The files of the package's modules that the roots reach."""
    seen = set()
    waiting = list(roots)
    while waiting:
        parts = waiting.pop().split(".")
        if parts[0] != package:
            continue
        for depth in range(1, len(parts) + 1):
            name = ".".join(parts[:depth])
            path = _file(site, name)
            if path and path not in seen:
                seen.add(path)
                yield path
                parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
                waiting += _imports(path.read_text(), parent)


def _file(site: Path, name: str) -> Path | None:
    """None where the name is that of a class or a function."""
    base = site.joinpath(*name.split("."))
    return next((path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file()), None)


def _imports(text: str, parent: str) -> Iterator[str]:
    """Every dotted name that the text of a module in the package `parent` imports. `from a import b` gives
    `a.b`, which may be a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (parent or not node.level):
            origin = resolve_name("." * node.level + (node.module or ""), parent)
            yield from (f"{origin}.{alias.name}" for alias in node.names)
