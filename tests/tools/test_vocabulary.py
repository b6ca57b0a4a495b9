"""Which words are refused where, and what a baseline allows."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tools.vocabulary import (
    BASELINE,
    WORDS,
    Use,
    Vocabulary,
    count,
    excess,
    format_baseline,
    lower,
    main,
    parse_baseline,
    uses_in,
)

WORD_LIST = """
exempt = ["docs/glossary.md", "docs/vocabulary.toml"]
[instead]
"company" = "a candidate"
"of it" = "name the thing"
"""
VOCABULARY = Vocabulary.parse(WORD_LIST)
PAGE = PurePosixPath("docs/page.md")
MODULE = PurePosixPath("functions/cloudops/settings.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / WORDS).write_text(WORD_LIST)
    (tmp_path / ".gitignore").write_text("build/\n")
    return tmp_path


def words_of(text: str) -> list[str]:
    return [use.word for use in uses_in(text, PAGE, VOCABULARY)]


@pytest.mark.parametrize(
    "text", ["In good company.", "best_company(x)", "NewCompany", "COMPANY", "company's", "a/company-b"]
)
def test_a_word_is_found_in_prose_and_in_names(text: str) -> None:
    assert words_of(text) == ["company"]


@pytest.mark.parametrize("text", ["accompany", "companylike", "of items", "roof it", "of\nit"])
def test_a_word_inside_another_word_is_not_found(text: str) -> None:
    assert words_of(text) == []


def test_each_use_is_reported_with_its_line() -> None:
    text = "one\nOf it, and more of it.\ncompany"
    assert [(use.line, use.word) for use in uses_in(text, PAGE, VOCABULARY)] == [
        (2, "of it"),
        (2, "of it"),
        (3, "company"),
    ]


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("README.md", "documents"),
        ("docs/page.md", "documents"),
        ("infra/stack.py", "infra"),
        ("dashboard/src/ui/Table.tsx", "dashboard"),
        ("functions/cloudops/settings.py", "functions/cloudops"),
        ("functions/cloudops/alerts/alert.py", "functions/cloudops/alerts"),
        ("functions/cloudops/adapters/slack/client.py", "functions/cloudops/adapters/slack"),
        ("functions/cloudops/adapters/catalog_yaml.py", "functions/cloudops/adapters"),
        ("tests/conftest.py", "tests"),
        ("tests/alerts/test_alert.py", "tests/alerts"),
        ("tests/adapters/slack/test_client.py", "tests/adapters/slack"),
    ],
)
def test_uses_are_counted_by_folder_and_package(path: str, part: str) -> None:
    uses = [Use(PurePosixPath(path), line, "company") for line in (1, 2)]
    assert count(uses) == {part: {"company": 2}}


def test_the_baseline_allows_its_number_of_uses_and_no_more() -> None:
    uses = [Use(MODULE, line, "company") for line in (1, 2)]
    assert excess(uses, {"functions/cloudops": {"company": 2}}) == []
    assert excess(uses, {"functions/cloudops": {"company": 1}}) == uses
    assert excess(uses, {"tests": {"company": 9}}) == uses


def test_the_baseline_is_lowered_and_never_raised() -> None:
    baseline = {"infra": {"company": 3, "of it": 2}, "local": {"company": 1}}
    present = {"infra": {"company": 1, "of it": 5}, "tests": {"company": 7}}
    assert lower(baseline, present) == {"infra": {"company": 1, "of it": 2}, "local": {}}


def test_a_baseline_is_read_as_it_was_written() -> None:
    baseline = {"infra": {"company": 3, "of it": 2}, "local": {}}
    text = format_baseline(baseline)
    assert text == "# infra\n3 company\n2 of it\n# local\n"
    assert parse_baseline(text) == baseline


def test_the_check_fails_on_a_refused_word_and_names_the_place(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "README.md").write_text("fine\nA company\n")
    assert main(["--root", str(checkout)]) == 1
    assert capsys.readouterr().err == 'README.md:2: "company": a candidate\n'


def test_ignored_and_exempt_files_are_not_checked(checkout: Path) -> None:
    (checkout / "build").mkdir()
    for name in ("build/out.md", "docs/glossary.md", "picture.png"):
        (checkout / name).write_text("company")
    assert main(["--root", str(checkout)]) == 0


def test_the_check_reads_and_lowers_the_baseline(checkout: Path) -> None:
    (checkout / "README.md").write_text("A company\n")
    (checkout / BASELINE).write_text("# documents\n2 company\n")
    assert main(["--root", str(checkout)]) == 0
    assert main(["--root", str(checkout), "--lower"]) == 0
    assert (checkout / BASELINE).read_text() == "# documents\n1 company\n"
    (checkout / "README.md").write_text("A company of a company\n")
    assert main(["--root", str(checkout)]) == 1
