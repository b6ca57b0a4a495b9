"""What a release has to agree on, and what its notes and checksums say."""

from pathlib import Path

import pytest

from tools.release import ROOT, UNRELEASED, ReleaseError, check_tag, checksums, main, notes, version

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added
- A thing.

## 1.2

- An older thing.
"""


def test_a_tag_of_another_version_is_refused() -> None:
    check_tag("v1.2.0", "1.2.0")
    with pytest.raises(ReleaseError, match="expected v1\\.2\\.0"):
        check_tag("v1.2.1", "1.2.0")


def test_the_notes_are_the_section_of_exactly_that_version() -> None:
    assert notes(CHANGELOG, "1.2.0") == "### Added\n- A thing.\n"
    assert notes(CHANGELOG, "1.2") == "- An older thing.\n"


@pytest.mark.parametrize(("section", "problem"), [("1.3.0", "no section 1.3.0"), ("Unreleased", "is empty")])
def test_a_missing_or_empty_section_is_refused(section: str, problem: str) -> None:
    with pytest.raises(ReleaseError, match=problem):
        notes(CHANGELOG, section)


def test_checksums_are_lines_of_digest_and_name(tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"")
    assert checksums([file]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.whl\n"


def test_the_committed_changelog_has_notes_for_the_next_release() -> None:
    assert notes((ROOT / "CHANGELOG.md").read_text(), UNRELEASED)


def test_a_wrong_tag_ends_before_anything_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["v0.0.0"]) == 1
    assert f"expected v{version()}" in capsys.readouterr().err
