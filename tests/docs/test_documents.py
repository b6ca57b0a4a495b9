"""Documents point to things that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bundle import ROOT

DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
MODULE = re.compile(r"`([a-z_.]+(?:/[\w.-]+)+/?)`")
"""A path in backticks, of the package or of the repository."""
REGISTRIES = ("pypi.org", "npmjs.com", "npmjs.org")


def _targets(document: Path) -> Iterator[tuple[str, str]]:
    """Yields path and fragment of each link that stays in the repository."""
    for link in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if "://" not in link and not link.startswith("mailto:"):
            path, _, fragment = link.partition("#")
            yield path, fragment


def _anchors(document: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(document: Path) -> None:
    for path, fragment in _targets(document):
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{path}: no such file"
        assert not fragment or fragment in _anchors(target), f"{path}#{fragment}: no such heading"


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_paths_in_the_map_exist(name: str) -> None:
    paths = MODULE.findall(FENCE.sub("", (ROOT / name).read_text(encoding="utf-8")))
    built = {path for path in paths if path.startswith("build/")}
    ours = {path for path in paths if not path.startswith(("api/", "webhooks/"))} - built
    missing = {path for path in ours if not _exists(path)}
    assert not missing


def _exists(path: str) -> bool:
    bases = (ROOT, ROOT / "functions" / "cloudops", ROOT / "functions" / "cloudops" / "analysis")
    return any(base.joinpath(path).exists() for base in bases)


def test_each_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = {path for path, _ in _targets(folder / "README.md")}
    assert {path.name for path in folder.glob("0*.md")} <= listed


def test_the_readme_names_a_package_registry_once_and_no_other_document_does() -> None:
    named = {
        path.name: count
        for path in DOCUMENTS
        if (count := sum(path.read_text(encoding="utf-8").count(one) for one in REGISTRIES))
    }
    assert named == {"README.md": 1}


def test_the_glossary_defines_each_term_once_and_names_packages_that_exist() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]
    terms = [row for row in rows if row[0] != "term"]
    assert len(terms) > 50
    assert len({term.lower() for term, *_ in terms}) == len(terms)
    for term, definition, package, _ in terms:
        assert definition, f"{term}: no definition"
        name = package.strip("`")
        assert not name or (ROOT / "functions" / "cloudops" / name).is_dir(), f"{term}: no package {name}"
