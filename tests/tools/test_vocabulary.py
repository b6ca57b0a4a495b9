"""Which words are refused, and where."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tools.vocabulary import WORDS, Vocabulary, main, uses_in

WORD_LIST = """
exempt = ["docs/glossary.md", "docs/vocabulary.toml"]
[instead]
"company" = "a candidate"
"of it" = "name the thing"
"""
VOCABULARY = Vocabulary.parse(WORD_LIST)
PAGE = PurePosixPath("docs/page.md")


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
